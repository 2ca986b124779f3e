import { createHash } from 'node:crypto';

import type { PipelineSignal } from './pipeline-signal.ts';

/** What {@link stateDigest} looks at. */
export type SignalState = Pick<
  PipelineSignal,
  | 'prState'
  | 'isDraft'
  | 'mergeable'
  | 'checkStatus'
  | 'threadsTotal'
  | 'threadsResolved'
  | 'lastCommitSha'
  | 'needsCoding'
  | 'assignee'
  | 'childTicked'
  | 'childState'
>;

/**
 * What makes two snapshots of one piece of work the same state. Not among them: free text; dates, which move with what
 * a handler itself writes (its comment in a thread is a review) and would make it act on its own echo.
 */
const STATE: readonly (keyof SignalState)[] = [
  ...(['prState', 'isDraft', 'mergeable', 'checkStatus', 'threadsTotal', 'threadsResolved', 'lastCommitSha'] as const),
  ...(['needsCoding', 'assignee', 'childTicked', 'childState'] as const),
];

/**
 * SHA-256 (hex) of the state that a signal shows: pull request, draft, mergeability, checks, threads, head commit,
 * whether and whose coding it waits for, and what became of the child. A title, a body or a date changes nothing, and
 * neither does the order of the signal's properties.
 *
 * @example
 * ```ts
 * import { stateDigest } from '@core/jobrunner';
 *
 * const state = {
 *   prState: 'OPEN',
 *   isDraft: true,
 *   mergeable: 'MERGEABLE',
 *   checkStatus: 'SUCCESS',
 *   threadsTotal: 0,
 *   threadsResolved: 0,
 *   lastCommitSha: '4f2a',
 *   needsCoding: false,
 * } as const;
 * assert.equal(stateDigest(state), stateDigest({ ...state, issueTitle: 'Another title' }));
 * assert.notEqual(stateDigest(state), stateDigest({ ...state, isDraft: false }));
 * ```
 */
export function stateDigest(state: SignalState): string {
  return sha256(JSON.stringify(STATE.map((name) => state[name] ?? null)));
}

/** SHA-256 of a text, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
