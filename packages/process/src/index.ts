export type { ProcessBus, ServiceHost } from './core/process-events.ts';
export { ProcessError, type ProcessErrorCode, type ProcessErrorOptions } from './errors.ts';
export {
  defaultService,
  get,
  init,
  type InitHost,
  kill,
  list,
  run,
  running,
  type RunRequest,
  runWithOptions,
  setDefault,
  start,
  type StartRequest,
  startWithOptions,
} from './global.ts';
export type { LogFields, Logger } from './logger.ts';
export type {
  CaptureOptions,
  LauncherName,
  ProcessInput,
  PtyOptions,
  RunOptions,
  ServiceOptions,
  StartOptions,
  StdioOptions,
  StdioTarget,
} from './options.ts';
export type { Outcome, SpawnObstacle } from './outcome.ts';
export type { LineBatch, OutputLine } from './output/lines.ts';
export type { OutputChunk } from './output/output-chunk.ts';
export type { ReadOptions } from './output/output.ts';
export { redactor } from './redact.ts';
export { RingBuffer } from './output/ring-buffer.ts';
export type { StreamName } from './output/stream-name.ts';
export type { Process, ProcessInfo, ProcessStatus } from './process.ts';
export type { ProcessResult } from './result.ts';
export { TaskCache } from './runner/cache/task-cache.ts';
export type { CacheHit, CacheProblem, PassedTask, TaskCacheOptions } from './runner/cache/cache-options.ts';
export type { CommandDefaults, Fingerprint, TaskEffect } from './runner/cache/fingerprint.ts';
export type { PruneOptions, PruneReport } from './runner/cache/prune.ts';
export { Durations, type DurationsOptions } from './runner/durations.ts';
export type { HttpReady, LineReady, PortReady, ReadyCheck, ReadyFunction } from './runner/ready-check.ts';
export type {
  RunEnded,
  RunEvent,
  RunListener,
  RunPlanned,
  RunTaskFinished,
  RunTaskOutput,
  RunTaskReady,
  RunTaskRetrying,
  RunTaskStarted,
} from './runner/run-event.ts';
export type { RunAllResult, RunResult, RunStatus } from './runner/run-result.ts';
export type { ReadyContext, RestartOptions, RetryOptions, RunSpec, TaskContext } from './runner/run-spec.ts';
export { Runner } from './runner/runner.ts';
export { type RunEdge, RunnerError, type RunnerErrorCode, type RunnerErrorOptions } from './runner/runner-error.ts';
export type {
  FailureMode,
  RunAllOptions,
  RunnerOptions,
  RunParallelOptions,
  RunSequentialOptions,
} from './runner/runner-options.ts';
export { Service } from './service.ts';
export type { ChromeTrace, ChromeTraceEvent } from './trace/chrome-trace.ts';
