import type { RunSpec } from '../../runner/run-spec.ts';

/** A task in its place of the tree. */
export interface ForestRow {
  readonly name: string;
  /** For the task and each one above it from the top on, whether it is the last among its siblings; empty for a root. */
  readonly lasts: readonly boolean[];
}

/** A tree that is deeper is drawn as if it were not: the terminal has no room for it. */
const DEEPEST = 12;

/**
 * A graph as a tree in which every task stands once: below the one of its dependencies that comes last, which is what it
 * most likely waits for. Siblings are in the order of the specs.
 */
export function forestOf(specs: readonly RunSpec[]): ForestRow[] {
  const children = childrenOf(specs);
  const rows: ForestRow[] = [];
  const stack: ForestRow[] = rootRows(children.get(undefined) ?? []);
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    rows.push(row);
    const below = children.get(row.name) ?? [];
    const above = row.lasts.slice(0, DEEPEST - 1);
    for (const [index, name] of [...below.entries()].reverse()) {
      stack.push({ name, lasts: [...above, index === below.length - 1] });
    }
  }
  return rows;
}

function rootRows(names: readonly string[]): ForestRow[] {
  return names.map((name) => ({ name, lasts: [] })).reverse();
}

/** Those below each task; below nobody are the roots, and what stands in a circle or behind one. */
function childrenOf(specs: readonly RunSpec[]): Map<string | undefined, string[]> {
  const depths = depthsOf(specs);
  const children = new Map<string | undefined, string[]>();
  for (const { name, after = [] } of specs) {
    const known = depths.has(name) ? after.filter((other) => depths.has(other)) : [];
    const parent = known.reduce<string | undefined>((deepest, other) => {
      return deepest === undefined || (depths.get(other) ?? 0) > (depths.get(deepest) ?? 0) ? other : deepest;
    }, undefined);
    addTo(children, parent, name);
  }
  return children;
}

/** The longest way to each task from one that waits for nobody; nothing for what stands in a circle or behind one. */
function depthsOf(specs: readonly RunSpec[]): Map<string, number> {
  const names = new Set(specs.map(({ name }) => name));
  const open = new Map<string, number>();
  const next = new Map<string, string[]>();
  for (const { name, after = [] } of specs) {
    const before = after.filter((other) => names.has(other));
    open.set(name, before.length);
    for (const other of before) addTo(next, other, name);
  }
  const depths = new Map<string, number>();
  const ready = specs.filter(({ name }) => open.get(name) === 0).map(({ name }) => ({ name, depth: 0 }));
  for (const { name, depth } of ready) {
    depths.set(name, depth);
    for (const other of next.get(name) ?? []) {
      const left = (open.get(other) ?? 0) - 1;
      open.set(other, left);
      if (left === 0) ready.push({ name: other, depth: depth + 1 });
    }
  }
  return depths;
}

function addTo<K>(lists: Map<K, string[]>, key: K, name: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [name]);
  else list.push(name);
}
