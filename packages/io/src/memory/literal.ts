import { isUtf8 } from 'node:buffer';
import { types } from 'node:util';

import { checkContent, decode } from '../content.ts';
import { ErrnoSignal } from '../errno.ts';
import { IoError } from '../errors.ts';
import type { Content } from '../medium.ts';
import { MemoryLink, type MemoryTree } from '../memory-tree.ts';
import { compareNames, describe, joinPath, normalizePath, parentPath, splitPath } from '../path.ts';
import type { DirInode, FileInode, Inode } from './inode.ts';
import type { Tree } from './tree.ts';

/** Plants what the literal says into a tree, in the order of its keys: a later file replaces an earlier one. */
export function plant(tree: Tree, literal: MemoryTree, base = ''): void {
  for (const [key, value] of Object.entries(literal)) {
    const path = joinPath(
      base,
      inTree(key, () => normalizePath(key)),
    );
    if (typeof value === 'string' || types.isUint8Array(value)) {
      inTree(path, () => {
        plantFile(tree, path, value);
      });
    } else if (value instanceof MemoryLink) {
      inTree(path, () => {
        makeDirectories(tree, parentPath(path));
        tree.symlink(value.target, path);
      });
    } else {
      checkPlain(value, path);
      inTree(path, () => {
        makeDirectories(tree, path);
      });
      plant(tree, value, path);
    }
  }
}

/** The object literal that {@link plant} makes the same directory from. */
export function toLiteral(directory: DirInode): MemoryTree {
  const entries = [...directory.entries].sort(([a], [b]) => compareNames(a, b));
  return Object.fromEntries(entries.map(([name, inode]) => [name, valueOf(inode)]));
}

function valueOf(inode: Inode): Content | MemoryLink | MemoryTree {
  if (inode.kind === 'dir') return toLiteral(inode);
  return inode.kind === 'symlink' ? new MemoryLink(inode.target) : contentOf(inode);
}

function contentOf(file: FileInode): Content {
  if (file.text !== undefined) return file.text;
  const { bytes } = file;
  if (isUtf8(bytes)) return decode(bytes);
  const toJSON = (): unknown => ({ base64: Buffer.from(bytes).toString('base64') });
  return Object.defineProperty(new Uint8Array(bytes), 'toJSON', { value: toJSON }); // hidden: equal to the plain bytes
}

function plantFile(tree: Tree, path: string, content: Content): void {
  makeDirectories(tree, parentPath(path));
  checkContent(content);
  tree.write(path, typeof content === 'string' ? content : new Uint8Array(content));
}

function makeDirectories(tree: Tree, path: string): void {
  let at = '';
  for (const name of splitPath(path)) {
    at = joinPath(at, name);
    try {
      tree.directory(at);
    } catch (error) {
      if (!(error instanceof ErrnoSignal) || error.code !== 'ENOENT') throw error;
      tree.mkdir(at);
    }
  }
}

function checkPlain(value: unknown, path: string): asserts value is MemoryTree {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null)) return;
  throw new TypeError(
    `A tree is made of text, Uint8Arrays, MemoryLinks and plain objects: ${JSON.stringify(path)} is ${describe(value)}`,
  );
}

/** What a literal asks for and no tree can be is the caller's mistake. */
function inTree<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ErrnoSignal)) throw error;
    const { message } = new IoError({ code: error.code, op: 'make', path });
    throw new TypeError(`No such tree can be. ${message}`, { cause: error });
  }
}
