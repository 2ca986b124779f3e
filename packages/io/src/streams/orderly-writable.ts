import { Writable } from 'node:stream';

import { CHUNK_BYTES, construct, type Done, obey, settle } from './bridge.ts';

/** A stream that does one thing at a time and is destroyed only after it, so that nothing runs on behind `close`. */
export abstract class OrderlyWritable extends Writable {
  #running: Promise<unknown> = Promise.resolve();

  constructor(signal: AbortSignal | undefined) {
    super({ highWaterMark: CHUNK_BYTES });
    obey(this, signal);
  }

  override _construct(done: Done): void {
    construct(this, () => this.begin(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    settle(this.#end(), (failure) => {
      done(error ?? failure);
    });
  }

  /** Does what Node asks for, which asks for the next only when this is done. */
  protected run(work: () => Promise<void>, done: Done): void {
    this.#running = work();
    settle(this.#running, done);
  }

  protected abstract begin(): Promise<void>;

  /** After everything else, whether it went well or not. */
  protected abstract release(): Promise<void>;

  async #end(): Promise<void> {
    await Promise.allSettled([this.#running]);
    await this.release();
  }
}
