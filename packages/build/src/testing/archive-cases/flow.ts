import { equal, ok, rejects } from 'node:assert/strict';

import { BLOCK_BYTES } from '../../archive/blocks.ts';
import type { FileEntry } from '../../archive/encoder.ts';
import type { ArchiveConformanceCase } from '../archive-conformance.ts';
import { behaviour, encode, file, MTIME, noise } from './encoding.ts';

/** The quickest level: blocks may grow with the level, and nobody wants to wait. */
const OPTIONS = { mtime: MTIME, level: 1, workers: 1 };

/** A content of so many blocks that counts how many were asked for, and whether it was let go. */
class WatchedContent {
  blocks: number = 0;
  closed: boolean = false;
  readonly #most: number;
  readonly #block = noise(BLOCK_BYTES);

  constructor(most: number) {
    this.#most = most;
  }

  get entry(): FileEntry {
    return { ...file('large'), size: this.#most * BLOCK_BYTES, content: () => this.#give() };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
  async *#give(): AsyncGenerator<Uint8Array> {
    try {
      for (; this.blocks < this.#most; this.blocks += 1) yield Buffer.from(this.#block);
    } finally {
      this.closed = true;
    }
  }
}

/** How bytes flow through: bounded, stoppable, and no error is lost. */
export const flow: readonly ArchiveConformanceCase[] = [
  behaviour('encode() reads no further ahead than a few blocks', async ({ encoder }) => {
    const content = new WatchedContent(100);
    const archive = encoder.encode([content.entry], OPTIONS)[Symbol.asyncIterator]();
    for (let bytes = 0; bytes < 100_000;) {
      const step = await archive.next();
      ok(step.done !== true, 'it ends before it has begun');
      bytes += step.value.length;
    }
    ok(content.blocks < 20, `it has read ${String(content.blocks)} blocks to write the first`);
    await archive.return?.();
  }),
  behaviour('encode() lets go of a content when nobody wants the rest', async ({ encoder }) => {
    const content = new WatchedContent(100);
    let bytes = 0;
    for await (const part of encoder.encode([content.entry], OPTIONS)) {
      bytes += part.length;
      if (bytes > 100_000) break;
    }
    equal(content.closed, true);
  }),
  behaviour('encode() rejects with the very error of a content', async (subject) => {
    const failure = new Error('the disk is on fire');
    const broken: FileEntry = {
      ...file('broken'),
      size: 10 * BLOCK_BYTES,
      // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
      async *content() {
        yield noise(2 * BLOCK_BYTES);
        throw failure;
      },
    };
    await rejects(encode(subject, [file('a', 'x'), broken, file('b', 'y')]), (error) => error === failure);
  }),
  behaviour('encode() opens one content after the other', async (subject) => {
    let open = 0;
    const careful = (name: string): FileEntry => ({
      ...file(name, 'x'),
      async *content() {
        equal((open += 1), 1);
        yield await Promise.resolve(Buffer.from('x'));
        open -= 1;
      },
    });
    equal((await subject.unpack(await encode(subject, ['a', 'b', 'c'].map(careful)))).length, 3);
  }),
];
