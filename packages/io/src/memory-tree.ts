import type { Content } from './medium.ts';
import { describe } from './path.ts';

/**
 * A symbolic link in a {@link MemoryTree}.
 *
 * @example
 * ```ts
 * import { MemoryLink, MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'a.txt': 'hello', 'b.txt': new MemoryLink('a.txt') });
 * assert.equal(await medium.read('b.txt'), 'hello');
 * assert.equal(JSON.stringify(medium), '{"a.txt":"hello","b.txt":{"symlink":"a.txt"}}');
 * ```
 */
export class MemoryLink {
  /** What the link says: seen from where it stands, or from the medium's root with a leading `/`. */
  readonly target: string;

  constructor(target: string) {
    if (typeof target !== 'string') throw new TypeError(`The target must be a string, not ${describe(target)}`);
    this.target = target;
  }

  /** How `JSON.stringify` shows it. */
  toJSON(): { readonly symlink: string } {
    return { symlink: this.target };
  }
}

/**
 * A folder as an object: text and bytes are files, {@link MemoryLink}s links, other objects directories. A name may hold
 * slashes; the directories that it names are made.
 */
export interface MemoryTree {
  readonly [path: string]: Content | MemoryLink | MemoryTree;
}
