import type { Graph } from '../graph/plan.ts';

const NONE: readonly number[] = [];

/**
 * Who still needs which service. Needed by those that name it in their `after`, as long as they are not over; one that
 * nobody names is needed by every task that is no service.
 */
export class ServiceKeeper {
  readonly #graph: Graph;
  readonly #isService: readonly boolean[];
  /** By task: how many need it still. */
  readonly #users: Int32Array;
  /** The services that nobody names. */
  readonly #common: readonly number[];
  readonly #hasServices: boolean;
  #tasks: number;

  constructor(graph: Graph, isService: readonly boolean[]) {
    this.#graph = graph;
    this.#isService = isService;
    this.#users = Int32Array.from(graph.next, ({ length }) => length);
    this.#common = [...isService.keys()].filter((task) => isService[task] === true && this.#users[task] === 0);
    this.#tasks = isService.filter((is) => !is).length;
    this.#hasServices = this.#tasks < isService.length;
  }

  isNeeded(service: number): boolean {
    return (this.#users[service] ?? 0) > 0 || (this.#tasks > 0 && this.#isCommon(service));
  }

  /** A task is over, or will not run: the services that nobody needs any more because of it. */
  over(task: number): readonly number[] {
    if (!this.#hasServices) return NONE;
    const freed: number[] = [];
    for (const service of this.#graph.before[task] ?? []) {
      const users = (this.#users[service] ?? 0) - 1;
      this.#users[service] = users;
      if (users === 0 && this.#isService[service] === true) freed.push(service);
    }
    if (this.#isService[task] === true) return freed;
    this.#tasks -= 1;
    return this.#tasks === 0 ? [...freed, ...this.#common] : freed;
  }

  #isCommon(service: number): boolean {
    return this.#graph.next[service]?.length === 0;
  }
}
