import { inflateRawSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { blockDeflate, Tally } from '../../src/archive/block-deflate.ts';
import { BLOCK_BYTES, Blocks } from '../../src/archive/blocks.ts';
import { crc32 } from '../../src/archive/crc32.ts';
import { deflateBlock } from '../../src/archive/deflate.ts';
import { noise, prose } from '../../src/testing/archive-cases/encoding.ts';

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
async function* cut(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield Buffer.from(bytes.subarray(at, at + chunkBytes));
}

const EMPTY = Buffer.alloc(0);

describe('Blocks', () => {
  describe('Good', () => {
    it.each([
      [0, []],
      [1, [1]],
      [BLOCK_BYTES, [BLOCK_BYTES]],
      [BLOCK_BYTES + 1, [BLOCK_BYTES, 1]],
      [3 * BLOCK_BYTES, [BLOCK_BYTES, BLOCK_BYTES, BLOCK_BYTES]],
    ])('Blocks of %d bytes are as long as they should be', async (size, lengths) => {
      const bytes = noise(size);
      for (const chunkBytes of [1000, 99_999, BLOCK_BYTES, 2 * BLOCK_BYTES]) {
        const parts: Buffer[] = [];
        for await (const block of new Blocks().of(cut(bytes, chunkBytes))) parts.push(block);
        expect(parts.map(({ length }) => length)).toEqual(lengths);
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
      }
    });

    it('Blocks fills those again that are given back, and no others', async () => {
      const blocks = new Blocks();
      const seen: Buffer[] = [];
      for await (const block of blocks.of(cut(noise(5 * BLOCK_BYTES), 300_000))) {
        seen.push(block);
        if (seen.length === 1) blocks.giveBack(block);
      }
      expect(new Set(seen).size === 4).toBe(true);
      expect(seen[1] === seen[0]).toBe(true);
    });
  });
});

describe('blockDeflate', () => {
  describe('Good', () => {
    it('blockDeflate makes one stream that any inflate reads, and tells digest and size', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(3 * BLOCK_BYTES),
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 5000, max: 2_000_000 }),
          async (size, level, workers, chunkBytes) => {
            const bytes = noise(size);
            const tally = new Tally();
            const parts: Uint8Array[] = [];
            for await (const part of blockDeflate(cut(bytes, chunkBytes), { level, workers }, tally)) parts.push(part);
            expect(inflateRawSync(Buffer.concat(parts)).equals(bytes)).toBe(true);
            expect([tally.size, tally.crc]).toEqual([size, crc32(bytes)]);
          },
        ),
        { numRuns: 20 },
      );
    }, 60_000);

    it('blockDeflate loses little at the borders: what stands before a block primes it', async () => {
      const text = prose(300_000);
      const block = Buffer.concat([text, text]).subarray(0, BLOCK_BYTES);
      const alone = await deflateBlock(text.subarray(0, 20_000), { previous: EMPTY, level: 6, last: true });
      const primed = await deflateBlock(text.subarray(0, 20_000), {
        previous: block.subarray(0, 300_000 + 20_000),
        level: 6,
        last: true,
      });
      expect(primed.length).toBeLessThan(alone.length / 10);
    });

    it('deflateBlock makes nothing larger on a higher level, and of tiny blocks what it makes of others', async () => {
      const text = prose(200_000);
      const sizes: number[] = [];
      for (const level of [1, 2, 3, 4, 6, 9]) {
        sizes.push((await deflateBlock(text, { previous: EMPTY, level, last: true })).length);
      }
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      for (const size of [0, 1, 4096, 4097]) {
        const bytes = text.subarray(0, size);
        expect(inflateRawSync(await deflateBlock(bytes, { previous: EMPTY, level: 6, last: true })).equals(bytes)).toBe(
          true,
        );
      }
    });
  });
});
