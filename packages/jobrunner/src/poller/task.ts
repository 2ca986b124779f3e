import { workOf } from '../action-key.ts';
import type { Job } from '../dispatcher.ts';
import type { EntryExtra, EntryPhase } from '../journal/journal-entry.ts';
import type { JobHandler } from '../job-handler.ts';
import type { JobSource } from '../job-source.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';

/** A job with what it is about, and who does it. */
export interface Task {
  readonly job: Job;
  readonly pipelineSignal: PipelineSignal;
  /** `undefined`: this process has none of this name. */
  readonly handler: JobHandler | undefined;
  readonly source: JobSource | undefined;
}

/** What the journal is told of an attempt beside signal and result. */
export function entryExtra({ key, source, handler, attempt }: Job, phase: EntryPhase): EntryExtra {
  return { key, source, handler, attempt, phase };
}

/** Names a piece of work as one source sees it. */
export function workName(source: string, pipelineSignal: PipelineSignal): string {
  return `${source} ${workOf(pipelineSignal)}`;
}
