import type { ActionResult } from '../../../src/action-result.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';

const AT = { repoOwner: 'host-uk', repoName: 'core', epicNumber: 299, childNumber: 212, prNumber: 316 };

/** The signal of the specification's sample line. */
export function sampleSignal(over: Partial<PipelineSignal> = {}): PipelineSignal {
  return {
    ...AT,
    prState: 'OPEN',
    isDraft: true,
    mergeable: 'UNKNOWN',
    checkStatus: 'SUCCESS',
    threadsTotal: 0,
    threadsResolved: 0,
    lastCommitSha: '',
    needsCoding: false,
    ...over,
  };
}

/** The result of the specification's sample line. */
export function sampleResult(over: Partial<ActionResult> = {}): ActionResult {
  const timestamp = new Date('2026-02-05T12:00:00.000Z');
  return { ...AT, action: 'publish_draft', success: true, timestamp, durationMs: 340, cycle: 1, ...over };
}
