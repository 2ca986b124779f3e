import { Readable, Writable } from 'node:stream';

import type { DriverSink } from './driver.ts';
import type { ReadHandle, ReadStreamOptions } from './medium.ts';

type Done = (error?: Error | null) => void;

const CHUNK_BYTES = 262_144;

/** Destroys `stream` with the signal's own reason when it is aborted, and lets go of the signal when the stream ends. */
function obey(stream: Readable | Writable, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const abort = (): void => {
    stream.destroy(signal.reason as Error);
  };
  if (signal.aborted) abort();
  else {
    signal.addEventListener('abort', abort, { once: true });
    stream.once('close', () => {
      signal.removeEventListener('abort', abort);
    });
  }
}

/** Calls back when `work` is done: the bridge from promises to the callbacks of a stream's implementation. */
function settle(work: Promise<unknown>, done: Done): void {
  work.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(error as Error);
    },
  );
}

/** The bytes of a handle from `start` to `end`, which is included. */
export class ReadStream extends Readable {
  readonly #open: () => Promise<ReadHandle>;
  readonly #end: number;
  readonly #chunkBytes: number;
  #position: number;
  #handle: ReadHandle | undefined;

  constructor(open: () => Promise<ReadHandle>, options: ReadStreamOptions = {}) {
    const { start = 0, end = Infinity, highWaterMark = CHUNK_BYTES, signal } = options;
    checkPosition('start', start);
    if (end !== Infinity) checkPosition('end', end);
    if (end < start) throw new RangeError(`end (${String(end)}) must not be before start (${String(start)})`);
    if (!Number.isSafeInteger(highWaterMark) || highWaterMark < 1) {
      throw new RangeError(`highWaterMark must be a whole number of bytes from 1 up, not ${String(highWaterMark)}`);
    }
    super({ highWaterMark });
    this.#open = open;
    this.#position = start;
    this.#end = end;
    this.#chunkBytes = highWaterMark;
    obey(this, signal);
  }

  override _construct(done: Done): void {
    settle(
      this.#open().then((handle) => {
        this.#handle = handle;
      }),
      done,
    );
  }

  override _read(): void {
    const length = Math.min(this.#chunkBytes, this.#end - this.#position + 1);
    if (length <= 0 || this.#handle === undefined) {
      this.push(null);
      return;
    }
    const buffer = Buffer.allocUnsafeSlow(length);
    this.#handle.read(buffer, 0, length, this.#position).then(
      (read) => {
        this.#position += read;
        this.push(read === 0 ? null : buffer.subarray(0, read));
      },
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: Done): void {
    if (this.#handle === undefined) done(error);
    else {
      this.#handle.close().then(
        () => {
          done(error);
        },
        (closing: unknown) => {
          done(error ?? (closing as Error));
        },
      );
    }
  }
}

/** Collects a content that its medium can only write whole. */
export class CollectingSink implements DriverSink {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #parts: Uint8Array[] = [];

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  write(bytes: Uint8Array): void {
    this.#parts.push(Uint8Array.from(bytes));
  }

  commit(): Promise<void> {
    return this.#write(Buffer.concat(this.#parts));
  }

  abort(): void {
    this.#parts = [];
  }
}

/** A sink as a stream: finishing commits, destroying aborts. */
export class WriteStream extends Writable {
  readonly #open: () => Promise<DriverSink>;
  readonly #refusal: (error: unknown) => unknown;
  #sink: DriverSink | undefined;

  constructor(open: () => Promise<DriverSink>, refusal: (error: unknown) => unknown, signal: AbortSignal | undefined) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#open = open;
    this.#refusal = refusal;
    obey(this, signal);
  }

  override _construct(done: Done): void {
    this.#do(async () => {
      this.#sink = await this.#open();
    }, done);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#do(async () => this.#sink?.write(chunk), done);
  }

  override _final(done: Done): void {
    this.#do(async () => {
      const sink = this.#sink;
      this.#sink = undefined; // from here on the sink cleans up after itself
      await sink?.commit();
    }, done);
  }

  override _destroy(error: Error | null, done: Done): void {
    const sink = this.#sink;
    this.#sink = undefined;
    settle(
      Promise.resolve(sink?.abort()).then(() => {
        if (error !== null) throw error;
      }),
      done,
    );
  }

  #do(work: () => Promise<unknown>, done: Done): void {
    settle(
      work().catch((error: unknown) => {
        throw this.#refusal(error);
      }),
      done,
    );
  }
}

/** Every chunk, or all that wait, as one append. */
export class AppendStream extends Writable {
  readonly #append: (bytes: Uint8Array) => Promise<void>;

  constructor(append: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal | undefined) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#append = append;
    obey(this, signal);
  }

  /** The file is there, and an error of opening it known, before anything is written. */
  override _construct(done: Done): void {
    settle(this.#append(new Uint8Array()), done);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    settle(this.#append(chunk), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    settle(this.#append(Buffer.concat(chunks.map(({ chunk }) => chunk))), done);
  }
}

function checkPosition(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name} must be a whole number of bytes from 0 up, not ${String(value)}`);
}
