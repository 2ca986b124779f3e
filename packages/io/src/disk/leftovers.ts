import { lstatSync, unlinkSync } from 'node:fs';

import { clearDeadLock } from './lock-clearing.ts';
import { isAlive, type Owner } from './owner.ts';
import { temporaryOwner } from './reserved.ts';

/** How old a temporary file must be before it is removed where nobody can say whether its process lives. */
const OLD_MS = 24 * 60 * 60 * 1000;

/** Removes, of the names of a directory, the temporary files and locks of processes that are gone; what resists is left. */
export function removeLeftovers(directory: string, names: readonly string[]): void {
  const states = new Map<string, ReturnType<typeof isAlive>>();
  for (const name of names) {
    const owner = temporaryOwner(name);
    if (owner === undefined) {
      quietly(() => {
        clearDeadLock(directory, name);
      });
      continue;
    }
    const path = `${directory}/${name}`;
    const state = once(states, owner);
    if (state === 'dead' || (state === 'unknown' && isOld(path)))
      quietly(() => {
        unlinkSync(path);
      });
  }
}

function once(states: Map<string, ReturnType<typeof isAlive>>, owner: Owner): ReturnType<typeof isAlive> {
  const key = `${String(owner.pid)}-${owner.startedAt}-${owner.space}`;
  const state = states.get(key) ?? isAlive(owner);
  states.set(key, state);
  return state;
}

function isOld(path: string): boolean {
  const modified = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && Date.now() - modified > OLD_MS;
}

/** Does what may fail without harm: somebody else was quicker, or it is not ours to do. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // as said above
  }
}
