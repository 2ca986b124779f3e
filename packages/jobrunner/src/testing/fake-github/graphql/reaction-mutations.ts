import { FakeComment } from '../model/comment.ts';
import { FakeConversation } from '../model/conversation.ts';
import type { FakeReactionContent } from '../model/reaction.ts';
import { unprocessable } from '../model/refusal.ts';
import { mutation, type MutationContext } from './mutation.ts';
import { type Args, text, type TypeResolvers } from './resolver.ts';

/** Reactions to issues, pull requests and comments. */
export const REACTION_MUTATIONS: TypeResolvers<unknown> = {
  ...mutation('addReaction', {
    on: ['subjectId', 'Reactable', Object],
    inputs: ['content'],
    needs: 'read',
    run: (found, input, context) => {
      const subject = reactable(found);
      return { subject, reaction: subject.reactions.add(contentOf(input), viewerOf(context)) };
    },
  }),
  ...mutation('removeReaction', {
    on: ['subjectId', 'Reactable', Object],
    inputs: ['content'],
    needs: 'read',
    run: (found, input, context) => {
      const subject = reactable(found);
      return { subject, reaction: subject.reactions.remove(contentOf(input), viewerOf(context)) };
    },
  }),
};

function reactable(subject: object): FakeComment | FakeConversation {
  if (subject instanceof FakeComment || subject instanceof FakeConversation) return subject;
  throw unprocessable('The fake GitHub knows no reactions to that');
}

function contentOf(input: Args): FakeReactionContent {
  return text(input, 'content') as FakeReactionContent;
}

function viewerOf({ world, by }: MutationContext): ReturnType<typeof world.user> {
  return world.user(by ?? '');
}
