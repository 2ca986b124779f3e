import type { DiskMedium, Medium } from '@core/io';

import type { Graph } from '../graph/plan.ts';
import type { Logger } from '../logger.ts';
import type { Service } from '../service.ts';
import type { AttemptContext, AttemptResult } from './attempt.ts';
import type { CommandDefaults } from './cache/fingerprint.ts';
import { TaskCache } from './cache/task-cache.ts';
import { defaultMedium } from './cache/workspace.ts';
import { CachedTasks, concernsCache } from './cached-tasks.ts';
import { type CommandPlace, commandTask } from './command-task.ts';
import { Durations } from './durations.ts';
import { functionTask } from './function-task.ts';
import type { RunSpec } from './run-spec.ts';
import type { ServiceContext, TaskRunners } from './run-plan.ts';
import type { RunnerOptions } from './runner-options.ts';
import type { ServiceTask } from './service-task.ts';
import { startService } from './start-service.ts';

/** What the work of a run is made from. */
export interface TaskWorkOptions extends RunnerOptions {
  readonly specs: readonly RunSpec[];
  readonly graph: Graph;
  readonly service: Service;
  readonly gracePeriodMs: number;
}

/** What the tasks of one run do, and what is kept of it: a process, a function, a service, or what the cache has. */
export class TaskWork implements TaskRunners {
  readonly #specs: readonly RunSpec[];
  readonly #place: CommandPlace;
  readonly #gracePeriodMs: number;
  readonly #logger: Logger | undefined;
  /** Where something is kept; where nothing is, it is `undefined`. */
  readonly #store: Medium | undefined;
  readonly #own: DiskMedium | undefined;
  readonly #cache: TaskCache | undefined;
  readonly #cached: CachedTasks | undefined;
  #durations: Durations | undefined;

  /** @throws `TypeError` for globs that are none. */
  constructor({ specs, graph, service, gracePeriodMs, cache, logger, ...options }: TaskWorkOptions) {
    const { workspace = service.medium } = options;
    this.#specs = specs;
    this.#place = { service, workspace };
    this.#gracePeriodMs = gracePeriodMs;
    this.#logger = logger;
    if (cache === false) return;
    const isConcerned = specs.some(concernsCache);
    if (cache === undefined && workspace === undefined && isConcerned) this.#own = defaultMedium();
    this.#store = cache ?? workspace ?? this.#own;
    if (!isConcerned) return;
    const isServices = workspace === service.medium; // elsewhere the service's own directory counts for nothing
    const { dir, ...defaults } = service.defaults;
    this.#cache = this.#cacheIn(workspace, { ...defaults, dir: isServices ? dir : undefined });
    for (const spec of specs) this.#cache.check(spec);
    this.#cached = new CachedTasks(this.#cache, graph);
  }

  runTask(task: number, context: AttemptContext): Promise<AttemptResult> {
    if (this.#cached === undefined || !concernsCache(context.spec)) return this.#try(context);
    return this.#cached.run(task, context, () => this.#try(context));
  }

  startService(task: number, context: ServiceContext): ServiceTask {
    const { readyWhen: check = () => true } = context.spec;
    const cached = concernsCache(context.spec) ? this.#cached : undefined;
    const watch = async (): Promise<() => Promise<void>> =>
      cached === undefined ? () => Promise.resolve() : cached.watchService(task, context);
    return startService({ place: this.#place, check, watch }, context);
  }

  /** By task: how long it took the last times, where that is kept. */
  async durations(signal: AbortSignal | undefined): Promise<readonly (number | undefined)[]> {
    const durations = await this.#loadDurations(signal);
    return durations === undefined ? [] : this.#specs.map(({ name }) => durations.of(name));
  }

  /** Keeps how long tasks took, by task; never rejects. */
  async remember(durationsMs: readonly (number | undefined)[]): Promise<void> {
    const durations = await this.#loadDurations(undefined);
    for (const [task, { name }] of this.#specs.entries()) {
      const durationMs = durationsMs[task];
      if (durationMs !== undefined) durations?.remember(name, durationMs);
    }
    await durations?.save();
  }

  /** Lets go of what it opened. */
  async close(): Promise<void> {
    await this.#cache?.close();
    await this.#own?.close();
  }

  #try(context: AttemptContext): Promise<AttemptResult> {
    if (context.spec.task !== undefined) return functionTask(context, this.#gracePeriodMs);
    return commandTask(this.#place, context);
  }

  #cacheIn(workspace: Medium | undefined, defaults: CommandDefaults): TaskCache {
    return new TaskCache({
      workspace,
      defaults,
      medium: this.#store,
      onProblem: ({ op, task, reason, error }) =>
        this.#logger?.warn(`Cannot ${op} a result of ${JSON.stringify(task)}: ${reason}`, { op, task, error }),
    });
  }

  async #loadDurations(signal: AbortSignal | undefined): Promise<Durations | undefined> {
    if (this.#store === undefined) return undefined;
    const onProblem = (error: unknown): void => {
      this.#logger?.warn('Cannot keep the durations of tasks', { error });
    };
    this.#durations ??= await Durations.load(this.#store, { signal, onProblem });
    return this.#durations;
  }
}
