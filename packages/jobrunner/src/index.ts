export { actionKey, type ActionIdentity } from './action-key.ts';
export type { ActionResult } from './action-result.ts';
export { InProcessDispatcher, type InProcessDispatcherOptions } from './dispatch/in-process-dispatcher.ts';
export type { Dispatcher, Handover, Job, JobOutcome, JobRunner } from './dispatcher.ts';
export { JobrunnerError, type JobrunnerErrorCode, type JobrunnerErrorOptions } from './errors.ts';
export type { JobrunnerEvent, JobrunnerListener } from './events.ts';
export type { JobHandler } from './job-handler.ts';
export type { JobSource, PollOptions } from './job-source.ts';
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
export type { Clock } from './poller/clock.ts';
export type { JobJournal } from './poller/job-journal.ts';
export { Poller } from './poller/poller.ts';
export type { PollerOptions } from './poller/poller-options.ts';
export { type RetryOptions, retryDelayMs } from './retry.ts';
export { safeText } from './safe-text.ts';
export { decodeSignal, encodeSignal } from './signal-codec.ts';
export { type SignalState, stateDigest } from './state-digest.ts';
