import { Readable, type Writable } from 'node:stream';
import { types } from 'node:util';

import { checkData } from './check.ts';
import type { ProcessInput } from './options.ts';

type Chunk = string | Uint8Array;

/** Where the chunks of an input come from. */
interface Source {
  next(): Promise<IteratorResult<Chunk, unknown>>;
  /** Lets go of it before its end. */
  release(): void;
}

/**
 * Writes an input to the stdin of a process and closes it, no faster than the process reads. A process that stops
 * reading, or ends, ends it too.
 *
 * @throws What the source throws, and a `TypeError` for a chunk that is neither text nor bytes.
 */
export async function feed(stdin: Writable, input: ProcessInput): Promise<void> {
  if (typeof input === 'string' || types.isUint8Array(input)) {
    stdin.end(input);
    return;
  }
  const source = sourceOf(input);
  const unlessClosed = new UnlessClosed(stdin);
  try {
    for (;;) {
      const step = await unlessClosed.wait(source.next());
      if (step === undefined || step.done === true) break;
      checkData('a chunk of input', step.value);
      if (!stdin.write(step.value)) await unlessClosed.wait(new Promise((resolve) => stdin.once('drain', resolve)));
    }
  } finally {
    stdin.end();
    source.release();
  }
}

function sourceOf(input: Exclude<ProcessInput, Chunk>): Source {
  if (input instanceof Readable) return fromStream(input);
  if ('getReader' in input) return fromWebStream(input);
  const iterator = Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    release: () => {
      // an iterator that still has to answer answers this afterwards; nobody waits for it
      Promise.resolve(iterator.return?.()).catch(() => undefined);
    },
  };
}

function fromStream(stream: Readable): Source {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Chunk, unknown>;
  return {
    next: () => iterator.next(),
    release: () => {
      stream.destroy();
    },
  };
}

function fromWebStream(stream: ReadableStream<Chunk>): Source {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    release: () => {
      reader.cancel().catch(() => undefined);
    },
  };
}

/** Waits for work as long as a stream is open, and leaves nothing behind on the stream for each wait. */
class UnlessClosed {
  readonly #stream: Writable;
  #giveUp: () => void = () => undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.once('close', () => {
      this.#giveUp();
    });
  }

  /** What the work came to, or `undefined` where the stream was closed before. */
  wait<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => {
        resolve(undefined);
      };
      work.then(resolve, reject);
      if (this.#stream.closed) this.#giveUp();
    });
  }
}
