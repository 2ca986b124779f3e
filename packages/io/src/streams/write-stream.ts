import type { DriverSink } from '../driver.ts';
import { CHUNK_BYTES, type Done } from './bridge.ts';
import { OrderlyWritable } from './orderly-writable.ts';

/** A sink as a stream: finishing commits, destroying aborts. */
export class WriteStream extends OrderlyWritable {
  readonly #open: () => Promise<DriverSink>;
  readonly #refusal: (error: unknown) => unknown;
  #sink: DriverSink | undefined;

  constructor(open: () => Promise<DriverSink>, refusal: (error: unknown) => unknown, signal: AbortSignal | undefined) {
    super(signal);
    this.#open = open;
    this.#refusal = refusal;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.run(() => this.#try(async () => this.#sink?.write(chunk)), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    const write = async (): Promise<void> => {
      for (const bytes of batches(chunks)) await this.#sink?.write(bytes);
    };
    this.run(() => this.#try(write), done);
  }

  override _final(done: Done): void {
    const sink = this.#sink;
    this.#sink = undefined; // from here on the sink cleans up after itself
    this.run(() => this.#try(async () => sink?.commit()), done);
  }

  protected override begin(): Promise<void> {
    return this.#try(async () => {
      this.#sink = await this.#open();
    });
  }

  protected override async release(): Promise<void> {
    await this.#sink?.abort();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw this.#refusal(error);
    }
  }
}

/** Waiting chunks, small ones put together. */
function* batches(chunks: { chunk: Buffer }[]): Generator<Buffer> {
  let batch: Buffer[] = [];
  let sizeBytes = 0;
  for (const { chunk } of chunks) {
    if (sizeBytes > 0 && sizeBytes + chunk.length > CHUNK_BYTES) {
      yield joined(batch);
      batch = [];
      sizeBytes = 0;
    }
    batch.push(chunk);
    sizeBytes += chunk.length;
  }
  yield joined(batch);
}

function joined(chunks: Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
