import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { duplicateNames, graphOf, topologicalOrder, unknownNames } from '../../src/graph/plan.ts';

const node = (name: string, ...after: string[]): { name: string; after: string[] } => ({ name, after });

describe('graphOf', () => {
  describe('Good', () => {
    it('graphOf numbers the tasks and knows both directions of each edge', () => {
      const { names, before, next } = graphOf([node('c', 'a', 'b'), node('a'), node('b', 'a')]);
      expect([names, before, next]).toEqual([
        ['c', 'a', 'b'],
        [[1, 2], [], [1]],
        [[], [0, 2], [0]],
      ]);
    });

    it('topologicalOrder puts each task after those that it waits for', () => {
      const edges = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 5 }), { maxLength: 30 });
      fc.assert(
        fc.property(edges, (targets) => {
          const nodes = targets.map((list, at) => node(String(at), ...list.filter((to) => to < at).map(String)));
          const order = topologicalOrder(graphOf(nodes));
          const place = new Map(order.map((task, index) => [task, index]));
          expect(order).toHaveLength(nodes.length);
          for (const [task, before] of graphOf(nodes).before.entries()) {
            for (const other of before) expect(place.get(other)).toBeLessThan(place.get(task) ?? -1);
          }
        }),
      );
    });
  });

  describe('Bad', () => {
    it('duplicateNames names each double name once', () => {
      expect(duplicateNames([node('a'), node('b'), node('a'), node('a')])).toEqual(['a']);
    });

    it('unknownNames tells who comes after nobody', () => {
      expect(unknownNames([node('a', 'x', 'b'), node('b', 'y')])).toEqual([
        { name: 'a', after: 'x' },
        { name: 'b', after: 'y' },
      ]);
    });
  });

  describe('Ugly', () => {
    it('graphOf takes a dependency that is named twice once, and is not misled by names of Object', () => {
      const graph = graphOf([node('__proto__', 'constructor', 'constructor'), node('constructor'), node('toString')]);
      expect(graph.before).toEqual([[1], [], []]);
      expect(unknownNames([node('a', 'hasOwnProperty')])).toHaveLength(1);
    });

    it('topologicalOrder leaves out what is on a cycle or behind one', () => {
      const graph = graphOf([node('free'), node('a', 'b'), node('b', 'a'), node('behind', 'a'), node('self', 'self')]);
      expect(topologicalOrder(graph)).toEqual([0]);
    });
  });
});
