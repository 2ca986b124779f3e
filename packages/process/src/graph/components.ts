/** By node: where its edges lead. */
export type Edges = readonly (readonly number[])[];

/**
 * The groups of nodes of which each can be reached from each other (Tarjan), those of one node only where it has an
 * edge to itself; nodes ascend in each, and groups by their first one.
 */
export function cyclicComponents(edges: Edges): number[][] {
  return new Search(edges).run();
}

/** Some nodes of a graph as a graph of their own, numbered anew from 0. */
export interface Part {
  readonly edges: Edges;
  /** By new number: the old one. */
  readonly nodes: readonly number[];
}

/** The groups of {@link cyclicComponents}, each with the edges that stay within it. */
export function cyclicParts(edges: Edges): Part[] {
  return cyclicComponents(edges).map((nodes) => partOf(edges, nodes));
}

/** These nodes with the edges that stay among them. */
export function partOf(edges: Edges, nodes: readonly number[]): Part {
  const numbers = new Map(nodes.map((node, number) => [node, number]));
  return {
    nodes,
    edges: nodes.map((node) => (edges[node] ?? []).flatMap((to) => numbers.get(to) ?? [])),
  };
}

/** Without recursion: a plan may be a chain of any length. */
class Search {
  readonly #edges: Edges;
  readonly #number: Int32Array;
  readonly #low: Int32Array;
  readonly #isOpen: Uint8Array;
  readonly #open: number[] = [];
  readonly #found: number[][] = [];
  #count = 0;

  constructor(edges: Edges) {
    this.#edges = edges;
    this.#number = new Int32Array(edges.length);
    this.#low = new Int32Array(edges.length);
    this.#isOpen = new Uint8Array(edges.length);
  }

  run(): number[][] {
    for (let node = 0; node < this.#edges.length; node += 1) if (this.#number[node] === 0) this.#visit(node);
    return this.#found.sort(([a = 0], [b = 0]) => a - b);
  }

  #visit(start: number): void {
    const path = [{ node: start, edge: 0 }];
    this.#enter(start);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const to = this.#edges[step.node]?.[step.edge];
      step.edge += 1;
      if (to === undefined) {
        path.pop();
        this.#leave(step.node, path.at(-1)?.node);
      } else if (this.#number[to] === 0) {
        this.#enter(to);
        path.push({ node: to, edge: 0 });
      } else if (this.#isOpen[to] === 1) this.#lower(step.node, this.#number[to] ?? 0);
    }
  }

  #enter(node: number): void {
    this.#count += 1;
    this.#number[node] = this.#low[node] = this.#count;
    this.#isOpen[node] = 1;
    this.#open.push(node);
  }

  #leave(node: number, parent: number | undefined): void {
    const low = this.#low[node] ?? 0;
    if (low === this.#number[node]) this.#close(node);
    if (parent !== undefined) this.#lower(parent, low);
  }

  #lower(node: number, low: number): void {
    this.#low[node] = Math.min(this.#low[node] ?? 0, low);
  }

  #close(root: number): void {
    const group = this.#open.splice(this.#open.lastIndexOf(root));
    for (const node of group) this.#isOpen[node] = 0;
    const isCyclic = group.length > 1 || this.#edges[root]?.includes(root) === true;
    if (isCyclic) this.#found.push(group.sort((a, b) => a - b));
  }
}
