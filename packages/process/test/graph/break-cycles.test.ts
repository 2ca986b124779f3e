import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { breakCycles } from '../../src/graph/break-cycles.ts';
import { cyclicComponents, type Edges } from '../../src/graph/components.ts';
import { greedyOrder } from '../../src/graph/greedy-order.ts';
import { edgesOf, ring, without } from './support/edges.ts';
import { numbersFrom } from './support/layered.ts';

const isAcyclic = (edges: Edges): boolean => cyclicComponents(edges).length === 0;

/** Whether so few edges, whichever they are, can do. */
function canDoWith(edges: Edges, count: number): boolean {
  if (isAcyclic(edges)) return true;
  if (count === 0) return false;
  return edges.some((targets, from) => targets.some((to) => canDoWith(without(edges, [[from, to]]), count - 1)));
}

/** So many nodes with so many edges each, at random. */
function tangle(nodes: number, degree: number, seed: number): Edges {
  const random = numbersFrom(seed);
  return Array.from({ length: nodes }, () => [
    ...new Set(Array.from({ length: degree }, () => Math.floor(random() * nodes))),
  ]);
}

describe('breakCycles', () => {
  describe('Good', () => {
    it('breakCycles leaves no cycle, and fewer edges would not do', () => {
      fc.assert(
        fc.property(edgesOf(4), (edges) => {
          const { edges: removed, isFewest } = breakCycles(edges);
          expect(isAcyclic(without(edges, removed))).toBe(true);
          expect(isFewest).toBe(true);
          if (removed.length > 0 && removed.length < 5) expect(canDoWith(edges, removed.length - 1)).toBe(false);
        }),
        { numRuns: 200 },
      );
    });

    it('breakCycles takes the edge that two cycles share', () => {
      expect(breakCycles([[1], [2, 3], [0], [0]])).toEqual({ edges: [[0, 1]], isFewest: true });
    });

    it('breakCycles removes an edge of a node to itself', () => {
      expect(breakCycles([[0], [1, 0]]).edges).toEqual([
        [0, 0],
        [1, 1],
      ]);
    });

    it('breakCycles proves its answer for a large graph with few cycles', () => {
      expect(breakCycles(ring(10_000)).edges).toHaveLength(1);
      const twoRings = ring(60).map((targets, node) => (node === 29 ? [...targets, 0] : targets));
      const { edges, isFewest } = breakCycles(twoRings);
      expect([edges.length, isFewest]).toEqual([1, true]);
    });
  });

  describe('Bad', () => {
    it('breakCycles finds nothing to break where there is no cycle', () => {
      expect(breakCycles([[1], [2], []])).toEqual({ edges: [], isFewest: true });
    });
  });

  describe('Ugly', () => {
    it('breakCycles leaves no cycle in large tangles, within its bound, and needs every edge that it names', () => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const edges = tangle(60, 3, seed);
        const count = edges.flat().length;
        const { edges: removed } = breakCycles(edges);
        expect(isAcyclic(without(edges, removed))).toBe(true);
        expect(removed.length).toBeLessThanOrEqual(count / 2);
        for (const kept of removed) {
          expect(
            isAcyclic(
              without(
                edges,
                removed.filter((edge) => edge !== kept),
              ),
            ),
          ).toBe(false);
        }
      }
    });

    it('breakCycles ends with a tangle of 10,000 nodes', () => {
      const edges = tangle(10_000, 3, 7);
      expect(isAcyclic(without(edges, breakCycles(edges).edges))).toBe(true);
    });

    it('greedyOrder holds every node once', () => {
      fc.assert(
        fc.property(edgesOf(12), (edges) => {
          expect(greedyOrder(edges).sort((a, b) => a - b)).toEqual([...edges.keys()]);
        }),
      );
    });
  });
});
