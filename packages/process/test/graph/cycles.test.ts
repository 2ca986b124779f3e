import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { cyclicComponents, type Edges } from '../../src/graph/components.ts';
import { elementaryCycles, shortestPath } from '../../src/graph/cycles.ts';
import { edgesOf, ring } from './support/edges.ts';

/** All cycles by trying every way from each lowest node. */
function allCycles(edges: Edges): string[] {
  const found: string[] = [];
  const follow = (path: readonly number[]): void => {
    const [start = 0] = path;
    for (const to of edges[path.at(-1) ?? 0] ?? []) {
      if (to === start) found.push(path.join());
      else if (to > start && !path.includes(to)) follow([...path, to]);
    }
  };
  for (const node of edges.keys()) follow([node]);
  return found.sort();
}

const reaches = (edges: Edges, from: number, to: number): boolean =>
  (edges[from] ?? []).some((next) => shortestPath(edges, [next, to]) !== undefined);

describe('elementaryCycles', () => {
  describe('Good', () => {
    it('elementaryCycles finds every cycle once', () => {
      fc.assert(
        fc.property(edgesOf(6), (edges) => {
          const { cycles, isComplete } = elementaryCycles(edges, 10_000);
          expect(isComplete).toBe(true);
          expect(cycles.map((cycle) => cycle.join()).sort()).toEqual(allCycles(edges));
        }),
        { numRuns: 300 },
      );
    });

    it('cyclicComponents groups the nodes that reach each other', () => {
      fc.assert(
        fc.property(edgesOf(7), (edges) => {
          const groups = cyclicComponents(edges);
          const group = (node: number): number => groups.findIndex((nodes) => nodes.includes(node));
          for (const a of edges.keys()) {
            expect(group(a) >= 0).toBe(reaches(edges, a, a));
            for (const b of edges.keys()) {
              if (a !== b && group(a) >= 0)
                expect(group(a) === group(b)).toBe(reaches(edges, a, b) && reaches(edges, b, a));
            }
          }
        }),
      );
    });

    it('shortestPath takes the fewest edges that may be used', () => {
      const edges = [[1, 2], [3], [3], [0]];
      expect(shortestPath(edges, [0, 3])).toEqual([0, 1, 3]);
      expect(shortestPath(edges, [0, 3], (from, to) => from !== 0 || to !== 1)).toEqual([0, 2, 3]);
      expect(shortestPath(edges, [3, 3])).toEqual([3]);
      expect(shortestPath([[], []], [0, 1])).toBeUndefined();
    });
  });

  describe('Bad', () => {
    it('elementaryCycles says when there are more than it was to find', () => {
      const everyToEvery = Array.from({ length: 30 }, () => Array.from({ length: 30 }, (_, to) => to));
      const { cycles, isComplete } = elementaryCycles(everyToEvery, 100);
      expect([cycles.length, isComplete]).toEqual([100, false]);
      expect(elementaryCycles(ring(3), 1)).toEqual({ cycles: [[0, 1, 2]], isComplete: true });
    });
  });

  describe('Ugly', () => {
    it('elementaryCycles and cyclicComponents go around 10,000 nodes without recursion', () => {
      expect(cyclicComponents(ring(10_000))).toHaveLength(1);
      expect(elementaryCycles(ring(10_000), 100).cycles[0]).toHaveLength(10_000);
      const chain = ring(10_000).map((targets, node) => (node === 9999 ? [] : targets));
      expect(elementaryCycles(chain, 100)).toEqual({ cycles: [], isComplete: true });
    });

    it('elementaryCycles finds thousands of small ones beside each other', () => {
      const pairs = Array.from({ length: 10_000 }, (_, node) => [node ^ 1]);
      expect(elementaryCycles(pairs, 10_000).cycles).toHaveLength(5000);
    });
  });
});
