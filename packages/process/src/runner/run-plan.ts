import type { ScheduleOptions } from '../graph/schedule.ts';
import type { AttemptContext, AttemptResult } from './attempt.ts';
import type { RunListener } from './run-event.ts';
import type { RunSpec } from './run-spec.ts';
import type { FailureMode } from './runner-options.ts';
import type { ServiceRestart, ServiceTask } from './service-task.ts';

/** A plan that was checked, with nothing left open. */
export interface RunPlan extends ScheduleOptions {
  readonly specs: readonly RunSpec[];
  readonly onFailure: FailureMode;
  /** A task that waits for its next try keeps its slot: none may start between the two. */
  readonly isSequential: boolean;
  readonly signal: AbortSignal | undefined;
  readonly listener: RunListener | undefined;
}

/** What a service is handed beside what every task is. */
export interface ServiceContext extends AttemptContext {
  readonly onReady: () => void;
  readonly onRestarting: (restart: ServiceRestart) => void;
}

/** How tasks are run, whatever they are. */
export interface TaskRunners {
  /** A try of a task; never rejects. */
  readonly runTask: (task: number, context: AttemptContext) => Promise<AttemptResult>;
  /** A service, from its start on. */
  readonly startService: (task: number, context: ServiceContext) => ServiceTask;
}
