import { createHash } from 'node:crypto';

import { MemoryMedium, type ReadHandle } from '@core/io';
import { faulty } from '@core/io/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { digestFile, sharedBy } from '../../src/checksum/digest.ts';
import { HashThread } from '../../src/checksum/hash-thread.ts';
import { type Hasher, HashThreads } from '../../src/checksum/hash-threads.ts';

const MEBIBYTE = 1 << 20;
const PIECE = 8 * MEBIBYTE;
const LARGE = 32 * MEBIBYTE;
const bytesOf = (size: number): Buffer => Buffer.alloc(size, 'some text that no length of a piece divides');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const opened = (bytes: Uint8Array): Promise<ReadHandle> => new MemoryMedium({ f: bytes }).open('f');

const threads: HashThread[] = [];
const started = (): HashThread => {
  const thread = new HashThread();
  threads.push(thread);
  return thread;
};
afterEach(async () => {
  jest.useRealTimers();
  for (const thread of threads.splice(0)) await thread.close();
});

/** One that answers when it is told to. */
class Worker implements Hasher {
  hasFailed = false;
  isClosed = false;
  readonly #work: () => Promise<string>;

  constructor(work: () => Promise<string> = () => Promise.resolve('done')) {
    this.#work = work;
  }

  async digest(): Promise<{ checksum: string; size: number }> {
    return { checksum: await this.#work(), size: 0 };
  }

  fail(): void {
    this.hasFailed = true;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** Threads of which `make` makes each; and those that were made. */
function staff(make: () => Worker = () => new Worker(), most = 1): { staff: HashThreads; made: Worker[] } {
  const made: Worker[] = [];
  const start = (): Worker => {
    const worker = make();
    made.push(worker);
    return worker;
  };
  return { staff: new HashThreads(start, most), made };
}

describe('HashThread', () => {
  describe('Good', () => {
    it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 5])('HashThread.digest hashes %d bytes', async (size) => {
      const bytes = bytesOf(size);
      await using handle = await opened(bytes);
      expect(await started().digest(handle, size, {})).toEqual({ checksum: sha256(bytes), size });
    });

    it('HashThread.digest begins anew with every file', async () => {
      const thread = started();
      for (const text of ['one', '', 'three']) {
        const bytes = Buffer.from(text);
        await using handle = await opened(bytes);
        expect(await thread.digest(handle, bytes.length, {})).toEqual({ checksum: sha256(bytes), size: bytes.length });
      }
    });
  });

  describe('Bad', () => {
    it('HashThread.digest of a file that cannot be read on rejects with its error, and takes the next one', async () => {
      const thread = started();
      const medium = faulty(new MemoryMedium({ f: bytesOf(3 * PIECE) }), [{ op: 'handle.read', nth: 2, error: 'EIO' }]);
      await using handle = await medium.open('f');
      await expect(thread.digest(handle, 3 * PIECE, {})).rejects.toMatchObject({ code: 'EIO' });
      expect(thread.hasFailed).toBe(false);
      await using next = await opened(Buffer.from('next'));
      expect(await thread.digest(next, 4, {})).toEqual({ checksum: sha256(Buffer.from('next')), size: 4 });
    });

    it('HashThread.digest of a thread that has ended rejects, and says that it was the thread', async () => {
      const thread = started();
      await thread.close();
      await using handle = await opened(Buffer.from('abc'));
      await expect(thread.digest(handle, 3, {})).rejects.toMatchObject({ name: 'EngineError' });
      expect(thread.hasFailed).toBe(true);
    });
  });

  describe('Ugly', () => {
    it.each([
      ['has grown', PIECE],
      ['has shrunk', 3 * PIECE],
    ])('HashThread.digest reads a file that %s to its end', async (_, said) => {
      const bytes = bytesOf(2 * PIECE + 1);
      await using handle = await opened(bytes);
      expect(await started().digest(handle, said, {})).toEqual({ checksum: sha256(bytes), size: bytes.length });
    });

    it('HashThread.digest that is cancelled between two reads rejects with the reason, and takes the next file', async () => {
      const thread = started();
      const controller = new AbortController();
      await using handle = await opened(bytesOf(3 * PIECE));
      const read = handle.read.bind(handle);
      handle.read = async (...args) => {
        if (args[3] > 0) controller.abort('enough');
        return read(...args);
      };
      await expect(thread.digest(handle, 3 * PIECE, { signal: controller.signal })).rejects.toBe('enough');
      await using next = await opened(Buffer.from('next'));
      expect(await thread.digest(next, 4, {})).toEqual({ checksum: sha256(Buffer.from('next')), size: 4 });
    });
  });
});

describe('HashThreads', () => {
  describe('Good', () => {
    it('HashThreads starts a thread for a large file, and uses it for smaller ones too', async () => {
      const { staff: hashing, made } = staff();
      const handle = await opened(Buffer.alloc(0));
      expect(await hashing.digest(handle, LARGE - 1, {})).toBeUndefined();
      expect(await hashing.digest(handle, LARGE, {})).toEqual({ checksum: 'done', size: 0 });
      expect(await hashing.digest(handle, MEBIBYTE, {})).toEqual({ checksum: 'done', size: 0 });
      expect(made).toHaveLength(1);
    });

    it('HashThreads has no more than so many at work', async () => {
      let finish: (checksum: string) => void = () => undefined;
      const { staff: hashing, made } = staff(() => new Worker(() => new Promise((resolve) => (finish = resolve))));
      const handle = await opened(Buffer.alloc(0));
      const first = hashing.digest(handle, LARGE, {});
      expect(await hashing.digest(handle, LARGE, {})).toBeUndefined();
      finish('first');
      expect(await first).toMatchObject({ checksum: 'first' });
      expect(made).toHaveLength(1);
    });

    it('HashThreads ends those that have had nothing to do for a while', async () => {
      jest.useFakeTimers();
      const { staff: hashing, made } = staff();
      const handle = await opened(Buffer.alloc(0));
      await hashing.digest(handle, LARGE, {});
      jest.advanceTimersByTime(4999);
      await hashing.digest(handle, LARGE, {});
      jest.advanceTimersByTime(4999);
      expect(made.map(({ isClosed }) => isClosed)).toEqual([false]);
      jest.advanceTimersByTime(1);
      expect(made.map(({ isClosed }) => isClosed)).toEqual([true]);
      await hashing.digest(handle, LARGE, {});
      expect(made.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    });

    it('digestFile leaves a large file to a thread, and a small one not', async () => {
      const medium = new MemoryMedium({ large: bytesOf(LARGE), small: 'abc' });
      const hashing = new HashThreads(started, 1);
      const digests = ['large', 'small'].map((path) => digestFile(medium, path, { threads: hashing }));
      expect(await Promise.all(digests)).toEqual([
        { checksum: sha256(bytesOf(LARGE)), size: LARGE },
        { checksum: sha256(Buffer.from('abc')), size: 3 },
      ]);
      expect(threads).toHaveLength(1);
    });

    it('sharedBy gives threads to those alone that have something to do beside', () => {
      expect([0, 1, 2].map((count) => sharedBy(count).threads instanceof HashThreads)).toEqual([false, false, true]);
    });
  });

  describe('Bad', () => {
    it('HashThreads lets a thread go that has failed, and leaves the file to whoever asked', async () => {
      const { staff: hashing, made } = staff(() => {
        const worker: Worker = new Worker(() => {
          worker.fail();
          return Promise.reject(new Error('no memory'));
        });
        return worker;
      });
      const handle = await opened(Buffer.alloc(0));
      expect(await hashing.digest(handle, LARGE, {})).toBeUndefined();
      expect(made.map(({ isClosed }) => isClosed)).toEqual([true]);
      expect(await hashing.digest(handle, LARGE, {})).toBeUndefined();
      expect(made).toHaveLength(2);
    });

    it('HashThreads does without where none may be started', async () => {
      const refuse = (): never => {
        throw new Error('access to this API has been restricted');
      };
      const hashing = new HashThreads(refuse, 1);
      const bytes = bytesOf(LARGE);
      const digest = await digestFile(new MemoryMedium({ f: bytes }), 'f', { threads: hashing });
      expect(digest).toEqual({ checksum: sha256(bytes), size: LARGE });
    });

    it('HashThreads keeps a thread whose file could not be read, and tells that error', async () => {
      const { staff: hashing, made } = staff(() => new Worker(() => Promise.reject(new Error('EIO'))));
      const handle = await opened(Buffer.alloc(0));
      await expect(hashing.digest(handle, LARGE, {})).rejects.toThrow('EIO');
      await expect(hashing.digest(handle, LARGE, {})).rejects.toThrow('EIO');
      expect(made.map(({ isClosed }) => isClosed)).toEqual([false]);
    });
  });
});
