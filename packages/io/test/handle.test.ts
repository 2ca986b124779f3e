import {
  defineMedium,
  type DriverHandle,
  ErrnoSignal,
  MemoryMedium,
  overlay,
  type ReadHandle,
  readonly,
  sub,
} from '@core/io';
import { faulty } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { bareDriver } from './support/bare-driver.ts';

/** A handle whose reads end when the test says so. */
function heldBack(): { handle: DriverHandle; calls: string[]; finish: (read: number) => void } {
  const calls: string[] = [];
  let finish: (read: number) => void = () => undefined;
  const handle: DriverHandle = {
    read: () => {
      calls.push('read');
      return new Promise((resolve) => (finish = resolve));
    },
    stat: () => ({ kind: 'file', size: 1, mode: 0, mtimeMs: 0 }),
    close: () => void calls.push('close'),
  };
  return {
    handle,
    calls,
    finish: (read) => {
      finish(read);
    },
  };
}

function open(handle: DriverHandle): Promise<ReadHandle> {
  return defineMedium({ ...bareDriver(), open: () => handle }).open('d/f');
}

describe('ReadHandle', () => {
  describe('Good', () => {
    it('reads and looks by the handle of the driver', async () => {
      const { handle, finish } = heldBack();
      const opened = await open(handle);
      const reading = opened.read(new Uint8Array(4), 0, 4, 0);
      finish(3);
      expect(await reading).toBe(3);
      expect(await opened.stat()).toMatchObject({ name: 'f', path: 'd/f', kind: 'file', size: 1 });
    });

    it('is made from a whole read where the driver cannot open', async () => {
      await using opened = await defineMedium(bareDriver({ f: 'abcdef' })).open('f');
      const buffer = Buffer.alloc(3);
      expect(await opened.read(buffer, 1, 2, 4)).toBe(2);
      expect(buffer.toString('latin1')).toBe('\0ef');
      expect((await opened.stat()).size).toBe(6);
      expect(opened.initialSize).toBe(6);
    });

    it('tells as initialSize what the driver knows, and nothing where it knows nothing', async () => {
      const { handle } = heldBack();
      expect((await open(handle)).initialSize).toBeUndefined();
      expect((await open({ ...handle, initialSize: 7 })).initialSize).toBe(7);
    });

    it('tells as initialSize how long the file was, through every layer', async () => {
      const medium = new MemoryMedium({ 'd/f': 'abcdef' });
      for (const layer of [medium, readonly(medium), sub(medium, ''), overlay(medium), faulty(medium)]) {
        await using opened = await layer.open('d/f');
        expect(opened.initialSize).toBe(6);
      }
    });

    it('closes once, after the reads under way', async () => {
      const { handle, calls, finish } = heldBack();
      const opened = await open(handle);
      const reading = opened.read(new Uint8Array(4), 0, 4, 0);
      const closings = [opened.close(), opened.close(), opened[Symbol.asyncDispose]()];
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls).toEqual(['read']);
      finish(4);
      expect(await reading).toBe(4);
      await Promise.all(closings);
      expect(calls).toEqual(['read', 'close']);
    });
  });

  describe('Bad', () => {
    it('refuses with ERR_HANDLE_CLOSED from the moment that it is being closed', async () => {
      const { handle, calls, finish } = heldBack();
      const opened = await open(handle);
      const reading = opened.read(new Uint8Array(4), 0, 4, 0);
      const closing = opened.close();
      await expect(opened.read(new Uint8Array(4), 0, 4, 0)).rejects.toMatchObject({
        code: 'ERR_HANDLE_CLOSED',
        op: 'io.read',
        path: 'd/f',
      });
      finish(0);
      await Promise.all([reading, closing]);
      await expect(opened.stat()).rejects.toThrow('Cannot look up "d/f": the handle is closed');
      expect(calls).toEqual(['read', 'close']);
    });

    it('says what the driver refuses, whether it throws or rejects', async () => {
      const opened = await open({
        read: () => {
          throw new ErrnoSignal('EIO');
        },
        stat: () => Promise.reject(new ErrnoSignal('ESTALE')),
        close: () => Promise.reject(new ErrnoSignal('EIO')),
      });
      await expect(opened.read(new Uint8Array(1), 0, 1, 0)).rejects.toMatchObject({
        name: 'IoError',
        code: 'EIO',
        op: 'io.read',
      });
      await expect(opened.stat()).rejects.toMatchObject({ name: 'IoError', code: 'ESTALE', op: 'io.stat' });
      await expect(opened.close()).rejects.toMatchObject({ name: 'IoError', code: 'EIO', op: 'io.close' });
      await expect(opened.close()).rejects.toMatchObject({ code: 'EIO' });
    });

    it('takes what is no buffer, and ranges outside it, for a misuse', async () => {
      const { handle, calls } = heldBack();
      const opened = await open(handle);
      for (const buffer of [undefined, 'abc', new Uint16Array(4), new DataView(new ArrayBuffer(4))]) {
        await expect(opened.read(buffer as unknown as Uint8Array, 0, 1, 0)).rejects.toThrow(
          'The buffer must be a Uint8Array, not ',
        );
      }
      for (const [offset, length, position] of [
        [5, 0, 0],
        [-1, 1, 0],
        [0, 5, 0],
        [2, 3, 0],
        [0, 1, -1],
        [0, 1, 0.5],
        [0, 1, 2 ** 60],
      ] as const) {
        await expect(opened.read(new Uint8Array(4), offset, length, position)).rejects.toThrow(RangeError);
      }
      expect(calls).toEqual([]);
    });
  });

  describe('Ugly', () => {
    it('closes although a read fails', async () => {
      const opened = await open({
        read: () => Promise.reject(new ErrnoSignal('EIO')),
        stat: () => Promise.reject(new ErrnoSignal('EIO')),
        close: () => undefined,
      });
      const reading = opened.read(new Uint8Array(1), 0, 1, 0);
      await expect(opened.close()).resolves.toBeUndefined();
      await expect(reading).rejects.toMatchObject({ code: 'EIO' });
    });
  });
});
