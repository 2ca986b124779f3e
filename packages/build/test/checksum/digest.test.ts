import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { defineMedium, type Medium, MemoryMedium } from '@core/io';
import fc from 'fast-check';

import { checksumAll } from '../../src/checksum/checksum.ts';
import { digestFile } from '../../src/checksum/digest.ts';
import { ReadBuffers } from '../../src/checksum/read-buffers.ts';
import { noise } from '../../src/testing/archive-cases/encoding.ts';

const MEGABYTE = 1 << 20;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A medium whose reads give `most` bytes at a time, as some do, and that calls `change` before the second one. */
function hesitant(memory: MemoryMedium, most: number, change: () => Promise<void> = () => Promise.resolve()): Medium {
  const { driver } = memory;
  return defineMedium({
    ...driver,
    async open(path) {
      const handle = await driver.open?.(path);
      if (handle === undefined) throw new Error('The medium has no handles');
      return {
        async read(buffer, offset, length, position) {
          if (position > 0) await change();
          return await handle.read(buffer, offset, Math.min(length, most), position);
        },
        stat: () => handle.stat(),
        close: () => handle.close(),
      };
    },
  });
}

describe('digestFile', () => {
  describe('Good', () => {
    it('digestFile gives digest and size, however much a read gives', async () => {
      for (const size of [0, 1, 65_535, 65_536, MEGABYTE, MEGABYTE + 1, 2 * MEGABYTE + 2, 3_000_000]) {
        const bytes = noise(size);
        for (const most of [MEGABYTE * 4, 70_001]) {
          const medium = hesitant(new MemoryMedium({ f: bytes }), most);
          expect(await digestFile(medium, 'f', {})).toEqual({ checksum: sha256(bytes), size });
        }
      }
    });

    it('checksumAll of files of any size, which share buffers, gives what each has', async () => {
      const sizes = fc.array(fc.oneof(fc.nat(5000), fc.integer({ min: 60_000, max: 70_000 }), fc.nat(2_200_000)), {
        minLength: 1,
        maxLength: 20,
      });
      await fc.assert(
        fc.asyncProperty(sizes, async (list) => {
          const files = list.map((size, i) => noise(size, i + 1));
          const medium = new MemoryMedium(Object.fromEntries(files.map((bytes, i) => [`f${String(i)}`, bytes])));
          const artifacts = files.map((_, i) => ({ path: `f${String(i)}`, os: 'linux', arch: 'amd64' }));
          const found = (await checksumAll(medium, artifacts)).map(({ checksum, size }) => [checksum, size]);
          expect(found).toEqual(files.map((bytes) => [sha256(bytes), bytes.length]));
        }),
        { numRuns: 25 },
      );
    }, 60_000);
  });

  describe('Ugly', () => {
    it.each([
      ['grows', 'more of it'],
      ['becomes shorter', ''],
    ])('digestFile of a file that %s meanwhile is that of what was read', async (_, then) => {
      const memory = new MemoryMedium({ f: 'x'.repeat(100) });
      let first = true;
      const medium = hesitant(memory, 50, async () => {
        if (first) await memory.write('f', `${'x'.repeat(70)}${then}`);
        first = false;
      });
      const { size, checksum } = await digestFile(medium, 'f', {});
      expect(checksum.length).toBe(64);
      expect([100, 70, 70 + then.length]).toContain(size);
    });

    it('digestFile that fails in the middle leaves no handle open', async () => {
      const memory = new MemoryMedium({ f: 'x'.repeat(100) });
      let open = 0;
      const { driver } = hesitant(memory, 50, () => Promise.reject(new Error('the disk is on fire'))) as MemoryMedium;
      const medium = defineMedium({
        ...driver,
        async open(path) {
          const handle = await driver.open?.(path);
          if (handle === undefined) throw new Error('The medium has no handles');
          open += 1;
          return {
            read: (buffer, offset, length, position) => handle.read(buffer, offset, length, position),
            stat: () => handle.stat(),
            close: async () => {
              open -= 1;
              await handle.close();
            },
          };
        },
      });
      await expect(digestFile(medium, 'f', { buffers: new ReadBuffers() })).rejects.toThrow();
      expect(open).toBe(0);
    });
  });
});

describe('ReadBuffers', () => {
  describe('Good', () => {
    it('ReadBuffers gives a byte more than a file has, and large buffers again', () => {
      const buffers = new ReadBuffers();
      expect(buffers.take(10)).toHaveLength(11);
      const large = buffers.take(5 * MEGABYTE);
      expect(large).toHaveLength(MEGABYTE + 1);
      expect(buffers.take(MEGABYTE).buffer).not.toBe(large.buffer);
      buffers.giveBack(large);
      const again = buffers.take(100_000);
      expect(again).toHaveLength(100_001);
      expect(again.buffer).toBe(large.buffer);
    });

    it('ReadBuffers does not keep small buffers, which are parts of a shared one', () => {
      const buffers = new ReadBuffers();
      const small = buffers.take(10);
      buffers.giveBack(small);
      expect(buffers.take(100_000).buffer).not.toBe(small.buffer);
    });
  });
});
