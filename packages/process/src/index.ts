export { ProcessError, type ProcessErrorCode, type ProcessErrorOptions } from './errors.ts';
export type {
  CaptureOptions,
  ProcessInput,
  RunOptions,
  ServiceOptions,
  StartOptions,
  StdioOptions,
  StdioTarget,
} from './options.ts';
export type { Outcome, SpawnObstacle } from './outcome.ts';
export type { OutputLine } from './output/lines.ts';
export { RingBuffer } from './output/ring-buffer.ts';
export type { StreamName } from './output/stream-name.ts';
export type { LinesOptions, Process, ProcessInfo, ProcessStatus } from './process.ts';
export type { ProcessResult } from './result.ts';
export { Service } from './service.ts';
