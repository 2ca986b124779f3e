import { Heap } from './heap.ts';
import { type Amounts, ResourcePool } from './resources.ts';

/** What a {@link ReadyQueue} is made from. */
export interface ReadyQueueOptions {
  /** By task: the highest comes first; among equals, the first of the plan. */
  readonly priority: Float64Array;
  /** By task: what it takes of the resources. */
  readonly needs?: readonly (Amounts | undefined)[] | undefined;
  readonly resources?: Amounts | undefined;
}

/** Tasks that need the same resources, of whatever amount. */
interface Lane {
  readonly resources: readonly string[];
  readonly tasks: Heap;
}

/**
 * The tasks that could start, the most urgent first. One that needs more of a resource than is free is not passed by
 * others that need the same: it would wait for as long as there are smaller ones. Those that do not need it go ahead.
 */
export class ReadyQueue {
  readonly #options: ReadyQueueOptions;
  readonly #pool: ResourcePool;
  readonly #plain: Lane;
  /** By the names of their resources. */
  readonly #lanes = new Map<string, Lane>();
  readonly #comesFirst: (a: number, b: number) => boolean;

  constructor(options: ReadyQueueOptions) {
    const { priority, resources } = options;
    this.#options = options;
    this.#pool = new ResourcePool(resources);
    this.#comesFirst = (a, b) => {
      const first = priority[a] ?? 0;
      const second = priority[b] ?? 0;
      return first === second ? a < b : first > second;
    };
    this.#plain = { resources: [], tasks: new Heap(this.#comesFirst) };
  }

  push(task: number): void {
    this.#laneOf(task).tasks.push(task);
  }

  /** Takes the first that can start, and what it needs of the resources; `undefined` where none can. */
  take(): number | undefined {
    const lane = this.#firstLane();
    const task = lane?.tasks.pop();
    if (task === undefined) return undefined;
    const needs = this.#needsOf(task);
    if (needs !== NOTHING) this.#pool.take(needs);
    return task;
  }

  /** What a task has taken is free again. */
  giveBack(task: number): void {
    const needs = this.#needsOf(task);
    if (needs !== NOTHING) this.#pool.giveBack(needs);
  }

  /** Takes the most urgent one out, whether it can start or not. */
  remove(): number | undefined {
    const [lane] = this.#lanesByUrgency();
    return lane?.tasks.pop();
  }

  #firstLane(): Lane | undefined {
    if (this.#lanes.size === 0) return this.#plain;
    const held = new Set<string>();
    for (const lane of this.#lanesByUrgency()) {
      const isHeld = lane.resources.some((resource) => held.has(resource));
      if (!isHeld && this.#pool.has(this.#needsOf(lane.tasks.peek()))) return lane;
      for (const resource of lane.resources) held.add(resource);
    }
    return undefined;
  }

  #lanesByUrgency(): Lane[] {
    const lanes = [this.#plain, ...this.#lanes.values()].filter(({ tasks }) => tasks.size > 0);
    return lanes.sort((a, b) => (this.#comesFirst(a.tasks.peek() ?? 0, b.tasks.peek() ?? 0) ? -1 : 1));
  }

  #laneOf(task: number): Lane {
    const needs = this.#needsOf(task);
    if (needs === NOTHING) return this.#plain;
    const resources = Object.keys(needs).sort();
    if (resources.length === 0) return this.#plain;
    const key = JSON.stringify(resources);
    const lane = this.#lanes.get(key) ?? { resources, tasks: new Heap(this.#comesFirst) };
    this.#lanes.set(key, lane);
    return lane;
  }

  #needsOf(task: number | undefined): Amounts {
    return (task === undefined ? undefined : this.#options.needs?.[task]) ?? NOTHING;
  }
}

const NOTHING: Amounts = {};
