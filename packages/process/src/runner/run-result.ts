import type { ChromeTrace } from '../trace/chrome-trace.ts';
import type { RunSpec } from './run-spec.ts';

/**
 * What became of a task: `skipped`: it was not started because of another one's failure; `cached`: nothing had changed
 * since it passed; `cancelled`: the run was aborted, or it was ended because of another one's failure.
 */
export type RunStatus = 'passed' | 'failed' | 'allowed-failure' | 'skipped' | 'cached' | 'cancelled';

/** What is known of a task when the run is over. */
export interface RunResult {
  readonly name: string;
  readonly spec: RunSpec;
  readonly status: RunStatus;
  /** Of its last try, where that was a process that gave one. */
  readonly exitCode: number | undefined;
  /** From the start of its first try to the end of its last; 0 where it did not run. */
  readonly durationMs: number;
  /** `undefined` where it did not run. */
  readonly startedAt: Date | undefined;
  /** The end of what its last try wrote, stdout and stderr together; of a cached task, what it wrote when it ran. */
  readonly output: string;
  /** Why it failed; of one that was cancelled while it ran, what ended it. */
  readonly error?: unknown;
  /** How many times it was tried. */
  readonly attempts: number;
  /** Why it was skipped or cancelled, for people: the chain of tasks back to the one that failed. */
  readonly reason?: string;
}

/** What is known of a run that is over. */
export interface RunAllResult {
  /** In the order of the specs. */
  readonly results: readonly RunResult[];
  readonly startedAt: Date;
  readonly durationMs: number;
  /** How many passed, cached ones and allowed failures included. */
  readonly passed: number;
  readonly failed: number;
  /** How many were skipped or cancelled. */
  readonly skipped: number;
  /** Nothing failed, was skipped for a failure, or was cancelled. */
  readonly success: boolean;
  /**
   * The names of the tasks that decided how long it took, in order: the last one to be done, the one whose end let that
   * start (a task that it comes after, or the one that had its slot or resource), and so on back to the first.
   */
  readonly criticalPath: readonly string[];
  /** The run as Chrome trace events; `JSON.stringify` makes the file that trace viewers open. */
  trace(): ChromeTrace;
}
