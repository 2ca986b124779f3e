// eslint-disable-next-line n/no-unsupported-features/node-builtins -- it is there from 20.12 on, and stable from 22 on
import { hash } from 'node:crypto';

import type { Entry } from './entry-line.ts';

/** Where a line stands among those of its node in its file. */
export interface Place {
  readonly seq: number;
  readonly prev: string;
}

const FIRST_BYTES = 1 << 16;
/** UTF-8 takes so many bytes at most for a unit of a string. */
const WIDEST = 3;
const HASH_BYTES = '"hash":"",\n'.length + 64;

/**
 * Lines that go out in one write. They are put together as bytes, in a buffer that is used again and again: a line is
 * encoded once, for its hash and for the file.
 */
export class LineBatch {
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** What was added since the last `clear`; good until the next one. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** An end for a line that another writer has left without one. */
  addLineEnd(): void {
    this.#length += this.#buffer.write('\n', this.#length, 'latin1');
  }

  /** Adds a line at its place; gives the place of the next one. */
  add({ before, after }: Entry, { seq, prev }: Place): Place {
    const told = `${before}${String(seq)}${after}${prev}"}`;
    this.#reserve(told.length * WIDEST + HASH_BYTES);
    const start = this.#length;
    const end = start + this.#buffer.write(told, start, 'utf8');
    const digest = hash('sha256', this.#buffer.subarray(start, end));
    this.#length = end - 1 + this.#buffer.write(`,"hash":"${digest}"}\n`, end - 1, 'latin1');
    return { seq: seq + 1, prev: digest };
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + bytes));
    larger.set(this.bytes);
    this.#buffer = larger;
  }
}
