import type { FakeConversation } from '../model/conversation.ts';
import type { FakeIssue, FakeStateReason } from '../model/issue.ts';
import { FakePullRequest } from '../model/pull-request.ts';

/** Newest first unless the query wants it otherwise. */
export function sorted<T extends FakeConversation>(
  found: readonly T[],
  query: URLSearchParams,
  ascending = false,
): T[] {
  const by = query.get('sort') ?? 'created';
  const isAscending = query.has('direction') ? query.get('direction') === 'asc' : ascending;
  const value = ({ createdAt, updatedAt, comments }: T): number =>
    by === 'comments' ? comments.length : (by === 'updated' ? updatedAt : createdAt).getTime();
  const order = (a: T, b: T): number => value(a) - value(b) || a.number - b.number;
  return [...found].sort((a, b) => (isAscending ? order(a, b) : order(b, a)));
}

/** Opens or closes an issue or a pull request. */
export function setState(
  conversation: FakeIssue | FakePullRequest,
  state: 'open' | 'closed',
  { by, reason }: { readonly by: string | undefined; readonly reason?: FakeStateReason | undefined },
): void {
  if (state === 'open') conversation.reopen({ by });
  else if (conversation instanceof FakePullRequest) conversation.close({ by });
  else conversation.close({ by, ...(reason === undefined ? {} : { reason }) });
}

/** Since when a list is asked for, in milliseconds since the epoch. */
export function sinceOf({ query }: { readonly query: URLSearchParams }): number {
  const since = Date.parse(query.get('since') ?? '');
  return Number.isNaN(since) ? 0 : since;
}
