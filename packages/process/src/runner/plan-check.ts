import { breakCycles } from '../graph/break-cycles.ts';
import { elementaryCycles, shortestPath } from '../graph/cycles.ts';
import { nearestName } from '../graph/nearest-name.ts';
import {
  duplicateNames,
  type Graph,
  graphOf,
  type Places,
  placesOf,
  topologicalOrder,
  unknownNames,
} from '../graph/plan.ts';
import { type Amounts, ResourcePool } from '../graph/resources.ts';
import type { RunSpec } from './run-spec.ts';
import { type RunEdge, RunnerError } from './runner-error.ts';

/** So many circles are found; where there are more, those that the edges to remove are in. */
const MOST_CYCLES = 100;
/** So many of anything are told in a message, and so many names of a circle. */
const MOST_TOLD = 10;

/**
 * The graph of a plan that can be run.
 *
 * @throws `RunnerError` `ERR_RUNNER_DUPLICATE_NAME`, `ERR_RUNNER_UNKNOWN_DEPENDENCY` or `ERR_RUNNER_CYCLE`.
 */
export function checkedGraph(specs: readonly RunSpec[]): Graph {
  const places = refuseDuplicates(specs);
  refuseUnknown(specs, places);
  const graph = graphOf(specs, places);
  if (topologicalOrder(graph).length < specs.length) throw cycleError(graph);
  return graph;
}

/** Refuses names that two tasks have; the places of all others. */
export function refuseDuplicates(specs: readonly RunSpec[]): Places {
  const places = placesOf(specs);
  if (places.size === specs.length) return places;
  const twice = duplicateNames(specs);
  const [task] = twice;
  throw new RunnerError(`Cannot run ${tasks(specs)}: more than one is called ${listed(twice.map(quoted), ', ')}`, {
    code: 'ERR_RUNNER_DUPLICATE_NAME',
    op: 'runner.plan',
    task,
    hint: 'Give each task a name of its own.',
  });
}

/** Refuses tasks that take more than there is. */
export function refuseResources(specs: readonly RunSpec[], resources: Amounts | undefined): void {
  const pool = new ResourcePool(resources);
  for (const { name, resources: wanted = {} } of specs) {
    const lack = pool.lacking(wanted);
    if (lack === undefined) continue;
    const there = lack.total === 0 ? 'has none' : `has ${String(lack.total)}`;
    const takes = `it takes ${String(lack.wanted)} of ${quoted(lack.resource)}`;
    throw new RunnerError(`Cannot run ${quoted(name)}: ${takes}, and the runner ${there}`, {
      code: 'ERR_RUNNER_RESOURCE_UNAVAILABLE',
      op: 'runner.plan',
      task: name,
      hint: 'Name it in the `resources` of the runner.',
    });
  }
}

function refuseUnknown(specs: readonly RunSpec[], places: Places): void {
  const unknown = unknownNames(specs, places);
  const [first] = unknown;
  if (first === undefined) return;
  const names = [...places.keys()];
  const sentences = unknown.slice(0, MOST_TOLD).map(({ name, after }) => {
    const near = nearestName(after, names);
    const meant = near === undefined ? '' : ` (did you mean ${quoted(near)}?)`;
    return `${quoted(name)} comes after ${quoted(after)}, which is no task${meant}`;
  });
  throw new RunnerError(`Cannot run ${tasks(specs)}: ${listed(sentences, '; ', unknown.length)}`, {
    code: 'ERR_RUNNER_UNKNOWN_DEPENDENCY',
    op: 'runner.plan',
    task: first.name,
    suggestion: nearestName(first.after, names),
  });
}

function cycleError(graph: Graph): RunnerError {
  const { edges, isFewest } = breakCycles(graph.before);
  const found = elementaryCycles(graph.before, MOST_CYCLES);
  const name = (task: number): string => graph.names[task] ?? '';
  const closed = found.isComplete ? found.cycles : cyclesThrough(graph, edges);
  const cycles = closed.map((cycle) => [...cycle, cycle[0] ?? 0].map(name));
  const breakBy = edges.map(([task, after]): RunEdge => ({ name: name(task), after: name(after) }));
  const told = listed(cycles.map(drawn), '; ', found.isComplete ? cycles.length : Infinity);
  const cure = cureOf(breakBy, isFewest);
  return new RunnerError(`Cannot run ${tasks(graph.names)}: some wait for each other: ${told}. ${cure}`, {
    code: 'ERR_RUNNER_CYCLE',
    op: 'runner.plan',
    hint: cure,
    cycles,
    breakBy,
  });
}

/** A shortest circle through each of these edges. */
function cyclesThrough({ before }: Graph, edges: readonly (readonly [number, number])[]): number[][] {
  return edges.slice(0, MOST_CYCLES).flatMap(([from, to]) => {
    const back = shortestPath(before, [to, from]);
    return back === undefined ? [] : [[from, ...back.slice(0, -1)]];
  });
}

function cureOf(breakBy: readonly RunEdge[], isFewest: boolean): string {
  const edges = breakBy.map(({ name, after }) => `${quoted(after)} from the \`after\` of ${quoted(name)}`);
  const surely = isFewest ? '' : ' (fewer may do)';
  return `Remove ${listed(edges, ', ')}${surely} to break them.`;
}

/** `a → b → a`: each waits for the next. */
function drawn(cycle: readonly string[]): string {
  if (cycle.length <= MOST_TOLD) return cycle.join(' → ');
  const omitted = cycle.length - MOST_TOLD + 1;
  const half = MOST_TOLD / 2;
  return [...cycle.slice(0, half), `… ${String(omitted)} more …`, ...cycle.slice(half + omitted)].join(' → ');
}

function listed(items: readonly string[], separator: string, total: number = items.length): string {
  const told = items.slice(0, MOST_TOLD);
  if (total === Infinity) return `${told.join(separator)}${separator}and in other ways`;
  const more = total - told.length;
  return more > 0 ? `${told.join(separator)}${separator}and ${String(more)} more` : told.join(separator);
}

function tasks({ length }: readonly unknown[]): string {
  return length === 1 ? 'the task' : `the ${String(length)} tasks`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
