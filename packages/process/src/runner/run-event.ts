import type { OutputLine } from '../output/lines.ts';
import type { StreamName } from '../output/stream-name.ts';
import type { RunAllResult, RunResult } from './run-result.ts';
import type { RunSpec } from './run-spec.ts';

/** The first event: what is going to happen. */
export interface RunPlanned {
  readonly type: 'planned';
  readonly specs: readonly RunSpec[];
  readonly concurrency: number;
}

/** A task, or one more try of it, begins; one that is cached has none. */
export interface RunTaskStarted {
  readonly type: 'started';
  readonly name: string;
  readonly attempt: number;
  /** Of its process, where it has one. */
  readonly pid?: number;
}

/** A task wrote these lines. */
export interface RunTaskOutput {
  readonly type: 'output';
  readonly name: string;
  readonly stream: StreamName;
  readonly lines: readonly OutputLine[];
}

/** A service is ready: those that come after it can begin. */
export interface RunTaskReady {
  readonly type: 'ready';
  readonly name: string;
}

/** A try failed, and there will be another after a wait; for a service: it ended and is started again. */
export interface RunTaskRetrying {
  readonly type: 'retrying';
  readonly name: string;
  /** The number of the try that comes. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: unknown;
}

/** A task is over, or will not run: once for each. */
export interface RunTaskFinished {
  readonly type: 'finished';
  readonly name: string;
  readonly result: RunResult;
}

/** The last event, also of a run that was aborted: all is over, and the result tells of every task. */
export interface RunEnded {
  readonly type: 'ended';
  readonly result: RunAllResult;
}

/** What happens in a run, in order; `atMs` are milliseconds since the run began. */
export type RunEvent = { readonly atMs: number } & (
  RunPlanned | RunTaskStarted | RunTaskOutput | RunTaskReady | RunTaskRetrying | RunTaskFinished | RunEnded
);

/** Who hears of a run; what it throws harms nobody. */
export type RunListener = (event: RunEvent) => void;
