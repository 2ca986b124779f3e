import fc from 'fast-check';

import type { Edges } from '../../../src/graph/components.ts';

/** Any graph of so many nodes at most. */
export function edgesOf(most: number): fc.Arbitrary<Edges> {
  return fc.integer({ min: 1, max: most }).chain((count) =>
    fc.array(fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: count }), {
      minLength: count,
      maxLength: count,
    }),
  );
}

/** Each node has an edge to the next, and the last one to the first. */
export function ring(count: number): Edges {
  return Array.from({ length: count }, (_, node) => [(node + 1) % count]);
}

/** What is left of a graph without some of its edges. */
export function without(edges: Edges, removed: readonly (readonly [number, number])[]): Edges {
  const gone = new Set(removed.map(([from, to]) => `${String(from)} ${String(to)}`));
  return edges.map((targets, from) => targets.filter((to) => !gone.has(`${String(from)} ${String(to)}`)));
}
