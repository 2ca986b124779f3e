import type { ActionResult } from './action-result.ts';
import type { PipelineSignal } from './pipeline-signal.ts';

/** Whoever knows how to do one kind of thing. */
export interface JobHandler {
  /** Permanent: it is part of the key of every action. */
  readonly name: string;
  /** Whether there is something to do. Pure: it looks at the signal only. */
  match(pipelineSignal: PipelineSignal): boolean;
  /** Does it, once. It stops early where the signal is aborted. */
  execute(pipelineSignal: PipelineSignal, options: { readonly signal: AbortSignal }): Promise<ActionResult>;
}
