import type { CancelOptions } from '@core/io';

import type { Packer } from './pack-blocks.ts';
import { type Engine, Thread } from '../thread/thread.ts';

/** What a thread packs with. */
export interface ThreadPacking extends CancelOptions {
  /** Answers `{ block, ...settings }` with the packed bytes. */
  readonly engine: Engine;
  readonly settings: object;
}

/** Packs in a thread of its own. */
export class ThreadPacker implements Packer {
  readonly #thread: Thread;
  readonly #settings: object;

  constructor({ engine, settings, signal }: ThreadPacking) {
    this.#thread = new Thread(engine, { signal });
    this.#settings = settings;
  }

  pack(block: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return this.#thread.ask<Uint8Array>({ ...this.#settings, block }, [block.buffer]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread.close();
  }
}
