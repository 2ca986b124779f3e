import { isUtf8 } from 'node:buffer';
import { lstatSync, readlinkSync } from 'node:fs';
import { isAbsolute } from 'node:path';

import { ErrnoSignal } from '../../errno.ts';
import { splitPath } from '../../path.ts';
import { errorCode, unsteady } from '../system-error.ts';
import type { Directory } from './directory.ts';
import { EscapeSignal } from './sandbox.ts';
import { targetNames } from './targets.ts';
import { Trail } from './trail.ts';

/** As the kernel: more links on one way are a loop. */
const MOST_LINKS = 40;
/** How often a name may change between two looks at it before it is refused. */
const MOST_CHANGES = 100;

/** Where walks begin. */
export interface Ground {
  readonly directory: Directory;
  /** The names from the root to what an absolute path of the disk leads to; `undefined` outside. */
  inside(absolute: string): string[] | undefined;
}

/** Where a walk ended: the directory is the caller's to close, and `undefined` is the root. */
export interface WalkEnd {
  readonly directory: Directory | undefined;
  readonly leaf: string;
}

/**
 * Walks from the root to a path, one name at a time, over links as long as they stay inside. Nothing is trusted that was
 * seen before: each step is taken from the directory that is held, so that what is swapped meanwhile leads nowhere else.
 */
export class Walk {
  readonly #ground: Ground;
  readonly #trail: Trail;
  /** Names still to go, the next one last. */
  readonly #todo: string[];
  #links = 0;
  #changes = 0;
  /** The link that was followed last, and what it says. */
  #link = '';
  #target = '';

  constructor(ground: Ground, path: string) {
    this.#ground = ground;
    this.#trail = new Trail(ground.directory);
    this.#todo = splitPath(path).reverse();
  }

  /** To the directory of the last name; with `follow` also over links at that name. */
  toLeaf(follow: boolean): WalkEnd {
    try {
      for (;;) {
        while (this.#todo.length > 1) this.#step();
        const leaf = this.#todo.at(-1) ?? '.';
        if (leaf === '..') this.#step();
        const target = follow && isName(leaf) ? this.#linkAt(leaf) : undefined;
        if (target === undefined) return { directory: this.#trail.take(), leaf: isName(leaf) ? leaf : '.' };
        this.#todo.pop();
        this.#follow(leaf, target);
      }
    } finally {
      this.#trail.close();
    }
  }

  /** Into the directory that the path leads to. */
  into(): WalkEnd {
    try {
      while (this.#todo.length > 0) this.#step();
      return { directory: this.#trail.take(), leaf: '.' };
    } finally {
      this.#trail.close();
    }
  }

  /** One name further: down, up, or over a link. */
  #step(): void {
    const name = this.#todo.pop() ?? '.';
    if (name === '.') return;
    if (name === '..') {
      if (!this.#trail.up()) throw new EscapeSignal(this.#link, this.#target);
      return;
    }
    try {
      this.#trail.down(name);
    } catch (error) {
      if (errorCode(error) !== 'ENOTDIR') throw error;
      const target = this.#linkAt(name);
      if (target !== undefined) this.#follow(name, target);
      else this.#again(name, error);
    }
  }

  /** What the link of that name says; `undefined` where it is no link, or nothing. */
  #linkAt(name: string): string | undefined {
    try {
      const target = readlinkSync(`${this.#trail.end.path}/${name}`, 'buffer');
      if (isUtf8(target)) return target.toString();
    } catch (error) {
      // Windows says UNKNOWN for what is no link
      if (['EINVAL', 'ENOENT', 'UNKNOWN'].includes(errorCode(error) ?? '')) return undefined;
      throw error;
    }
    throw new ErrnoSignal('ERR_INVALID_PATH', { hint: 'A link on the way says what is not valid UTF-8.' });
  }

  #follow(name: string, target: string): void {
    this.#links += 1;
    if (this.#links > MOST_LINKS) throw new ErrnoSignal('ELOOP');
    this.#link = [...this.#trail.names, name].join('/');
    this.#target = target;
    let names = targetNames(target);
    if (isAbsolute(target)) {
      const inside = this.#ground.inside(target);
      if (inside === undefined) throw new EscapeSignal(this.#link, target);
      names = inside;
      this.#trail.close();
    }
    this.#todo.push(...names.reverse());
  }

  /** What is neither directory nor link now may be one that was swapped between the two looks: then once more. */
  #again(name: string, error: unknown): void {
    const seen = lstatSync(`${this.#trail.end.path}/${name}`, { throwIfNoEntry: false });
    if (seen !== undefined && !seen.isDirectory() && !seen.isSymbolicLink()) throw error;
    this.#changes += 1;
    if (this.#changes > MOST_CHANGES) throw unsteady(error);
    this.#todo.push(name);
  }
}

function isName(leaf: string): boolean {
  return leaf !== '.' && leaf !== '..';
}
