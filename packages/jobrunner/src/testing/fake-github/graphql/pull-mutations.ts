import { FakePullRequest } from '../model/pull-request.ts';
import { FakeReviewThread } from '../model/review.ts';
import type { FakeMergeMethod } from '../model/words.ts';
import { setState } from '../rest/conversations.ts';
import { mutation } from './mutation.ts';
import { type Args, text, type TypeResolvers } from './resolver.ts';

const ON_PULL = ['pullRequestId', 'PullRequest', FakePullRequest] as const;
const ON_THREAD = ['threadId', 'PullRequestReviewThread', FakeReviewThread] as const;

/** What is done to pull requests and their threads. */
export const PULL_MUTATIONS: TypeResolvers<unknown> = {
  ...mutation('markPullRequestReadyForReview', {
    on: ON_PULL,
    run: (pull, _input, { by }) => {
      pull.markReady({ by });
      return { pullRequest: pull };
    },
  }),
  ...mutation('convertPullRequestToDraft', {
    on: ON_PULL,
    run: (pull, _input, { by }) => {
      pull.convertToDraft({ by });
      return { pullRequest: pull };
    },
  }),
  ...mutation('enablePullRequestAutoMerge', {
    on: ON_PULL,
    inputs: ['mergeMethod', 'expectedHeadOid', 'commitHeadline', 'commitBody'],
    run: (pull, input, { by }) => {
      pull.enableAutoMerge({ by, ...mergeOptions(input) });
      return { pullRequest: pull, actor: pull.repo.world.user(by ?? '') };
    },
  }),
  ...mutation('disablePullRequestAutoMerge', {
    on: ON_PULL,
    run: (pull, _input, { by }) => {
      pull.disableAutoMerge({ by });
      return { pullRequest: pull, actor: pull.repo.world.user(by ?? '') };
    },
  }),
  ...mutation('mergePullRequest', {
    on: ON_PULL,
    inputs: ['mergeMethod', 'expectedHeadOid', 'commitHeadline', 'commitBody'],
    run: (pull, input, { by }) => {
      pull.merge({ by, ...mergeOptions(input) });
      return { pullRequest: pull, actor: pull.repo.world.user(by ?? '') };
    },
  }),
  ...mutation('updatePullRequest', {
    on: ON_PULL,
    inputs: ['title', 'body', 'state'],
    run: (pull, input, { by = '' }) => {
      const { title = pull.title, body = pull.body } = { title: text(input, 'title'), body: text(input, 'body') };
      if (title !== pull.title || body !== pull.body) pull.edit({ title, body, by });
      const state = text(input, 'state');
      if (state !== undefined) setState(pull, state === 'OPEN' ? 'open' : 'closed', { by });
      return { pullRequest: pull };
    },
  }),
  ...mutation('closePullRequest', {
    on: ON_PULL,
    run: (pull, _input, { by }) => {
      pull.close({ by });
      return { pullRequest: pull };
    },
  }),
  ...mutation('reopenPullRequest', {
    on: ON_PULL,
    run: (pull, _input, { by }) => {
      pull.reopen({ by });
      return { pullRequest: pull };
    },
  }),
  ...mutation('resolveReviewThread', {
    on: ON_THREAD,
    run: (thread, _input, { by }) => {
      thread.resolve({ by });
      return { thread };
    },
  }),
  ...mutation('unresolveReviewThread', {
    on: ON_THREAD,
    run: (thread, _input, { by }) => {
      thread.unresolve({ by });
      return { thread };
    },
  }),
  ...mutation('addPullRequestReviewThreadReply', {
    on: ['pullRequestReviewThreadId', 'PullRequestReviewThread', FakeReviewThread],
    inputs: ['body'],
    needs: 'read',
    run: (thread, input, { by }) => ({ comment: thread.reply(text(input, 'body') ?? '', { by }) }),
  }),
};

function mergeOptions(input: Args): {
  method: FakeMergeMethod;
  expectedHeadOid: string | undefined;
  headline: string | undefined;
  body: string | undefined;
} {
  return {
    method: (input['mergeMethod'] ?? 'MERGE') as FakeMergeMethod,
    expectedHeadOid: text(input, 'expectedHeadOid'),
    headline: text(input, 'commitHeadline'),
    body: text(input, 'commitBody'),
  };
}
