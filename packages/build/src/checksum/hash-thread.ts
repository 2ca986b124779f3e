import type { CancelOptions, ReadHandle } from '@core/io';

import { type Engine, Thread } from '../thread/thread.ts';
import type { FileDigest } from './digest.ts';

/**
 * Bytes that are sent at once. Whoever sends them may not have its turn for some milliseconds while small files are
 * read: the thread has work for about so long.
 */
const PIECE_BYTES = 8 << 20;

/** Takes the pieces of a file, from its beginning on, and gives each back; without a piece, the digest of them all. */
const SHA256_ENGINE: Engine = {
  source: String.raw`async () => {
    const { createHash } = require('node:crypto');
    let sha256;
    return ({ piece, length, position }) => {
      if (piece === undefined) return { result: sha256.digest('hex') };
      if (position === 0) sha256 = createHash('sha256');
      sha256.update(piece.subarray(0, length));
      return { result: piece, transfer: [piece.buffer] };
    };
  }`,
  modules: {},
};

type Piece = Uint8Array<ArrayBuffer>;

/** A thread that hashes one file after the other, while others are read and hashed beside it. */
export class HashThread {
  readonly #thread: Thread = new Thread(SHA256_ENGINE);
  readonly #pieces: Piece[] = [];
  #hasFailed = false;

  /** Whether it was the thread that failed, and not whoever was read: it is of no use any more. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** The digest of an open file of `expected` bytes: a piece is read while the one before is hashed. */
  async digest(handle: ReadHandle, expected: number, { signal }: CancelOptions): Promise<FileDigest> {
    let size = 0;
    let hashing: Promise<void> | undefined;
    try {
      for (let hasEnded = false; !hasEnded;) {
        const piece = this.#pieces.pop() ?? new Uint8Array(PIECE_BYTES);
        const length = await handle.read(piece, 0, piece.length, size);
        await hashing;
        signal?.throwIfAborted();
        hashing = this.#send(piece, length, size);
        size += length;
        // where the file has grown or shrunk, its end is looked for
        hasEnded = length === 0 || (size === expected && length < PIECE_BYTES);
      }
      await hashing;
      return { checksum: await this.#ask<string>({}), size };
    } finally {
      await hashing?.catch(() => undefined); // the next file begins with a thread that is at rest
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #send(piece: Piece, length: number, position: number): Promise<void> {
    const sent = this.#ask<Piece>({ piece, length, position }, [piece.buffer]).then((back) => {
      this.#pieces.push(back);
    });
    sent.catch(() => undefined); // its failure may wait until the next piece has been read
    return sent;
  }

  async #ask<T>(request: object, transfer?: readonly ArrayBuffer[]): Promise<T> {
    try {
      return await this.#thread.ask<T>(request, transfer);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }
}
