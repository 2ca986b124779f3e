import { once } from 'node:events';
import { Writable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { pump } from '../src/pump.ts';

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable of what is there
async function* chunks(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(100);
}

describe('pump', () => {
  describe('Good', () => {
    it('pump waits for a slow stream and finishes it', async () => {
      let bytes = 0;
      let finished = false;
      const stream = new Writable({
        highWaterMark: 150,
        write(chunk: Buffer, _, done) {
          bytes += chunk.length;
          expect(stream.writableLength).toBeLessThan(400);
          setImmediate(done);
        },
        final(done) {
          finished = true;
          done();
        },
      });
      await pump(chunks(20), stream);
      expect({ bytes, finished, closed: stream.closed }).toEqual({ bytes: 2000, finished: true, closed: true });
    });
  });

  describe('Bad', () => {
    it('pump rejects with the error of the chunks, and the stream is closed by then', async () => {
      const failure = new Error('no more');
      const stream = new Writable({
        write: (_, __, done) => {
          done();
        },
        destroy: (error, done) => void setImmediate(done, error),
      });
      const broken = (async function* () {
        yield* chunks(1);
        throw failure;
      })();
      await expect(pump(broken, stream)).rejects.toBe(failure);
      expect(stream.closed).toBe(true);
    });

    it.each([
      ['while it writes', 0],
      ['while the next chunk is made', 3],
    ])('pump rejects with the error of the stream %s', async (_, turns) => {
      const failure = new Error('disk full');
      let released = false;
      const stream = new Writable({
        highWaterMark: 10_000,
        write: (__, ___, done) => void setImmediate(done, failure),
      });
      const slow = (async function* () {
        try {
          for await (const chunk of chunks(10)) {
            yield chunk;
            for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          released = true;
        }
      })();
      await expect(pump(slow, stream)).rejects.toBe(failure);
      expect({ released, closed: stream.closed }).toEqual({ released: true, closed: true });
    });

    it('pump rejects when somebody else destroys the stream without a reason in the middle of a wait', async () => {
      let released = false;
      const stream = new Writable({
        highWaterMark: 1,
        write: () => {
          setImmediate(() => stream.destroy()); // and the chunk is never done
        },
      });
      const endless = (async function* () {
        try {
          for (;;) yield* chunks(1);
        } finally {
          released = true;
        }
      })();
      await expect(pump(endless, stream)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
      expect({ released, closed: stream.closed }).toEqual({ released: true, closed: true });
    });

    it.each([
      ['before the first chunk', 0],
      ['between two chunks', 3],
    ])('pump rejects when somebody else ends the stream %s', async (_, after) => {
      const stream = new Writable({ write: (__, ___, done) => void setImmediate(done) });
      const ended = (async function* () {
        yield* chunks(after);
        await once(stream.end(), 'close');
        yield* chunks(1);
      })();
      await expect(pump(ended, stream)).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    });

    it('pump rejects when somebody else ends the stream in the middle of a wait', async () => {
      const stream = new Writable({
        highWaterMark: 1,
        write: (_, __, done) => {
          stream.end();
          setImmediate(done);
        },
      });
      await expect(pump(chunks(2), stream)).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
      expect(stream.closed).toBe(true);
    });

    it('pump leaves no listener behind on a stream that drains often', async () => {
      const listeners: number[] = [];
      const stream = new Writable({
        highWaterMark: 1,
        write: (_, __, done) => {
          listeners.push(stream.listenerCount('drain') + stream.listenerCount('close'));
          setImmediate(done);
        },
      });
      await pump(chunks(20), stream);
      expect(Math.max(...listeners)).toBe(listeners[0]);
    });
  });
});
