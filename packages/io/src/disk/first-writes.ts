import { readdirSync } from 'node:fs';

import { quietly, removeLeftovers } from './leftovers.ts';

/** So many directories are remembered; then it begins anew. */
const MOST = 4096;

/** Clears up after dead processes in every directory that a medium writes to, the first time that it does. */
export class FirstWrites {
  readonly #seen = new Set<string>();

  /** `path` is the normalized one of the directory, `directory` the one on the disk. */
  at(path: string, directory: string): void {
    if (this.#seen.has(path)) return;
    if (this.#seen.size >= MOST) this.#seen.clear();
    this.#seen.add(path);
    quietly(() => {
      removeLeftovers(directory, readdirSync(directory));
    });
  }
}
