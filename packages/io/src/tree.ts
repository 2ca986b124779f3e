import { isUtf8 } from 'node:buffer';
import { types } from 'node:util';

import { decode } from './content.ts';
import { ErrnoSignal } from './errno.ts';
import { IoError } from './errors.ts';
import type { CancelOptions, Content, DirEntry, Medium } from './medium.ts';
import { MemoryLink, type MemoryTree } from './memory-tree.ts';
import { describe, joinPath, normalizePath } from './path.ts';
import { replaceLink } from './replace-link.ts';
import { under } from './spelling.ts';

type Leaf = Content | MemoryLink;
/** A {@link MemoryTree} while it is made. */
interface Growing {
  [name: string]: Leaf | Growing;
}

/**
 * A folder as an object literal, sorted by name, in the shape that `new MemoryMedium(tree)` and {@link writeTree} take:
 * text where a file is valid UTF-8, else a `Uint8Array`; a link is a {@link MemoryLink} and not followed. Modes and times
 * are not in it.
 *
 * @throws `ERR_NOT_REGULAR_FILE` for a fifo, socket or device, and whatever `list` and `readBytes` refuse with.
 *
 * @example
 * ```ts
 * import { MemoryMedium, snapshot } from '@core/io';
 *
 * const medium = new MemoryMedium();
 * await medium.write('site/index.html', '<h1>');
 * await medium.ensureDir('site/img');
 * assert.deepEqual(await snapshot(medium, 'site'), { img: {}, 'index.html': '<h1>' });
 * ```
 */
export async function snapshot(medium: Medium, path: string = '', options: CancelOptions = {}): Promise<MemoryTree> {
  options.signal?.throwIfAborted();
  const tree: Growing = {};
  for (const entry of await medium.list(path, options)) {
    const value =
      entry.kind === 'dir' ? await snapshot(medium, entry.path, options) : await leaf(medium, entry, options);
    // a file may be called `__proto__`, which plain assignment would take for something else
    Object.defineProperty(tree, entry.name, { value, enumerable: true, configurable: true, writable: true });
  }
  return tree;
}

async function leaf(medium: Medium, { kind, path }: DirEntry, options: CancelOptions): Promise<Leaf> {
  if (kind === 'symlink') return new MemoryLink(await medium.readLink(path, options));
  if (kind === 'other') throw new IoError({ code: 'ERR_NOT_REGULAR_FILE', op: 'snapshot', path });
  const bytes = await medium.readBytes(path, options);
  return isUtf8(bytes) ? decode(bytes) : bytes;
}

/**
 * Makes a folder from an object literal: text and bytes are files, `MemoryLink`s links, other objects directories; a name
 * may hold slashes. What stands already stays, files and links of the same name are replaced. One after the other, in the order of
 * the keys; a failure leaves what was made until then.
 *
 * @throws `TypeError` before anything is written where the literal holds anything else.
 *
 * @example
 * ```ts
 * import { MemoryMedium, writeTree } from '@core/io';
 *
 * const medium = new MemoryMedium();
 * await writeTree(medium, 'app', { 'src/main.ts': 'start();', assets: {} });
 * assert.equal(await medium.read('app/src/main.ts'), 'start();');
 * assert.equal(await medium.isDir('app/assets'), true);
 * ```
 */
export async function writeTree(
  medium: Medium,
  path: string,
  tree: MemoryTree,
  options: CancelOptions = {},
): Promise<void> {
  const leaves = [...flatten(tree, '')];
  await medium.ensureDir(path, options);
  for (const [below, value] of leaves) {
    const at = under(path, below);
    if (value === undefined) await medium.ensureDir(at, options);
    else if (value instanceof MemoryLink) await replaceLink(medium, value.target, at, options);
    else await medium.write(at, value, options);
  }
}

/** Every directory (as `undefined`) and every leaf with its path, parents first. */
function* flatten(tree: MemoryTree, base: string): Generator<readonly [string, Leaf | undefined]> {
  checkPlain(tree, base);
  for (const [key, value] of Object.entries(tree)) {
    const path = joinPath(base, checkedKey(key, base));
    if (typeof value === 'string' || types.isUint8Array(value) || value instanceof MemoryLink) yield [path, value];
    else {
      yield [path, undefined];
      yield* flatten(value, path);
    }
  }
}

function checkedKey(key: string, base: string): string {
  try {
    const path = normalizePath(key);
    if (path !== '') return path;
  } catch (error) {
    if (!(error instanceof ErrnoSignal)) throw error;
  }
  throw new TypeError(`A name in a tree must be a path, not ${JSON.stringify(key)} in ${JSON.stringify(base)}`);
}

function checkPlain(value: unknown, path: string): void {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  // an object of another realm is plain, too
  if (prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null)) return;
  throw new TypeError(
    `A tree is made of text, Uint8Arrays, MemoryLinks and plain objects: ${JSON.stringify(path)} is ${describe(value)}`,
  );
}
