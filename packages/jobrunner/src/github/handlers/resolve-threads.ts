import type { JobHandler } from '../../job-handler.ts';
import { hasUnresolvedThreads } from '../../pipeline-signal.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { dateAt, type Json, objectAt, maybePageAt, pageAt, textAt } from '../scan/json.ts';
import { defineHandler } from './define-handler.ts';
import type { Work } from './work.ts';

/** So many threads are resolved with one request. */
const BATCH = 20;

/**
 * Resolves the threads of an open pull request whose last comment is older than its last commit; those that nobody has
 * answered with a commit stay open.
 *
 * @example
 * ```ts
 * import { githubClient, resolveThreads } from '@core/jobrunner/github';
 *
 * const handler = resolveThreads(githubClient({ auth: 'a-token' }));
 * assert.equal(handler.name, 'resolve_threads');
 * ```
 */
export function resolveThreads(client: GitHubClient): JobHandler {
  return defineHandler(client, {
    name: 'resolve_threads',
    what: 'resolve the threads of',
    subject: 'prNumber',
    match: (pipelineSignal) => pipelineSignal.prState === 'OPEN' && hasUnresolvedThreads(pipelineSignal),
    async act(work) {
      const ids = await answeredThreads(work);
      for (let at = 0; at < ids.length; at += BATCH) await resolve(work, ids.slice(at, at + BATCH));
    },
  });
}

/** Threads that a later commit answers. */
async function answeredThreads(work: Work): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const pull = await work.pull(fieldsFrom(after));
    if (pull['state'] !== 'OPEN') return [];
    const { nodes, next } = pageAt(pull, 'reviewThreads');
    const answered = nodes.filter((thread) => thread['isResolved'] !== true && isAnswered(thread, pull));
    ids.push(...answered.map((thread) => textAt(thread, 'id')));
    after = next;
  } while (after !== undefined);
  return ids;
}

function fieldsFrom(after: string | undefined): string {
  const cursor = after === undefined ? '' : `,after:${JSON.stringify(after)}`;
  const thread = 'id isResolved comments(last:1){nodes{createdAt}}';
  const last = 'commits(last:1){nodes{commit{committedDate}}} reviews(last:1){nodes{submittedAt}}';
  return `state ${last} reviewThreads(first:100${cursor}){pageInfo{hasNextPage endCursor} nodes{${thread}}}`;
}

/** Whose last comment cannot be seen is as old as the last review: every comment of a thread is part of one. */
function isAnswered(thread: Json, pull: Json): boolean {
  const [comment] = pageAt(thread, 'comments').nodes;
  const [review] = maybePageAt(pull, 'reviews').nodes;
  const [commit] = pageAt(pull, 'commits').nodes;
  const saidAt = dateAt(comment, 'createdAt') ?? dateAt(review, 'submittedAt');
  const committedAt = commit === undefined ? undefined : dateAt(objectAt(commit, 'commit'), 'committedDate');
  return saidAt !== undefined && committedAt !== undefined && saidAt < committedAt;
}

async function resolve(work: Work, ids: readonly string[]): Promise<void> {
  const declared = ids.map((_, at) => `$t${String(at)}:ID!`).join(',');
  const fields = ids.map((_, at) => {
    return `t${String(at)}:resolveReviewThread(input:{threadId:$t${String(at)}}){thread{isResolved}}`;
  });
  const variables = Object.fromEntries(ids.map((id, at) => [`t${String(at)}`, id]));
  await work.demand(`mutation Resolve(${declared}){${fields.join(' ')}}`, variables);
}
