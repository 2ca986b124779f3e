import type { ActionResult } from './action-result.ts';
import type { PipelineSignal } from './pipeline-signal.ts';

/** How a source is asked. */
export interface PollOptions {
  /** Aborted when nobody waits for the answer any more. There is no next poll before this one has settled. */
  readonly signal: AbortSignal;
  /** `owner/name` of repositories that have changed, as a webhook says: they are asked for whatever a cache holds. */
  readonly repos?: readonly string[] | undefined;
}

/** Whoever knows what there is to do. */
export interface JobSource {
  /** Permanent: it is part of the key of every action. */
  readonly name: string;
  /** All that is known now, complete: what could not be fetched is an error or `UNKNOWN`, never a guess. */
  poll(options: PollOptions): Promise<PipelineSignal[]>;
  /** Is told what was done; it may tell others. */
  report(result: ActionResult, options: { readonly signal: AbortSignal }): Promise<void>;
}
