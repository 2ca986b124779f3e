import { CoreError, type CoreErrorOptions } from '@core/io';

/** The codes of the runner: permanent names, documented in the README. */
export type RunnerErrorCode =
  | 'ERR_RUNNER_CYCLE'
  | 'ERR_RUNNER_DUPLICATE_NAME'
  | 'ERR_RUNNER_NOT_READY'
  | 'ERR_RUNNER_RESOURCE_UNAVAILABLE'
  | 'ERR_RUNNER_RUN_ENDED'
  | 'ERR_RUNNER_SERVICE_FAILED'
  | 'ERR_RUNNER_TIMED_OUT'
  | 'ERR_RUNNER_UNKNOWN_DEPENDENCY';

/** One name in the `after` of a task. */
export interface RunEdge {
  readonly name: string;
  readonly after: string;
}

/** What a {@link RunnerError} is made from. */
export interface RunnerErrorOptions extends CoreErrorOptions {
  readonly code: RunnerErrorCode;
  /** The task that it is about. */
  readonly task?: string | undefined;
  /** Circles of tasks that wait for each other, the first name repeated at the end of each. */
  readonly cycles?: readonly (readonly string[])[] | undefined;
  /** The name that was probably meant. */
  readonly suggestion?: string | undefined;
  /** What to take out of `after` so that no circle is left. */
  readonly breakBy?: readonly RunEdge[] | undefined;
}

/**
 * A plan that cannot be run, which is told before anything runs, or a task that the runner itself had to end.
 *
 * @example
 * ```ts
 * import { Runner, RunnerError, Service } from '@core/process';
 *
 * await using service = new Service();
 * const specs = [
 *   { name: 'build', command: 'true', after: ['test'] },
 *   { name: 'test', command: 'true', after: ['build'] },
 * ];
 * const error = await new Runner(service).runAll(specs).catch((reason: unknown) => reason);
 * assert.ok(error instanceof RunnerError);
 * assert.equal(error.code, 'ERR_RUNNER_CYCLE');
 * assert.deepEqual(error.cycles, [['build', 'test', 'build']]);
 * assert.deepEqual(error.breakBy, [{ name: 'build', after: 'test' }]);
 * ```
 */
export class RunnerError extends CoreError {
  declare readonly code: RunnerErrorCode;
  declare readonly task?: string;
  declare readonly suggestion?: string;
  /** Circles of tasks that wait for each other, the first name repeated at the end of each. */
  declare readonly cycles?: readonly (readonly string[])[];
  /** What to take out of `after` so that no circle is left: the fewest, where the message does not say otherwise. */
  declare readonly breakBy?: readonly RunEdge[];

  constructor(message: string, options: RunnerErrorOptions) {
    super(message, options);
    const { task, suggestion, cycles, breakBy } = options;
    const facts = Object.entries({ task, suggestion, cycles, breakBy }).filter(([, fact]) => fact !== undefined);
    Object.assign(this, Object.fromEntries(facts));
  }
}
