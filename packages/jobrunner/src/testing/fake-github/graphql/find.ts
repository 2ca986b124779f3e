import { FakeComment } from '../model/comment.ts';
import { FakeCheckRun, FakeCommit, FakeStatus } from '../model/commit.ts';
import { FakeConversation } from '../model/conversation.ts';
import { forbidden, notFound } from '../model/refusal.ts';
import { FakeRepository } from '../model/repository.ts';
import { FakeReview, FakeReviewComment, FakeReviewThread } from '../model/review.ts';
import type { FakePermission } from '../model/words.ts';
import type { GraphqlContext } from './load.ts';
import { type Args, text } from './resolver.ts';

/** A class whose instances have an id. */
type Kind<T> = abstract new (...args: never[]) => T;

/** The thing of an id that the viewer sees. */
export function nodeOf(id: string, { world, viewer }: GraphqlContext): object {
  const found = world.find(id);
  const repo = found === undefined ? undefined : repoOf(found);
  if (found === undefined || (repo !== undefined && !repo.allows(viewer.login, 'read'))) {
    throw notFound(`Could not resolve to a node with the global id of '${id}'.`);
  }
  return found;
}

/** What a mutation is about: a thing of this kind, in a repository where the viewer may do it. */
export function inputNode<T extends object>(
  [name, typeName, kind]: readonly [input: string, typeName: string, kind: Kind<T>],
  input: Args,
  context: GraphqlContext,
): T {
  const id = text(input, name) ?? '';
  const found = nodeOf(id, context);
  if (found instanceof kind) return found;
  throw notFound(`Could not resolve to ${typeName} node with the global id of '${id}'.`);
}

/** Refuses who may not do this where it is to be done. */
export function mustBeAllowed(
  node: object,
  needs: FakePermission,
  { viewer, mutation }: GraphqlContext & { readonly mutation: string },
): void {
  if (repoOf(node)?.allows(viewer.login, needs) !== false) return;
  if (viewer.auth === 'installation') throw forbidden('Resource not accessible by integration');
  const name = mutation.slice(0, 1).toUpperCase() + mutation.slice(1);
  throw forbidden(`${viewer.login ?? ''} does not have the correct permissions to execute \`${name}\``);
}

/** The repository that a thing is of; `undefined` for a user. */
function repoOf(node: object): FakeRepository | undefined {
  if (node instanceof FakeRepository) return node;
  if (node instanceof FakeConversation) return node.repo;
  if (node instanceof FakeComment) return node.conversation.repo;
  if (node instanceof FakeReviewThread || node instanceof FakeReview || node instanceof FakeCommit)
    return node.pull.repo;
  if (node instanceof FakeReviewComment) return node.thread.pull.repo;
  if (node instanceof FakeCheckRun || node instanceof FakeStatus) return node.commit.pull.repo;
  return undefined;
}
