import type { Edges } from './components.ts';

/**
 * An order of the nodes in which the fewest edges lead from a node to a later one or to itself, by trying which node
 * comes last in each subset: time and memory double with each node more. Among orders that are as good, low nodes come
 * first.
 */
export function bestOrder(edges: Edges): number[] {
  const waiters = waitersOf(edges);
  const all = 2 ** waiters.length - 1;
  const least = new Uint16Array(all + 1);
  const last = new Uint8Array(all + 1);
  for (let set = 1; set <= all; set += 1) {
    let best = Infinity;
    // from above, so that the highest of equally good nodes stands last
    for (let node = waiters.length - 1; node >= 0; node -= 1) {
      if ((set & (1 << node)) === 0) continue;
      const before = set ^ (1 << node);
      const cost = (least[before] ?? 0) + bitsOf((waiters[node] ?? 0) & before);
      if (cost >= best) continue;
      best = cost;
      last[set] = node;
    }
    least[set] = best;
  }
  const order: number[] = [];
  for (let set = all; set !== 0; set ^= 1 << (order.at(-1) ?? 0)) order.push(last[set] ?? 0);
  return order.reverse();
}

/** How many bits are set. */
function bitsOf(set: number): number {
  let rest = set - ((set >> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >> 2) & 0x33333333);
  return (((rest + (rest >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24;
}

/** By node: those with an edge to it, as bits. */
function waitersOf(edges: Edges): number[] {
  const waiters = edges.map(() => 0);
  for (const [node, targets] of edges.entries()) {
    for (const to of targets) if (to !== node) waiters[to] = (waiters[to] ?? 0) | (1 << node);
  }
  return waiters;
}
