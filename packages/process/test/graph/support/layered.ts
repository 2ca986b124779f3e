import { graphOf, type Graph } from '../../../src/graph/plan.ts';
import { Heap } from '../../../src/graph/heap.ts';
import { longestPaths } from '../../../src/graph/priority.ts';
import { Schedule } from '../../../src/graph/schedule.ts';

/** A graph with the duration of each task. */
export interface TimedGraph {
  readonly graph: Graph;
  readonly durations: readonly number[];
}

/** The same numbers from 0 to 1 for the same seed, on every machine. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many layers there are, how many tasks in each, and after how many of the layer before each comes at most. */
export interface Shape {
  readonly layers: number;
  readonly width: number;
  readonly most: number;
}

const SHAPE: Shape = { layers: 10, width: 10, most: 3 };

/** Ten layers of ten tasks, each after one to three of the layer before; durations are lognormal. */
export function layeredGraph(seed: number, { layers, width, most }: Shape = SHAPE): TimedGraph {
  const random = numbersFrom(seed);
  const nodes = Array.from({ length: layers * width }, (_, task) => {
    const layer = Math.floor(task / width);
    const count = layer === 0 ? 0 : 1 + Math.floor(random() * most);
    const after = Array.from({ length: count }, () => String((layer - 1) * width + Math.floor(random() * width)));
    return { name: String(task), after };
  });
  const durations = nodes.map(() => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.exp(normal);
  });
  return { graph: graphOf(nodes), durations };
}

/** No schedule is shorter: the longest path, and all work shared evenly. */
export function lowerBound({ graph, durations }: TimedGraph, workers: number): number {
  const work = durations.reduce((sum, duration) => sum + duration, 0);
  return Math.max(work / workers, ...longestPaths(graph, durations));
}

/** How long the tasks take by a schedule, in a time of their own. */
export function makespan({ graph, durations }: TimedGraph, slots: number, priority: Float64Array): number {
  const schedule = new Schedule({ graph, slots, priority });
  const ends = new Float64Array(durations.length);
  const running = new Heap((a, b) => (ends[a] ?? 0) < (ends[b] ?? 0));
  let now = 0;
  for (;;) {
    for (let task = schedule.take(); task !== undefined; task = schedule.take()) {
      ends[task] = now + (durations[task] ?? 0);
      running.push(task);
    }
    const over = running.pop();
    if (over === undefined) return now;
    now = ends[over] ?? now;
    schedule.freeSlot();
    schedule.done(over);
  }
}
