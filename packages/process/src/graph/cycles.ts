import { cyclicParts, type Edges, partOf, type Part } from './components.ts';

/** Cycles of a graph. */
export interface CycleList {
  /** Each begins with its lowest node, which is not repeated at its end. */
  readonly cycles: readonly (readonly number[])[];
  /** There are no others. */
  readonly isComplete: boolean;
}

/**
 * The elementary cycles (Johnson 1975): every way round that comes through no node twice, each once, until there are
 * more than `limit`. The work grows with the graph and with how many are found, never with how many there are.
 */
export function elementaryCycles(edges: Edges, limit: number): CycleList {
  const cycles: number[][] = [];
  const parts = cyclicParts(edges).reverse();
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { nodes } = part;
    const isWhole = new Circuits(part.edges, (cycle) => {
      return cycles.push(cycle.map((node) => nodes[node] ?? node)) <= limit;
    }).run();
    if (!isWhole) return { cycles: cycles.slice(0, limit), isComplete: false };
    parts.push(...withoutFirst(part).reverse());
  }
  return { cycles, isComplete: true };
}

/** What is left of a part when all cycles through its first node are known. */
function withoutFirst({ edges, nodes }: Part): Part[] {
  const rest = partOf(edges, nodes.map((_, number) => number).slice(1));
  return cyclicParts(rest.edges).map((part) => ({ ...part, nodes: part.nodes.map((node) => nodes[node + 1] ?? node) }));
}

/** A shortest way from one node to another by edges that may be used, both ends included; `undefined` without one. */
export function shortestPath(
  edges: Edges,
  [from, to]: readonly [number, number],
  isUsable: (from: number, to: number) => boolean = () => true,
): number[] | undefined {
  const cameFrom = new Map([[from, from]]);
  const queue = [from];
  for (let at = 0; at < queue.length && !cameFrom.has(to); at += 1) {
    const node = queue[at] ?? from;
    for (const next of edges[node] ?? []) {
      if (cameFrom.has(next) || !isUsable(node, next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  if (!cameFrom.has(to)) return undefined;
  const path = [to];
  for (let node = to; node !== from; path.push(node)) node = cameFrom.get(node) ?? from;
  return path.reverse();
}

/** The cycles through the first node of a component, by a search that blocks the nodes from which there is no way back. */
class Circuits {
  readonly #edges: Edges;
  readonly #onCycle: (cycle: number[]) => boolean;
  readonly #isBlocked = new Set<number>();
  /** By blocked node: those that are free again when it is. */
  readonly #wait = new Map<number, Set<number>>();

  constructor(edges: Edges, onCycle: (cycle: number[]) => boolean) {
    this.#edges = edges;
    this.#onCycle = onCycle;
  }

  /** `false` where `onCycle` has heard enough. */
  run(): boolean {
    const path = [{ node: 0, edge: 0, isOnCycle: false }];
    this.#isBlocked.add(0);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const to = this.#edges[step.node]?.[step.edge];
      step.edge += 1;
      if (to === 0) {
        step.isOnCycle = true;
        if (!this.#onCycle(path.map(({ node }) => node))) return false;
      } else if (to === undefined) {
        path.pop();
        this.#leave(step.node, step.isOnCycle);
        const parent = path.at(-1);
        if (parent !== undefined) parent.isOnCycle ||= step.isOnCycle;
      } else if (!this.#isBlocked.has(to)) {
        this.#isBlocked.add(to);
        path.push({ node: to, edge: 0, isOnCycle: false });
      }
    }
    return true;
  }

  #leave(node: number, isOnCycle: boolean): void {
    if (isOnCycle) this.#unblock(node);
    else for (const to of this.#edges[node] ?? []) this.#waiting(to).add(node);
  }

  #unblock(node: number): void {
    const free = [node];
    for (let next = free.pop(); next !== undefined; next = free.pop()) {
      if (!this.#isBlocked.delete(next)) continue;
      free.push(...(this.#wait.get(next) ?? []));
      this.#wait.delete(next);
    }
  }

  #waiting(node: number): Set<number> {
    const known = this.#wait.get(node) ?? new Set();
    this.#wait.set(node, known);
    return known;
  }
}
