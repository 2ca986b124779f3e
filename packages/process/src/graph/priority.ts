import { type Graph, topologicalOrder } from './plan.ts';

/**
 * By task: how long the longest way from its start to the end of the run takes, so that the highest is to be started
 * first. A duration that is not known counts as the median of those that are; where none is, each task counts 1 and the
 * way is measured in hops.
 */
export function longestPaths(graph: Graph, durations: readonly (number | undefined)[]): Float64Array {
  const known = durations.filter((duration) => duration !== undefined);
  const usual = known.length === 0 ? 1 : medianOf(known);
  const paths = new Float64Array(graph.names.length);
  for (const task of topologicalOrder(graph).reverse()) {
    let longest = 0;
    for (const next of graph.next[task] ?? []) longest = Math.max(longest, paths[next] ?? 0);
    paths[task] = longest + (durations[task] ?? usual);
  }
  return paths;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
