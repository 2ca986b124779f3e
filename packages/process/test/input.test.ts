import { PassThrough, Readable, Writable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { feed } from '../src/input.ts';
import type { ProcessInput } from '../src/options.ts';

const received = async (input: ProcessInput): Promise<string> => {
  const stdin = new PassThrough();
  const [chunks] = await Promise.all([stdin.toArray(), feed(stdin, input)]);
  return Buffer.concat(chunks as Uint8Array[]).toString();
};
/** A source that never ends, and the moment in which it is let go of. */
const endless = (): { input: AsyncIterable<string>; released: Promise<void> } => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  async function* chunks(): AsyncGenerator<string> {
    try {
      for (;;) yield await Promise.resolve('more');
    } finally {
      release();
    }
  }
  return { input: chunks(), released };
};

describe('Good', () => {
  it('feed writes everything and closes, whatever the input is', async () => {
    const euro = Buffer.from('€');
    async function* later(): AsyncGenerator<string | Uint8Array> {
      yield await Promise.resolve('a');
      yield euro;
    }
    const web = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(euro);
        controller.close();
      },
    });
    expect(await received('text €')).toBe('text €');
    expect(await received(euro)).toBe('€');
    expect(await received(['a', euro, 'b'])).toBe('a€b');
    expect(await received(later())).toBe('a€');
    expect(await received(Readable.from([euro, euro]))).toBe('€€');
    expect(await received(web)).toBe('€');
    expect(await received([])).toBe('');
  });

  it('feed is no faster than the process reads', async () => {
    let asked = 0;
    const counting = {
      *[Symbol.iterator]() {
        for (; asked < 100; asked += 1) yield 'x'.repeat(1000);
      },
    };
    const writes: (() => void)[] = [];
    const stdin = new Writable({ highWaterMark: 2000, write: (_, __, done) => writes.push(done) });
    const fed = feed(stdin, counting);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThan(4);
    stdin.destroy();
    await fed;
  });
});

describe('Bad', () => {
  it('feed rejects with what the source throws, and closes', async () => {
    const failure = new Error('the source failed');
    const stdin = new PassThrough().resume();
    async function* failing(): AsyncGenerator<string> {
      yield await Promise.resolve('a');
      throw failure;
    }
    await expect(feed(stdin, failing())).rejects.toBe(failure);
    expect(stdin.writableEnded).toBe(true);
  });

  it('feed refuses a chunk that is neither text nor bytes', async () => {
    const stdin = new PassThrough().resume();
    const wrong: unknown = ['a', 7];
    await expect(feed(stdin, wrong as ProcessInput)).rejects.toThrow(
      new TypeError('a chunk of input must be a string or a Uint8Array, not 7'),
    );
  });
});

describe('Ugly', () => {
  it('feed lets go of a source when the process stops reading', async () => {
    const stdin = new PassThrough({ highWaterMark: 8 });
    const { input, released } = endless();
    const fed = feed(stdin, input);
    stdin.destroy();
    await fed;
    await expect(released).resolves.toBeUndefined();
  });

  it('feed lets go of a source that has nothing to say', async () => {
    const silent = new Readable({ read: () => undefined });
    const stdin = new PassThrough();
    const fed = feed(stdin, silent);
    stdin.destroy();
    await fed;
    expect(silent.destroyed).toBe(true);
  });

  it('feed lets go of a web stream that has nothing to say', async () => {
    const stdin = new PassThrough();
    const cancelled = new Promise<void>((resolve) => {
      const silent = new ReadableStream<string>({
        cancel: () => {
          resolve();
        },
      });
      void feed(stdin, silent);
    });
    stdin.destroy();
    await expect(cancelled).resolves.toBeUndefined();
  });

  it('feed ends at once where the process is gone already', async () => {
    const stdin = new PassThrough();
    await new Promise((resolve) => stdin.once('close', resolve).destroy());
    await feed(stdin, endless().input);
    const silent = new Readable({ read: () => undefined });
    await feed(stdin, silent);
    expect(silent.destroyed).toBe(true);
  });
});
