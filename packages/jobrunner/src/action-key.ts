import { type PipelineSignal, repoFullName } from './pipeline-signal.ts';
import { sha256, stateDigest } from './state-digest.ts';

/** What an action is. */
export interface ActionIdentity {
  /** Name of the source that found the work. */
  readonly source: string;
  /** Name of the handler that acts on it. */
  readonly handler: string;
  readonly pipelineSignal: PipelineSignal;
}

/**
 * Key of an action: SHA-256 (hex) of its source, repository, piece of work (epic, child and pull request), handler, head
 * commit and state. The same action in the same state has the same key in every process and at any time.
 *
 * @example
 * ```ts
 * import { actionKey } from '@core/jobrunner';
 *
 * const pipelineSignal = {
 *   epicNumber: 299,
 *   childNumber: 212,
 *   prNumber: 316,
 *   repoOwner: 'host-uk',
 *   repoName: 'core',
 *   prState: 'OPEN',
 *   isDraft: true,
 *   mergeable: 'UNKNOWN',
 *   checkStatus: 'SUCCESS',
 *   threadsTotal: 0,
 *   threadsResolved: 0,
 *   lastCommitSha: '4f2a',
 *   needsCoding: false,
 * } as const;
 * const key = actionKey({ source: 'github', handler: 'publish_draft', pipelineSignal });
 * assert.match(key, /^[0-9a-f]{64}$/);
 * assert.notEqual(key, actionKey({ source: 'github', handler: 'tick_parent', pipelineSignal }));
 * ```
 */
export function actionKey({ source, handler, pipelineSignal }: ActionIdentity): string {
  const { lastCommitSha } = pipelineSignal;
  const words = [source, workOf(pipelineSignal), handler, lastCommitSha, stateDigest(pipelineSignal)];
  return sha256(JSON.stringify(words));
}

/** Names the piece of work that a signal tells of, in whatever state it is. */
export function workOf(pipelineSignal: PipelineSignal): string {
  const { epicNumber, childNumber, prNumber } = pipelineSignal;
  // one pull request may close several children: each of them is ticked
  return `${repoFullName(pipelineSignal)}#${[epicNumber, childNumber, prNumber].map(String).join('/')}`;
}
