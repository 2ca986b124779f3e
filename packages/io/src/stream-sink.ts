import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import type { DriverSink } from './driver.ts';

/** A stream as a sink: each write is done when the stream has let go of the bytes. */
export class StreamSink implements DriverSink {
  readonly #stream: Writable;
  readonly #end: Promise<void>;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.#end = finished(stream, { cleanup: true });
    this.#end.catch(() => undefined); // an error is told to whoever writes or commits next
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => {
        if (error) reject(this.#stream.errored ?? error);
        else resolve();
      });
    });
  }

  commit(): Promise<void> {
    this.#stream.end();
    return this.#end;
  }

  async abort(): Promise<void> {
    this.#stream.destroy();
    await this.#end.catch(() => undefined);
  }
}
