import { getEventListeners, once } from 'node:events';
import { buffer } from 'node:stream/consumers';

import { defineMedium, type DriverHandle, ErrnoSignal, type Medium, MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { bareDriver } from '../support/bare-driver.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A medium whose files can only be opened when the test says so. */
function held(): { medium: Medium; calls: string[]; letOpen: (error?: Error) => void } {
  const calls: string[] = [];
  let letOpen: (error?: Error) => void = () => undefined;
  const gate = new Promise<void>((resolve, reject) => {
    letOpen = (error) => {
      if (error === undefined) resolve();
      else reject(error);
    };
  });
  const handle: DriverHandle = {
    read: () => 0,
    stat: () => ({ kind: 'file', size: 0, mode: 0, mtimeMs: 0 }),
    close: () => void calls.push('close'),
  };
  const open = async (): Promise<DriverHandle> => {
    calls.push('open');
    await gate;
    return handle;
  };
  return { medium: defineMedium({ ...bareDriver(), open }), calls, letOpen };
}

describe('readStream()', () => {
  describe('Good', () => {
    const medium = new MemoryMedium({ f: '0123456789', empty: '', large: 'x'.repeat(1_000_000) });
    it.each([
      [{}, '0123456789'],
      [{ start: 3 }, '3456789'],
      [{ end: 3 }, '0123'],
      [{ start: 3, end: 3 }, '3'],
      [{ start: 8, end: 100 }, '89'],
      [{ start: 10 }, ''],
      [{ start: 100, end: 200 }, ''],
      [{ end: Infinity, highWaterMark: 1 }, '0123456789'],
    ])('reads the bytes of %o, the last included', async (range, text) => {
      expect((await buffer(medium.readStream('f', range))).toString()).toBe(text);
    });

    it('reads nothing of an empty file', async () => {
      expect(await buffer(medium.readStream('empty'))).toHaveLength(0);
    });

    it('reads in chunks of highWaterMark, 256 KiB by default', async () => {
      const sizes = async (options: object): Promise<number[]> => {
        const seen: number[] = [];
        for await (const chunk of medium.readStream('large', options)) seen.push((chunk as Buffer).length);
        return seen;
      };
      expect(await sizes({})).toEqual([262_144, 262_144, 262_144, 213_568]);
      expect(await sizes({ highWaterMark: 400_000 })).toEqual([400_000, 400_000, 200_000]);
    });

    it('keeps no more memory for a short file than the file', async () => {
      const [chunk] = (await medium.readStream('f').toArray()) as Buffer[];
      expect(chunk?.buffer.byteLength).toBeLessThan(100_000);
    });

    it('opens nothing before it is made, and closes at the end', async () => {
      const { medium: one, calls, letOpen } = held();
      const stream = one.readStream('f');
      letOpen();
      await buffer(stream);
      expect(calls).toEqual(['open', 'close']);
    });

    it('lets go of the signal at the end', async () => {
      const { signal } = new AbortController();
      await buffer(medium.readStream('f', { signal }));
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('Bad', () => {
    it('tells an error of opening as its own, as an error of reading', async () => {
      const stream = new MemoryMedium().readStream('missing');
      await expect(buffer(stream)).rejects.toMatchObject({ code: 'ENOENT', op: 'io.readStream', path: 'missing' });
      await expect(buffer(new MemoryMedium().readStream(''))).rejects.toThrow(
        'Cannot read "": illegal operation on a directory',
      );
      await expect(buffer(new MemoryMedium().readStream(5 as unknown as string))).rejects.toThrow(TypeError);
    });

    it('tells an error of reading and closes', async () => {
      const calls: string[] = [];
      const open = (): DriverHandle => ({
        read: () => Promise.reject(new ErrnoSignal('EIO')),
        stat: () => Promise.reject(new ErrnoSignal('EIO')),
        close: () => void calls.push('close'),
      });
      const stream = defineMedium({ ...bareDriver(), open }).readStream('f');
      await expect(buffer(stream)).rejects.toMatchObject({ code: 'EIO', path: 'f' });
      expect(calls).toEqual(['close']);
    });

    it('tells an error of closing', async () => {
      const open = (): DriverHandle => ({
        read: () => 0,
        stat: () => ({ kind: 'file', size: 0, mode: 0, mtimeMs: 0 }),
        close: () => Promise.reject(new ErrnoSignal('EIO')),
      });
      const stream = defineMedium({ ...bareDriver(), open }).readStream('f');
      const failed = once(stream, 'error');
      stream.resume();
      expect((await failed)[0]).toMatchObject({ code: 'EIO', op: 'io.close' });
    });

    it('takes wrong ranges for a misuse, at once', () => {
      const medium = new MemoryMedium({ f: 'x' });
      for (const range of [
        { start: -1 },
        { start: 0.5 },
        { end: -1 },
        { start: 2, end: 1 },
        { start: Number.NaN },
        { highWaterMark: 0 },
        { highWaterMark: 1.5 },
      ]) {
        expect(() => medium.readStream('f', range)).toThrow(RangeError);
      }
    });
  });

  describe('Ugly', () => {
    it('closes what it opened when it is destroyed while it opens', async () => {
      const { medium, calls, letOpen } = held();
      const stream = medium.readStream('f');
      await settled();
      stream.destroy();
      letOpen();
      await once(stream, 'close');
      expect(calls).toEqual(['open', 'close']);
    });

    it('tells nothing of an error of opening once it is destroyed', async () => {
      const { medium, calls, letOpen } = held();
      const reason = new Error('enough');
      const quiet = medium.readStream('f');
      const told = medium.readStream('f');
      await settled();
      const failed = once(told, 'error');
      quiet.destroy(); // nobody listens for errors
      told.destroy(reason);
      letOpen(new ErrnoSignal('ENOENT'));
      await once(quiet, 'close');
      expect((await failed)[0]).toBe(reason);
      expect(calls).toEqual(['open', 'open']);
    });

    it('opens nothing when it is destroyed before it begins, however often', async () => {
      const { medium, calls } = held();
      const stream = medium.readStream('f');
      const closed = once(stream, 'close');
      stream.destroy();
      stream.destroy();
      await closed;
      expect(calls).toEqual([]);
    });

    it('opens nothing for a signal that is aborted, and ends with its reason', async () => {
      const { medium, calls } = held();
      const reason = new Error('enough');
      await expect(buffer(medium.readStream('f', { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
      expect(calls).toEqual([]);
    });

    it('ends with the reason when the signal is aborted while it opens or reads', async () => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const { medium, calls, letOpen } = held();
      const opening = buffer(medium.readStream('f', { signal: controller.signal }));
      const reading = new MemoryMedium({ f: 'x'.repeat(100) }).readStream('f', {
        signal: controller.signal,
        highWaterMark: 1,
      });
      const failed = once(reading, 'error');
      await once(reading, 'readable');
      controller.abort(reason);
      letOpen();
      await expect(opening).rejects.toBe(reason);
      expect((await failed)[0]).toBe(reason);
      expect(calls).toEqual(['open', 'close']);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    });

    it('closes when the loop over it is left', async () => {
      const medium = new MemoryMedium({ f: 'x'.repeat(100) });
      const stream = medium.readStream('f', { highWaterMark: 10 });
      for await (const chunk of stream) {
        expect(chunk).toHaveLength(10);
        break;
      }
      expect(stream.destroyed).toBe(true);
    });

    it('goes on reading the file that it opened when the name is given another', async () => {
      const medium = new MemoryMedium({ f: 'old'.repeat(10) });
      const stream = medium.readStream('f', { highWaterMark: 3 });
      await once(stream, 'readable');
      await medium.write('f', 'new');
      expect((await buffer(stream)).toString()).toBe('old'.repeat(10));
    });
  });
});
