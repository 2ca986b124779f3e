import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { type Medium, MemoryMedium, type ReadHandle } from '@core/io';
import { faulty } from '@core/io/testing';

import { digestFile } from '../../src/checksum/digest.ts';
import { ReadBuffers } from '../../src/checksum/read-buffers.ts';

const MEBIBYTE = 1 << 20;
const CHUNK = (1 << 18) + 1;
const bytesOf = (size: number): Buffer => Buffer.alloc(size, 'some text that no length of a buffer divides');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * A medium whose file is as long as it says, or not: at once, or only when it is looked at. It counts the reads, and
 * gives `most` bytes at once.
 */
function reading(
  bytes: Uint8Array,
  { said = bytes.length, most = Infinity, atOnce = true } = {},
): { medium: Medium; reads: number[] } {
  const medium = new MemoryMedium({ f: bytes });
  const reads: number[] = [];
  const open = medium.open.bind(medium);
  medium.open = async (path, options) => {
    const handle = await open(path, options);
    return Object.assign(Object.create(handle) as ReadHandle, {
      initialSize: atOnce ? said : undefined,
      stat: async () => ({ ...(await handle.stat()), size: said }),
      read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
        const count = await handle.read(buffer, offset, Math.min(length, most), position);
        reads.push(count);
        return count;
      },
      [Symbol.asyncDispose]: () => handle.close(),
    });
  };
  return { medium, reads };
}

describe('digestFile', () => {
  describe('Good', () => {
    it.each([
      [0, [0]],
      [1, [1]],
      [65_535, [65_535]],
      [65_536, [65_536]],
      [CHUNK - 1, [CHUNK - 1]],
      [CHUNK, [CHUNK, 0]],
      [CHUNK + 1, [CHUNK, 1]],
      [3 * (CHUNK - 1), [CHUNK, CHUNK, CHUNK - 3]],
    ])('digestFile reads %d bytes with no read too many', async (size, wanted) => {
      const bytes = bytesOf(size);
      for (const atOnce of [true, false]) {
        const { medium, reads } = reading(bytes, { atOnce });
        expect(await digestFile(medium, 'f', {})).toEqual({ checksum: sha256(bytes), size });
        expect(reads).toEqual(wanted);
      }
    });

    it('digestFile does not look at a file whose size it is told at once', async () => {
      const medium = faulty(new MemoryMedium({ f: 'abc' }), [{ op: 'handle.stat', error: 'EIO' }]);
      expect(await digestFile(medium, 'f', {})).toEqual({ checksum: sha256(Buffer.from('abc')), size: 3 });
    });

    it('digestFile uses the buffers of the file before', async () => {
      const buffers = new ReadBuffers();
      const medium = new MemoryMedium({ a: bytesOf(3 * MEBIBYTE), b: bytesOf(2 * MEBIBYTE) });
      await digestFile(medium, 'a', { buffers });
      const own = [buffers.take(MEBIBYTE), buffers.take(MEBIBYTE)];
      for (const buffer of own) buffers.giveBack(buffer);
      expect(await digestFile(medium, 'b', { buffers })).toMatchObject({ checksum: sha256(bytesOf(2 * MEBIBYTE)) });
      const again = [buffers.take(MEBIBYTE), buffers.take(MEBIBYTE)];
      expect(new Set(again.map(({ buffer }) => buffer))).toEqual(new Set(own.map(({ buffer }) => buffer)));
    });
  });

  describe('Ugly', () => {
    it.each([
      ['has grown', 1000, [2000, 0]],
      ['has shrunk', 3000, [2000, 0]],
      ['says nothing of its size', 0, [2000, 0]],
    ])('digestFile reads a file that %s to its end', async (_, said, wanted) => {
      const bytes = bytesOf(2000);
      for (const atOnce of [true, false]) {
        const { medium, reads } = reading(bytes, { said, atOnce });
        expect(await digestFile(medium, 'f', {})).toEqual({ checksum: sha256(bytes), size: 2000 });
        expect(reads).toEqual(wanted);
      }
    });

    it('digestFile reads a small file that has become a large one meanwhile', async () => {
      const bytes = bytesOf(3 * MEBIBYTE);
      expect(await digestFile(reading(bytes, { said: 10 }).medium, 'f', {})).toEqual({
        checksum: sha256(bytes),
        size: bytes.length,
      });
    });

    it('digestFile reads to the end where little is given at once', async () => {
      const bytes = bytesOf(100);
      const { medium, reads } = reading(bytes, { most: 40 });
      expect(await digestFile(medium, 'f', {})).toEqual({ checksum: sha256(bytes), size: 100 });
      expect(reads).toEqual([40, 40, 20]);
    });

    it('digestFile that is cancelled between two reads rejects with the reason itself', async () => {
      const controller = new AbortController();
      const { medium, reads } = reading(bytesOf(3 * MEBIBYTE));
      const push = reads.push.bind(reads);
      reads.push = (...counts) => {
        if (reads.length === 1) controller.abort('enough');
        return push(...counts);
      };
      await expect(digestFile(medium, 'f', { signal: controller.signal })).rejects.toBe('enough');
      expect(reads.length).toBeLessThan(3);
    });

    it('digestFile that is cancelled in the only read rejects with the reason itself', async () => {
      const controller = new AbortController();
      const { medium, reads } = reading(bytesOf(10));
      reads.push = () => {
        controller.abort('enough');
        return 0;
      };
      await expect(digestFile(medium, 'f', { signal: controller.signal })).rejects.toBe('enough');
    });
  });
});

describe('ReadBuffers', () => {
  describe('Good', () => {
    it('ReadBuffers has room for a byte more, in small buffers for small files', () => {
      const buffers = new ReadBuffers();
      const sizes = [0, 10, 65_535, 65_536, MEBIBYTE, 5 * MEBIBYTE];
      expect(sizes.map((size) => buffers.take(size).length)).toEqual([
        ...[65_536, 65_536, 65_536, CHUNK, CHUNK, CHUNK],
      ]);
    });

    it.each([
      ['small', 10, 65_535],
      ['large', 70_000, MEBIBYTE],
    ])('ReadBuffers gives a %s one out again, and never to two', (_, before, after) => {
      const buffers = new ReadBuffers();
      const used = buffers.take(before);
      buffers.giveBack(used);
      expect(buffers.take(after)).toBe(used);
      expect(buffers.take(after)).not.toBe(used);
    });
  });
});
