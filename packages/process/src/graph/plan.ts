/** A task of a plan and the names of those that have to be done before. */
export interface PlanNode {
  readonly name: string;
  readonly after?: readonly string[] | undefined;
}

/** A name in an `after` that no task has. */
export interface UnknownName {
  readonly name: string;
  readonly after: string;
}

/** A plan by numbers: each task is its place in the plan, and everything else here speaks of these. */
export interface Graph {
  readonly names: readonly string[];
  /** By task: those that have to be done before it, each once. */
  readonly before: readonly (readonly number[])[];
  /** By task: those that wait for it, in the order of the plan. */
  readonly next: readonly (readonly number[])[];
}

const NOTHING: readonly string[] = [];
const NOWHERE: readonly number[] = [];

/** Where the task of each name is in the plan; of a name that two tasks have, the first. */
export type Places = ReadonlyMap<string, number>;

/** The places of a plan. */
export function placesOf(nodes: readonly PlanNode[]): Places {
  const places = new Map<string, number>();
  for (const [place, { name }] of nodes.entries()) if (!places.has(name)) places.set(name, place);
  return places;
}

/** The graph of a plan; names that no task has are left out. */
export function graphOf(nodes: readonly PlanNode[], places: Places = placesOf(nodes)): Graph {
  const next: number[][] = nodes.map(() => []);
  const before = nodes.map(({ after = NOTHING }, task) => {
    if (after.length === 0) return NOWHERE;
    const known = new Set<number>();
    for (const name of after) {
      const place = places.get(name);
      if (place === undefined || known.has(place)) continue;
      known.add(place);
      next[place]?.push(task);
    }
    return [...known];
  });
  return { names: nodes.map(({ name }) => name), before, next };
}

/** The names that more than one task has, each once. */
export function duplicateNames(nodes: readonly PlanNode[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of nodes) (seen.has(name) ? twice : seen).add(name);
  return [...twice];
}

/** The names in an `after` that no task has, in the order of the plan. */
export function unknownNames(nodes: readonly PlanNode[], places: Places = placesOf(nodes)): UnknownName[] {
  const unknown: UnknownName[] = [];
  for (const { name, after = NOTHING } of nodes) {
    for (const other of after) if (!places.has(other)) unknown.push({ name, after: other });
  }
  return unknown;
}

/** The tasks so that each stands after those that it waits for; those on or behind a cycle are missing. */
export function topologicalOrder({ before, next }: Graph): number[] {
  const left = before.map(({ length }) => length);
  const order = left.flatMap((count, task) => (count === 0 ? [task] : []));
  for (const done of order) {
    for (const task of next[done] ?? []) {
      const count = (left[task] ?? 0) - 1;
      left[task] = count;
      if (count === 0) order.push(task);
    }
  }
  return order;
}
