import { once } from 'node:events';

import type { CancelOptions } from '@core/io';
import type * as liblzma from 'node-liblzma';

import type { Packer } from '../pack-blocks.ts';

/** What is packed in one go, in libuv's pool: in between others get their turn there, and cancelling takes effect. */
const SLICE_BYTES = 1 << 18;

const OUTPUT_BYTES = 1 << 16;

/** libuv's pool has four threads unless its owner says otherwise: one is left for those who read and write files. */
const MOST = 3;

/** How liblzma is used. */
export interface XzPacking extends CancelOptions {
  readonly preset: number;
}

/**
 * Packs with liblzma as machine code, a block at a time in libuv's pool: not in a thread of its own, since a thread
 * that ends in the middle of it takes the process along.
 */
export class NativeXzPacker implements Packer {
  static #inUse = 0;

  readonly #liblzma: typeof liblzma;
  readonly #packing: XzPacking;
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  private constructor(library: typeof liblzma, packing: XzPacking) {
    this.#liblzma = library;
    this.#packing = packing;
  }

  /** `undefined` where as many as the pool has room for are at work, or no machine code loads on this system. */
  static async create(packing: XzPacking): Promise<NativeXzPacker | undefined> {
    if (NativeXzPacker.#inUse >= MOST) return undefined;
    NativeXzPacker.#inUse += 1;
    try {
      return new NativeXzPacker(await import('node-liblzma'), packing);
    } catch {
      NativeXzPacker.#inUse -= 1;
      return undefined;
    }
  }

  pack(block: Uint8Array): Promise<Uint8Array> {
    const packed = this.#pack(block);
    this.#running = packed.catch(() => undefined);
    return packed;
  }

  /** Waits for the slice under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isStopped) NativeXzPacker.#inUse -= 1;
    this.#isStopped = true;
    await this.#running;
  }

  async #pack(block: Uint8Array): Promise<Uint8Array> {
    const { preset } = this.#packing;
    const { check, createXz } = this.#liblzma;
    const stream = createXz({ preset, check: check.CRC64, threads: 1, chunkSize: OUTPUT_BYTES });
    const parts: Uint8Array[] = [];
    stream.on('data', (part) => parts.push(part as Uint8Array));
    try {
      for (let at = 0; at < block.length; at += SLICE_BYTES) {
        this.#packing.signal?.throwIfAborted();
        if (this.#isStopped) throw new Error('nobody wants it any more');
        await write(stream, block.subarray(at, at + SLICE_BYTES));
      }
      stream.end();
      await once(stream, 'end');
    } finally {
      stream.close(); // only between two slices: in the middle of one it would free what is in use
    }
    return Buffer.concat(parts);
  }
}

function write(stream: liblzma.Xz, { buffer, byteOffset, length }: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(Buffer.from(buffer, byteOffset, length), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
