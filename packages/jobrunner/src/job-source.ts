import type { ActionResult } from './action-result.ts';
import type { PipelineSignal } from './pipeline-signal.ts';

/** Whoever knows what there is to do. */
export interface JobSource {
  /** Permanent: it is part of the key of every action. */
  readonly name: string;
  /** All that is known now, complete: what could not be fetched is an error or `UNKNOWN`, never a guess. */
  poll(options: { readonly signal: AbortSignal }): Promise<PipelineSignal[]>;
  /** Is told what was done; it may tell others. */
  report(result: ActionResult, options: { readonly signal: AbortSignal }): Promise<void>;
}
