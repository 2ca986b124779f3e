import { checkContent } from '../content.ts';
import { DefinedMedium } from '../define-medium.ts';
import type { CancelOptions, Content, WriteOptions } from '../medium.ts';
import { describe, normalizePath } from '../path.ts';
import { declareShortcuts } from '../shortcuts.ts';
import type { MemoryTree } from '../memory-tree.ts';
import { plant, toLiteral } from './literal.ts';
import { memoryDriver } from './memory-driver.ts';
import { Tree } from './tree.ts';

/** What makes one memory unlike another. */
export interface MemoryMediumOptions {
  /** The clock of every `mtime`; the system's by default. */
  readonly now?: (() => Date) | undefined;
  /** How many bytes all files together may have; a write over that is refused with `ENOSPC` and leaves the old file. */
  readonly maxBytes?: number | undefined;
}

/**
 * Files in memory, which behave as those on a disk do: directories, links, permission bits, times, errors.
 *
 * Text is kept as the string that was given until somebody wants its bytes. Permission bits are kept and never
 * enforced. A new file gets `0o644`, a new directory `0o755`. An absolute link leads from the medium's own root. Every
 * `write` gives the path a new file: handles and streams that are open keep the old one. Events of `watch` come from the
 * first `next()` on and none is lost. Watching and locks belong to one medium: clones have their own.
 *
 * @throws `TypeError` where `tree` holds what no tree can be, such as a file below a file.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'docs/a.md': '# A', src: { 'main.ts': 'start();' } });
 * await medium.rename('docs', 'src/docs');
 * assert.deepEqual(medium.toJSON(), { src: { docs: { 'a.md': '# A' }, 'main.ts': 'start();' } });
 *
 * const full = new MemoryMedium({ a: 'old' }, { maxBytes: 8 });
 * await assert.rejects(full.write('a', 'much too long'), { code: 'ENOSPC' });
 * assert.equal(await full.read('a'), 'old');
 * ```
 */
export class MemoryMedium extends DefinedMedium {
  static {
    declareShortcuts(this.prototype, 'read', 'write');
  }

  readonly #tree: Tree;
  readonly #options: MemoryMediumOptions;

  constructor(tree: MemoryTree = {}, options: MemoryMediumOptions = {}) {
    const { now, maxBytes = Infinity } = options;
    if (!(maxBytes >= 0)) throw new RangeError(`maxBytes must be a number of bytes from 0 up, not ${String(maxBytes)}`);
    if (now !== undefined && typeof now !== 'function') {
      throw new TypeError(`now must be a function that gives a Date, not ${describe(now)}`);
    }
    const files = new Tree({ now: now === undefined ? Date.now : () => now().getTime(), maxBytes });
    super(memoryDriver(files));
    this.#tree = files;
    this.#options = options;
    plant(files, tree);
  }

  /** The short way for text that is at hand; everything else, refusals too, goes the way of every medium. */
  override async read(path: string, options?: CancelOptions): Promise<string> {
    return (options === undefined ? this.#textAt(path) : undefined) ?? super.read(path, options);
  }

  /** The short way for plain text, as in {@link read}: it is kept as it is, neither encoded nor copied. */
  override async write(path: string, content: Content, options?: WriteOptions): Promise<void> {
    if (typeof content === 'string' && options === undefined && this.#putText(path, content)) return;
    await super.write(path, content, options);
  }

  /**
   * The whole tree as an object literal that makes the same tree again (but for modes and times), sorted by name: text
   * where a file is valid UTF-8, else a `Uint8Array`, which `JSON.stringify` shows as `{"base64":"…"}`; a link is a
   * {@link MemoryLink}, shown as `{"symlink":"…"}`.
   */
  toJSON(): MemoryTree {
    return toLiteral(this.#tree.root);
  }

  /**
   * A medium of its own with the same files, made without copying their contents; neither sees what happens to the
   * other from here on.
   */
  clone(): MemoryMedium {
    const copy = new MemoryMedium({}, this.#options);
    copy.#tree.copyFrom(this.#tree);
    return copy;
  }

  #textAt(path: string): string | undefined {
    try {
      return this.#tree.file(normalizePath(path)).text;
    } catch {
      return undefined;
    }
  }

  #putText(path: string, text: string): boolean {
    try {
      checkContent(text);
      this.#tree.write(normalizePath(path), text);
      return true;
    } catch {
      return false;
    }
  }
}
