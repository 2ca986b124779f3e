import type { Medium } from '@core/io';

import type { Logger } from '../logger.ts';
import type { RunListener } from './run-event.ts';

/** What a runner is made from. */
export interface RunnerOptions {
  /** So many tasks run at once in each run; as many as there are CPUs for this program unless it is given. */
  readonly concurrency?: number | undefined;
  /** What tasks share, by name: a task that takes more than is free waits. Whole numbers. */
  readonly resources?: Readonly<Record<string, number>> | undefined;
  /** How long a function is waited for after its signal was aborted; 5,000 unless it is given. */
  readonly gracePeriodMs?: number | undefined;
  /**
   * Where results of tasks with `inputs`, and how long tasks took, are kept: in `.core` of this medium. Where it is not
   * given, that is in the workspace, or, where a task has `inputs` or `outputs`, in the directory that this program runs
   * in. `false`: nothing is kept, and every task runs.
   */
  readonly cache?: Medium | false | undefined;
  /** What `dir` is a path inside; the medium of the service unless it is given, and the host where it has none. */
  readonly workspace?: Medium | undefined;
  /** Is told why something could not be kept or put back; a run does not fail of it. */
  readonly logger?: Logger | undefined;
}

/**
 * What happens when a task has failed that may not: all goes on that does not come after it (`continue`, also where
 * nothing is given); nothing more is started (`finish-running`); what runs is ended as well (`kill`).
 *
 * Only with `continue` does it not depend on the speed of the machine which tasks have run.
 */
export type FailureMode = 'continue' | 'finish-running' | 'kill';

/** What all ways of running a plan understand. */
export interface RunSequentialOptions {
  /** Ends everything that runs; nothing more is started. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what happens, in order. */
  readonly onEvent?: RunListener | undefined;
}

/** How tasks are run that ignore their `after`. */
export interface RunParallelOptions extends RunSequentialOptions {
  readonly onFailure?: FailureMode | undefined;
  /**
   * Which of the tasks that could start does so first: the one from which the longest way leads to the end, by the
   * durations of the last run, by hops where none are known; or the first of the specs.
   */
  readonly order?: 'critical-path' | 'declared' | undefined;
}

/** How a plan is run. */
export type RunAllOptions = RunParallelOptions;
