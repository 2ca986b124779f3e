import { bestOrder } from './best-order.ts';
import { cyclicParts, type Edges } from './components.ts';
import { shortestPath } from './cycles.ts';
import { greedyOrder } from './greedy-order.ts';

/** An edge, from and to. */
type Edge = readonly [number, number];

/** Edges without which a graph has no cycle. */
export interface CycleBreak {
  readonly edges: readonly Edge[];
  /** It is certain that fewer would not do. */
  readonly isFewest: boolean;
}

/** Up to so many nodes every order is weighed: time and memory double with each more. */
const EXACT_NODES = 17;
/** So many edges are walked to better an answer, and to prove it, before it is taken as it is. */
const STEPS = 2_000_000;

/**
 * The fewest edges whose removal breaks every cycle (the minimum feedback arc set, which is NP-hard).
 *
 * Each component is solved by itself. Up to 17 nodes the answer is exact. A larger one is put in order greedily (Eades,
 * Lin and Smyth 1993: at most half of its edges less a sixth of its nodes, mostly far fewer); what need not be removed
 * is put back; and where as many cycles are found that share no edge, the answer is proven to be the fewest all the
 * same.
 */
export function breakCycles(edges: Edges): CycleBreak {
  const found: Edge[] = [];
  let isFewest = true;
  for (const part of cyclicParts(edges)) {
    const broken = breakPart(part.edges);
    for (const [from, to] of broken.edges) found.push([part.nodes[from] ?? from, part.nodes[to] ?? to]);
    isFewest &&= broken.isFewest;
  }
  return { edges: found, isFewest };
}

function breakPart(edges: Edges): CycleBreak {
  if (edges.length <= EXACT_NODES) return { edges: backEdges(edges, bestOrder(edges)), isFewest: true };
  const budget = { steps: STEPS };
  const removed = withoutNeedless(edges, backEdges(edges, greedyOrder(edges)), budget);
  return { edges: removed, isFewest: areNeeded(edges, removed, budget) };
}

/** The edges against an order in which each node stands after those that its edges lead to. */
function backEdges(edges: Edges, order: readonly number[]): Edge[] {
  const place = new Map(order.map((node, index) => [node, index]));
  const at = (node: number): number => place.get(node) ?? 0;
  return order.flatMap((from) => (edges[from] ?? []).filter((to) => at(to) >= at(from)).map((to): Edge => [from, to]));
}

/** Puts back each edge that closes no cycle. */
function withoutNeedless(edges: Edges, removed: readonly Edge[], budget: { steps: number }): Edge[] {
  const gone = new Set(removed.map(keyOf));
  return removed.filter((edge) => {
    const [from, to] = edge;
    if (budget.steps <= 0) return true;
    gone.delete(keyOf(edge));
    const closes = shortestPath(edges, [to, from], (a, b) => {
      budget.steps -= 1;
      return !gone.has(keyOf([a, b]));
    });
    if (closes !== undefined) gone.add(keyOf(edge));
    return closes !== undefined;
  });
}

/** Whether there is a cycle of its own for each of them: then no fewer can do. */
function areNeeded(edges: Edges, removed: readonly Edge[], budget: { steps: number }): boolean {
  const used = new Set(removed.map(keyOf));
  for (const [from, to] of removed) {
    if (budget.steps <= 0) return false;
    const back = shortestPath(edges, [to, from], (a, b) => {
      budget.steps -= 1;
      return !used.has(keyOf([a, b]));
    });
    if (back === undefined) return false;
    for (const [index, node] of back.entries()) used.add(keyOf([node, back[index + 1] ?? to]));
  }
  return true;
}

/** One number for an edge; places are far below 2 ** 26. */
function keyOf([from, to]: Edge): number {
  return from * 2 ** 26 + to;
}
