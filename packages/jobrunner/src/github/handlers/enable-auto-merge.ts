import type { JobHandler } from '../../job-handler.ts';
import { hasUnresolvedThreads } from '../../pipeline-signal.ts';
import type { GraphqlFault } from '../client/ask.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { checksOf } from '../scan/checks.ts';
import type { Json } from '../scan/json.ts';
import { defineHandler } from './define-handler.ts';
import { hasOpenThreads, THREADS } from './open-threads.ts';
import type { Work } from './work.ts';

/** How pull requests are merged. */
export interface EnableAutoMergeOptions {
  /** `SQUASH` unless it is given. */
  readonly method?: 'MERGE' | 'REBASE' | 'SQUASH' | undefined;
}

const ENABLE =
  'mutation AutoMerge($id:ID!,$method:PullRequestMergeMethod!,$sha:GitObjectID!){enablePullRequestAutoMerge(input:{pullRequestId:$id,mergeMethod:$method,expectedHeadOid:$sha}){pullRequest{autoMergeRequest{enabledAt}}}}';
/** GitHub has no reason to wait, or is not allowed to. */
const MERGE_INSTEAD =
  /auto[- ]?merge is not allowed|in (?:clean|has_hooks|unstable) status|branch rules not configured/i;

/**
 * Lets GitHub merge an open pull request, no draft, that is mergeable, whose checks have succeeded and whose threads are
 * resolved. Where the repository forbids auto-merge, or nothing is left to wait for, it is merged. Both only as long as
 * its head is the commit that the signal tells of.
 *
 * @example
 * ```ts
 * import { enableAutoMerge, githubClient } from '@core/jobrunner/github';
 *
 * const handler = enableAutoMerge(githubClient({ auth: 'a-token' }), { method: 'SQUASH' });
 * assert.equal(handler.name, 'enable_auto_merge');
 * ```
 */
export function enableAutoMerge(client: GitHubClient, { method = 'SQUASH' }: EnableAutoMergeOptions = {}): JobHandler {
  if (!['MERGE', 'REBASE', 'SQUASH'].includes(method)) {
    throw new TypeError(`method must be MERGE, REBASE or SQUASH, not ${JSON.stringify(method)}`);
  }
  return defineHandler(client, {
    name: 'enable_auto_merge',
    what: 'merge',
    subject: 'prNumber',
    match: (pipelineSignal) => {
      const { prState, isDraft, mergeable, checkStatus } = pipelineSignal;
      const isReady = prState === 'OPEN' && !isDraft && mergeable === 'MERGEABLE' && checkStatus === 'SUCCESS';
      return isReady && !hasUnresolvedThreads(pipelineSignal);
    },
    async act(work) {
      const pull = await work.pull(FIELDS);
      if (pull['state'] !== 'OPEN' || (pull['autoMergeRequest'] ?? null) !== null) return;
      checkReady(work, pull);
      if (await hasOpenThreads(work, pull)) throw work.changed('a thread is open now');
      const faults = await work.mutate(ENABLE, { id: pull['id'], method, sha: work.pipelineSignal.lastCommitSha });
      if (faults.length === 0) return;
      if (!faults.some(isReasonToMerge) && !(await isToMerge(work))) throw work.refused(faults);
      await work.merge(method.toLowerCase());
    },
  });
}

const WHY = 'state mergeStateStatus baseRepository{autoMergeAllowed}';
const MERGES_AT_ONCE = new Set(['CLEAN', 'HAS_HOOKS', 'UNSTABLE']);
const FIELDS = `id state isDraft mergeable headRefOid statusCheckRollup{state} autoMergeRequest{enabledAt} ${THREADS}`;

function checkReady(work: Work, pull: Json): void {
  const { lastCommitSha } = work.pipelineSignal;
  const checks = checksOf(pull);
  if (pull['headRefOid'] !== lastCommitSha) throw work.changed('it has other commits now');
  if (pull['isDraft'] === true) throw work.changed('it is a draft now');
  if (pull['mergeable'] !== 'MERGEABLE') throw work.changed(`its mergeability is ${String(pull['mergeable'])} now`);
  if (checks !== 'SUCCESS') throw work.changed(`its checks are ${checks} now`);
}

/** The same by what GitHub knows, whatever words it refused with. */
async function isToMerge(work: Work): Promise<boolean> {
  const { state, mergeStateStatus, baseRepository } = await work.pull(WHY);
  const { autoMergeAllowed } = (baseRepository ?? {}) as Json;
  return state === 'OPEN' && (autoMergeAllowed === false || MERGES_AT_ONCE.has(String(mergeStateStatus)));
}

function isReasonToMerge({ message }: GraphqlFault): boolean {
  return MERGE_INSTEAD.test(message);
}
