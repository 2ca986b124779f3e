import { lstatSync, readdirSync, rmdirSync } from 'node:fs';

import { unlinkFile } from './calls.ts';
import { below, type Directory, type Name } from './sandbox/directory.ts';
import type { Place } from './sandbox/sandbox.ts';
import { Trail } from './sandbox/trail.ts';
import { errorCode, unsteady } from './system-error.ts';
import { nextTurn } from './turns.ts';

/** How often others may put something in the way. */
const MOST_CHANGES = 1000;
/** What is met where another process changes a tree that is being removed. */
const CHANGED: readonly string[] = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST'];

/** Removes what stands at a place with everything below it; nothing is fine. Links are removed, never followed. */
export async function eraseAll(place: Place, signal: AbortSignal | undefined): Promise<void> {
  const eraser = new Eraser(place.directory, signal);
  try {
    await eraser.erase(place.leaf);
  } finally {
    eraser.close();
  }
}

interface Level {
  readonly name: Name;
  /** What is still to be removed in it. */
  readonly names: Name[];
}

/** One walk down and back up, by descriptors where there are any: a directory that is moved meanwhile leads nowhere else. */
class Eraser {
  readonly #trail: Trail;
  readonly #signal: AbortSignal | undefined;
  readonly #levels: Level[] = [];
  #changes = 0;

  constructor(base: Directory, signal: AbortSignal | undefined) {
    this.#trail = new Trail(base);
    this.#signal = signal;
  }

  async erase(leaf: string): Promise<void> {
    const top: Level = { name: '', names: [leaf] };
    this.#levels.push(top);
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      await this.#breathe();
      const name = level.names.pop();
      if (name !== undefined) await this.#attempt(name, level);
      else this.#leave();
    }
  }

  close(): void {
    this.#trail.close();
  }

  /** Removes a name, or goes into it. */
  async #attempt(name: Name, level: Level): Promise<void> {
    try {
      const path = below(this.#trail.end.path, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory() === true) this.#enter(name);
      else if (stats !== undefined) await unlinkFile(path, stats.size);
    } catch (error) {
      this.#bear(error);
      level.names.push(name);
    }
  }

  #enter(name: Name): void {
    this.#trail.down(name);
    try {
      this.#levels.push({ name, names: namesIn(this.#trail.end.path) });
    } catch (error) {
      this.#trail.up();
      throw error;
    }
  }

  /** Back up, and removes what is empty now. */
  #leave(): void {
    const left = this.#levels.pop();
    const level = this.#levels.at(-1);
    if (left === undefined || level === undefined) return;
    this.#trail.up();
    try {
      rmdirSync(below(this.#trail.end.path, left.name));
    } catch (error) {
      this.#bear(error);
      level.names.push(left.name);
    }
  }

  #bear(error: unknown): void {
    if (!CHANGED.includes(errorCode(error) ?? '')) throw error;
    this.#changes += 1;
    if (this.#changes > MOST_CHANGES) throw unsteady(error);
  }

  /** Removing is done at once, which is quickest; so others must be let in now and then. */
  async #breathe(): Promise<void> {
    this.#signal?.throwIfAborted();
    await nextTurn();
  }
}

/** The names of a directory, as bytes where text would not find them again. */
function namesIn(directory: string): Name[] {
  const names = readdirSync(directory);
  return names.some((name) => name.includes('\uFFFD')) ? readdirSync(directory, 'buffer') : names;
}
