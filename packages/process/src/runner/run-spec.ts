import type { Process } from '../process.ts';
import type { ReadyCheck } from './ready-check.ts';

/** How often a failed task is tried again, and how long is waited before. */
export interface RetryOptions {
  /** How many times it is tried again after the first. */
  readonly retries: number;
  /** The wait before the first of them, in milliseconds; 1,000 unless it is given. */
  readonly minDelayMs?: number | undefined;
  /** No wait is longer; 30,000 unless it is given. */
  readonly maxDelayMs?: number | undefined;
  /** Each wait is so many times the one before; 2 unless it is given. */
  readonly factor?: number | undefined;
}

/** When a service that ended by itself, or was not ready in time, is started again; the words are those of supervisors. */
export interface RestartOptions {
  /** `always`, also where it ended well after it had been ready; `on-failure` unless it is given. */
  readonly policy?: 'always' | 'on-failure' | undefined;
  /** It is given up after so many restarts in a row; 3 unless it is given. */
  readonly maxRestarts?: number | undefined;
  /** One that was ready for so long counts as up, and its restarts are counted anew; 1,000 unless it is given. */
  readonly minUptimeMs?: number | undefined;
  /** The wait before the first restart, in milliseconds, doubled for each that follows; 500 unless it is given. */
  readonly minDelayMs?: number | undefined;
  /** No wait is longer; 15,000 unless it is given. */
  readonly maxDelayMs?: number | undefined;
}

/** What a task that runs in this program is handed. */
export interface TaskContext {
  readonly name: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the task has to end: its time is up, the run is aborted, or a failure ends everything. */
  readonly signal: AbortSignal;
  /** Adds a line to the output of the task. */
  readonly log: (line: string) => void;
}

/** What of a task is the same however it runs. */
interface SpecBase {
  readonly name: string;
  /** The names of the tasks that have to be done before. */
  readonly after?: readonly string[] | undefined;
  /** Its failure is reported as `allowed-failure`; those that come after it run, and the run is a success. */
  readonly allowFailure?: boolean | undefined;
  /** One try may take so long; for a service: until it is ready. */
  readonly timeoutMs?: number | undefined;
  readonly retries?: number | RetryOptions | undefined;
  /** What it takes while it runs of the `resources` that the runner has, by name. */
  readonly resources?: Readonly<Record<string, number>> | undefined;
  /** Globs below `dir` of the files that it reads: with them it is not run again while nothing has changed. */
  readonly inputs?: readonly string[] | undefined;
  /** Globs below `dir` of the files that it makes: kept with the result, and put back where it need not run. */
  readonly outputs?: readonly string[] | undefined;
  /** Names of variables of this program's environment that it depends on. */
  readonly inputEnv?: readonly string[] | undefined;
  /** The directory that it runs in, and that `inputs` and `outputs` are below. */
  readonly dir?: string | undefined;
}

/** A task of a run: a command, or a function of this program. */
export interface RunSpec extends SpecBase {
  /** The program; a spec has either `command` or `task`. */
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  /** Added to this program's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * It is a service: it counts as done when it is ready, and is ended when all that name it in their `after` are over;
   * one that nobody names, when all tasks are. It has a slot until it is ready, and its `resources` until it is ended.
   */
  readonly readyWhen?: ReadyCheck | undefined;
  /** Whether and when a service that ended by itself is started again; never unless it is given. */
  readonly restart?: RestartOptions | undefined;
  /** The function; it fails by throwing or rejecting. */
  readonly task?: ((context: TaskContext) => Promise<void> | void) | undefined;
}

/** What the check of a service is handed. */
export interface ReadyContext {
  readonly process: Process;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}
