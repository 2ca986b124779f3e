import type { Graph } from './plan.ts';
import { ReadyQueue, type ReadyQueueOptions } from './ready-queue.ts';

/** A task that was neither taken nor dropped; one that was taken stays so; one that was dropped is never taken. */
const OPEN = 0;
const TAKEN = 1;
const DROPPED = 2;

/** What a {@link Schedule} is made from. */
export interface ScheduleOptions extends ReadyQueueOptions {
  readonly graph: Graph;
  /** So many may run at once. */
  readonly slots: number;
}

/** A task that will not start, because of one that it waits for. */
export interface DroppedTask {
  readonly task: number;
  /** The task in its `after` that is not done. */
  readonly because: number;
}

/**
 * Which task is to start when: it knows no time and no tasks, only numbers, so that a simulation can drive it as well
 * as a run. A task is ready the moment the last one that it waits for is done. Each call takes the time that its own
 * edges need, and that of a heap.
 */
export class Schedule {
  readonly #graph: Graph;
  readonly #left: Int32Array;
  readonly #stage: Uint8Array;
  readonly #ready: ReadyQueue;
  #free: number;

  constructor(options: ScheduleOptions) {
    this.#graph = options.graph;
    this.#free = options.slots;
    this.#ready = new ReadyQueue(options);
    this.#left = Int32Array.from(this.#graph.before, ({ length }) => length);
    this.#stage = new Uint8Array(this.#left.length);
    for (const [task, count] of this.#left.entries()) if (count === 0) this.#ready.push(task);
  }

  /** Takes the task that is to start now, with a slot and what it needs of the resources; `undefined` without one. */
  take(): number | undefined {
    if (this.#free === 0) return undefined;
    for (let task = this.#ready.take(); task !== undefined; task = this.#ready.take()) {
      if (this.#stage[task] !== DROPPED) {
        this.#stage[task] = TAKEN;
        this.#free -= 1;
        return task;
      }
      this.#ready.giveBack(task);
    }
    return undefined;
  }

  /** Takes the most urgent of the ready tasks out, though it cannot start: it gets neither slot nor resources. */
  giveUp(): number | undefined {
    let task = this.#ready.remove();
    while (task !== undefined && this.#stage[task] === DROPPED) task = this.#ready.remove();
    if (task !== undefined) this.#stage[task] = TAKEN;
    return task;
  }

  /** A slot is free again. */
  freeSlot(): void {
    this.#free += 1;
  }

  /** What a task has taken of the resources is free again. */
  freeResources(task: number): void {
    this.#ready.giveBack(task);
  }

  /** A task is to start once more. */
  again(task: number): void {
    this.#ready.push(task);
  }

  /** A task is done: those that waited for it alone are ready. */
  done(task: number): void {
    for (const next of this.#graph.next[task] ?? []) {
      const left = (this.#left[next] ?? 0) - 1;
      this.#left[next] = left;
      if (left === 0) this.#ready.push(next);
    }
  }

  /**
   * A task will not be done: drops all that come after it and were not taken yet, each once, the nearest first. What
   * comes only after those that were taken is left to them.
   */
  drop(task: number): DroppedTask[] {
    const dropped: DroppedTask[] = [];
    this.#dropNext(task, dropped);
    for (const next of dropped) this.#dropNext(next.task, dropped);
    return dropped;
  }

  #dropNext(because: number, dropped: DroppedTask[]): void {
    for (const task of this.#graph.next[because] ?? []) {
      if (this.#stage[task] !== OPEN) continue;
      this.#stage[task] = DROPPED;
      dropped.push({ task, because });
    }
  }
}
