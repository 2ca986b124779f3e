import type { Done } from './bridge.ts';
import { OrderlyWritable } from './orderly-writable.ts';

/** Every chunk, or all that wait, as one append. */
export class AppendStream extends OrderlyWritable {
  readonly #append: (bytes: Uint8Array) => Promise<void>;

  constructor(append: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal | undefined) {
    super(signal);
    this.#append = append;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.run(() => this.#append(chunk), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.run(() => this.#append(Buffer.concat(chunks.map(({ chunk }) => chunk))), done);
  }

  /** The file is there, and an error of opening it known, before anything is written. */
  protected override begin(): Promise<void> {
    return this.#append(new Uint8Array());
  }

  protected override release(): Promise<void> {
    return Promise.resolve(); // nothing is open
  }
}
