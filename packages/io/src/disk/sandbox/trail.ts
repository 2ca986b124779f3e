import { ErrnoSignal } from '../../errno.ts';
import type { Directory, Name } from './directory.ts';

/** How many directories of a trail stay open, so that a tree of any depth is walked with few descriptors. */
const WINDOW = 32;

/**
 * The way from a directory down to another: step down, step back up. Up is where it came from, not what `..` says now,
 * so that a directory which is moved meanwhile leads nowhere else.
 */
export class Trail {
  readonly #base: Directory;
  readonly #names: Name[] = [];
  /** Those of the last names. */
  readonly #open: Directory[] = [];

  constructor(base: Directory) {
    this.#base = base;
  }

  get names(): readonly Name[] {
    return this.#names;
  }

  /** Where the trail ends. */
  get end(): Directory {
    return this.#open.at(-1) ?? this.#base;
  }

  /** Steps down, never over a link. */
  down(name: Name): void {
    this.#open.push(this.end.enter(name));
    this.#names.push(name);
    if (this.#open.length > WINDOW) this.#open.shift()?.close();
  }

  /** Steps back up; false where there is no way up. */
  up(): boolean {
    if (this.#names.length === 0) return false;
    this.#names.pop();
    this.#open.pop()?.close();
    if (this.#open.length === 0 && this.#names.length > 0) this.#reopen();
    return true;
  }

  /** Hands out the end of the trail, to be closed by the caller, and lets go of the rest; `undefined` at its base. */
  take(): Directory | undefined {
    const end = this.#open.pop();
    this.close();
    return end;
  }

  /** Back to the base. */
  close(): void {
    for (const directory of this.#open) directory.close();
    this.#open.length = 0;
    this.#names.length = 0;
  }

  #reopen(): void {
    const names = this.#names.splice(0);
    try {
      for (const name of names) this.down(name);
    } catch (error) {
      this.close();
      throw new ErrnoSignal('EBUSY', { hint: 'Another process moved a directory on the way.', cause: error });
    }
  }
}
