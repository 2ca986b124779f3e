/** The tasks from one that is skipped back to the one that was not done: their names, where there are many, in part. */
export interface SkipChain {
  readonly near: readonly string[];
  readonly omitted: number;
  readonly far: readonly string[];
}

/** So many names are told at each end: what is said of each task of a long chain must not grow with the chain. */
const TOLD = 4;

/** The chain that ends in the task that was not done. */
export function chainOf(root: string): SkipChain {
  return { near: [], omitted: 0, far: [root] };
}

/** The chain of a task that waits for the first one of another chain. */
export function longerChain(name: string, { near, omitted, far }: SkipChain): SkipChain {
  if (near.length === 0 && far.length < TOLD) return { near, omitted, far: [name, ...far] };
  return { near: [name, ...near.slice(0, TOLD - 1)], omitted: omitted + (near.length < TOLD ? 0 : 1), far };
}

/** The chain for people: `deploy → test → build`, each waiting for the next. */
export function formatChain({ near, omitted, far }: SkipChain): string {
  const middle = omitted === 0 ? [] : [`… ${String(omitted)} more …`];
  return [...near, ...middle, ...far].join(' → ');
}
