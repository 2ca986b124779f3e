import { availableParallelism } from 'node:os';

import { checkNumber, checkSignal, describe, LONGEST_MS } from '../check.ts';
import { type Graph, graphOf } from '../graph/plan.ts';
import { longestPaths } from '../graph/priority.ts';
import { GRACE_PERIOD_MS } from '../plan.ts';
import type { Service } from '../service.ts';
import { checkedGraph, refuseDuplicates, refuseResources } from './plan-check.ts';
import type { RunAllResult } from './run-result.ts';
import type { RunSpec } from './run-spec.ts';
import type { RunPlan } from './run-plan.ts';
import { Run } from './run.ts';
import type { RunAllOptions, RunnerOptions, RunParallelOptions, RunSequentialOptions } from './runner-options.ts';
import { checkAmounts, checkSpecs } from './spec-check.ts';
import { TaskWork } from './task-work.ts';

const MODES: readonly unknown[] = ['continue', 'finish-running', 'kill', undefined];
const ORDERS: readonly unknown[] = ['critical-path', 'declared', undefined];

/** In which ways a plan is run. */
interface Manner {
  readonly graph: (specs: readonly RunSpec[]) => Graph;
  readonly isSequential: boolean;
}

/**
 * Runs tasks that depend on each other, each the moment the last one that it comes after is done and there is room for
 * it; of those that could start, the one from which the longest way leads to the end comes first.
 *
 * A failed task is a result, not an exception, and those that come after it are skipped. What cannot be run is refused
 * before anything runs: circles, names that no task has, names that two tasks have, resources that are not there.
 *
 * When the given `signal` is aborted, everything that runs is ended, each task is accounted for in a `finished` event
 * and all of them in the last event, `ended`; then, with nothing left running, the call rejects with the reason.
 *
 * @example
 * ```ts
 * import { Runner, Service } from '@core/process';
 *
 * await using service = new Service();
 * const runner = new Runner(service, { concurrency: 4, resources: { database: 1 } });
 * const { results, success, criticalPath } = await runner.runAll([
 *   { name: 'lint', command: 'node', args: ['-e', 'process.exit(1)'], allowFailure: true },
 *   { name: 'test', command: 'node', args: ['-p', '6 * 7'], after: ['build'], resources: { database: 1 } },
 *   { name: 'build', task: async ({ log }) => log('built') },
 * ]);
 * assert.equal(success, true);
 * assert.deepEqual(results.map(({ name, status }) => `${name} ${status}`), [
 *   'lint allowed-failure',
 *   'test passed',
 *   'build passed',
 * ]);
 * assert.equal(results[1]?.output, '42\n');
 * assert.equal(criticalPath.length > 0, true);
 * ```
 */
export class Runner {
  readonly #service: Service;
  readonly #options: RunnerOptions;

  /** @throws `TypeError` or `RangeError` for a wrong option. */
  constructor(service: Service, options: RunnerOptions = {}) {
    if (typeof service !== 'object' || (service as unknown) === null || typeof service.start !== 'function') {
      throw new TypeError(`service must be a Service, not ${describe(service)}`);
    }
    checkNumber('concurrency', options.concurrency, 1, Number.MAX_SAFE_INTEGER);
    checkNumber('gracePeriodMs', options.gracePeriodMs, 0, LONGEST_MS);
    checkAmounts('resources', options.resources);
    if (service.medium !== undefined && options.workspace !== undefined && service.medium !== options.workspace) {
      throw new TypeError('workspace must be the medium of the service, which has one, or be left out');
    }
    this.#service = service;
    this.#options = options;
  }

  /**
   * Runs a plan: the results come in the order of the specs, whatever the order in which the tasks ran.
   *
   * @throws `TypeError` or `RangeError` for misuse; `ERR_RUNNER_DUPLICATE_NAME`; `ERR_RUNNER_UNKNOWN_DEPENDENCY`, with
   * the name that was probably meant; `ERR_RUNNER_CYCLE`, with every circle and the fewest edges whose removal breaks
   * them; `ERR_RUNNER_RESOURCE_UNAVAILABLE`; the reason of `signal`, once nothing is left running.
   */
  runAll(specs: readonly RunSpec[], options: RunAllOptions = {}): Promise<RunAllResult> {
    return this.#run(specs, options, { graph: checkedGraph, isSequential: false });
  }

  /**
   * Runs one task after the other in the order of the specs, as far as their `after` allows it, up to the first
   * failure: the rest is skipped.
   *
   * @throws What {@link runAll} throws.
   */
  runSequential(specs: readonly RunSpec[], { signal, onEvent }: RunSequentialOptions = {}): Promise<RunAllResult> {
    const options = { signal, onEvent, onFailure: 'finish-running', order: 'declared' } as const;
    return this.#run(specs, options, { graph: checkedGraph, isSequential: true });
  }

  /**
   * Runs tasks as if none had an `after`.
   *
   * @throws What {@link runAll} throws, but for what is said of `after`.
   */
  runParallel(specs: readonly RunSpec[], options: RunParallelOptions = {}): Promise<RunAllResult> {
    return this.#run(specs, options, { graph: independentGraph, isSequential: false });
  }

  async #run(specs: readonly RunSpec[], options: RunAllOptions, manner: Manner): Promise<RunAllResult> {
    checkOptions(options);
    checkSpecs(specs);
    const plan = specs.map((spec) => ({ ...spec })); // nobody changes it meanwhile
    const graph = manner.graph(plan);
    refuseResources(plan, this.#options.resources);
    const { gracePeriodMs = GRACE_PERIOD_MS, ...more } = this.#options;
    const work = new TaskWork({ specs: plan, graph, service: this.#service, gracePeriodMs, ...more });
    const { signal } = options;
    signal?.throwIfAborted();
    try {
      const durations = options.order === 'declared' ? [] : await work.durations(signal);
      const run = new Run(this.#planOf({ specs: plan, graph, durations }, options, manner), work);
      const result = await run.run();
      await work.remember(run.durations());
      if (run.wasAborted) throw signal?.reason;
      return result;
    } finally {
      await work.close();
    }
  }

  #planOf({ specs, graph, durations }: Known, options: RunAllOptions, { isSequential }: Manner): RunPlan {
    const { concurrency = availableParallelism(), resources } = this.#options;
    const { onFailure = 'continue', order = 'critical-path', signal, onEvent } = options;
    return {
      specs,
      graph,
      priority: order === 'declared' ? new Float64Array(specs.length) : longestPaths(graph, durations),
      needs: specs.map((spec) => spec.resources),
      resources,
      slots: isSequential ? 1 : concurrency,
      onFailure,
      isSequential,
      signal,
      listener: onEvent,
    };
  }
}

/** What is known of a plan before it is run. */
interface Known {
  readonly specs: readonly RunSpec[];
  readonly graph: Graph;
  readonly durations: readonly (number | undefined)[];
}

function independentGraph(specs: readonly RunSpec[]): Graph {
  refuseDuplicates(specs);
  return graphOf(specs.map(({ name }) => ({ name })));
}

function checkOptions({ signal, onFailure, order, onEvent }: RunAllOptions): void {
  checkSignal(signal);
  if (!MODES.includes(onFailure)) {
    throw new TypeError(`onFailure must be "continue", "finish-running" or "kill", not ${describe(onFailure)}`);
  }
  if (!ORDERS.includes(order)) {
    throw new TypeError(`order must be "critical-path" or "declared", not ${describe(order)}`);
  }
  if (onEvent === undefined || typeof onEvent === 'function') return;
  throw new TypeError(`onEvent must be a function, not ${describe(onEvent)}`);
}
