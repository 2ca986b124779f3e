export type { ActionResult } from './action-result.ts';
export type { Dispatcher, Job, JobRunner } from './dispatcher.ts';
export { JobrunnerError, type JobrunnerErrorCode, type JobrunnerErrorOptions } from './errors.ts';
export type { JobrunnerEvent, JobrunnerListener } from './events.ts';
export type { JobHandler } from './job-handler.ts';
export type { JobSource } from './job-source.ts';
export { Journal } from './journal/journal.ts';
export type { EntryExtra, EntryPhase, JournalLine } from './journal/journal-entry.ts';
export type { Durability, EntriesOptions, JournalOptions, ReplayOptions } from './journal/options.ts';
export type { BrokenLine, JournalReport } from './journal/verify.ts';
export type { LogFields, Logger } from './logger.ts';
export {
  type CheckStatus,
  hasUnresolvedThreads,
  type Mergeable,
  type PipelineSignal,
  type PrState,
  repoFullName,
} from './pipeline-signal.ts';
export { safeText } from './safe-text.ts';
