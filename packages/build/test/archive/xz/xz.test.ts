import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { NativeXzPacker } from '../../../src/archive/xz/native-xz-packer.ts';
import { xz } from '../../../src/archive/xz/xz.ts';
import { wasmXzPacker, xzPacker, type XzPackerSource } from '../../../src/archive/xz/xz-packer.ts';
import { noise } from '../../../src/testing/archive-cases/encoding.ts';
import { onDisk, run } from '../support/tools.ts';

/** What a block of level 1 takes. */
const BLOCK_BYTES = 3 << 20;

async function* content(bytes: Uint8Array, chunkBytes: number = 1 << 20): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes)
    yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
}

interface Packing {
  readonly level?: number;
  readonly workers?: number;
  readonly packer?: XzPackerSource;
}

async function packed(bytes: Uint8Array, { level = 1, workers = 1, packer = xzPacker }: Packing = {}): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of xz(content(bytes), { level, workers }, packer)) parts.push(part);
  return Buffer.concat(parts);
}

/** Bytes that are quickly packed. */
const pattern = (length: number): Buffer => Buffer.alloc(length, noise(70_000));

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Machine code, or the test fails. */
const native: XzPackerSource = async (packing) => {
  const packer = await NativeXzPacker.create(packing);
  if (packer === undefined) throw new Error('there is no machine code for this system');
  return packer;
};

const hasNative = ['linux-x64', 'darwin-arm64', 'win32-x64'].includes(`${process.platform}-${process.arch}`);

describe('xz', () => {
  describe('Good', () => {
    (hasNative ? it : it.skip)(
      'xz makes the same bytes by machine code and by WebAssembly, with one worker and with many',
      async () => {
        let some = 0;
        const bytes = pattern(2 * BLOCK_BYTES + 100_000);
        const made = [
          await packed(bytes, { packer: native }),
          await packed(bytes, { packer: native, workers: 2 }),
          await packed(bytes, { packer: wasmXzPacker }),
          await packed(bytes, { packer: wasmXzPacker, workers: 2 }),
          // some of each
          await packed(bytes, { packer: (packing) => (some++ === 1 ? native : wasmXzPacker)(packing), workers: 3 }),
        ];
        expect(new Set(made.map(digest)).size).toBe(1);
      },
      120_000,
    );

    (hasNative ? it : it.skip).each([2, 4, 6, 7, 8, 9])(
      'xz makes the same bytes by machine code and by WebAssembly on level %d',
      async (level) => {
        const bytes = noise(20_000);
        const [one, other] = [
          await packed(bytes, { level, packer: native }),
          await packed(bytes, { level, packer: wasmXzPacker }),
        ];
        expect(one.equals(other)).toBe(true);
      },
    );

    needs('xz')(
      'xz cuts what it is told of beforehand into an even number of equal blocks, never larger ones',
      async () => {
        await onDisk(async (medium, path) => {
          for (const [size, blocks] of [
            [BLOCK_BYTES, 1],
            [2 * BLOCK_BYTES, 2],
            [2 * BLOCK_BYTES + 1, 4],
            [5 * BLOCK_BYTES, 6],
          ] as const) {
            const parts: Uint8Array[] = [];
            const options = { level: 1, workers: 1, expectedBytes: size };
            for await (const part of xz(content(pattern(size)), options)) parts.push(part);
            await medium.write('a.xz', Buffer.concat(parts));
            const list = await run(path, 'xz', '--list', '--robot', '-v', 'a.xz');
            const sizes = list
              .split('\n')
              .filter((line) => line.startsWith('block'))
              .map((line) => Number(line.split('\t')[7]));
            expect(sizes).toHaveLength(blocks);
            expect(Math.max(...sizes)).toBeLessThanOrEqual(BLOCK_BYTES);
            expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(size);
            expect(
              Math.max(...sizes.slice(0, -1), 0) - Math.min(...sizes.slice(0, -1), BLOCK_BYTES),
            ).toBeLessThanOrEqual(0);
          }
        });
      },
    );

    needs('xz')('xz is taken by xz, which finds one stream of blocks with a CRC-64 each', async () => {
      await onDisk(async (medium, path) => {
        for (const [size, blocks] of [
          [0, 0],
          [1, 1],
          [BLOCK_BYTES, 1],
          [BLOCK_BYTES + 1, 2],
        ] as const) {
          const bytes = pattern(size);
          await medium.write('a.xz', await packed(bytes));
          await run(path, 'xz', '-t', 'a.xz');
          const file = (await run(path, 'xz', '--robot', '-l', 'a.xz'))
            .split('\n')
            .find((line) => line.startsWith('file'));
          const [, streams, found, , length, , check] = (file ?? '').split('\t');
          expect([streams, found, length, check]).toEqual(['1', String(blocks), String(size), 'CRC64']);
          await medium.write('plain', bytes);
          expect(await run(path, 'sh', '-c', 'xz -dc a.xz | cmp - plain')).toBe('');
        }
      });
    });
  });

  describe('Bad', () => {
    it('xz says when memory is short, or anything else is', async () => {
      const cause = new Error('no memory');
      const packer: XzPackerSource = () => ({
        pack: () => Promise.reject(cause),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
      await expect(packed(noise(10), { packer })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMPRESSION_FAILED',
        cause,
      });
    });
  });

  describe('Ugly', () => {
    it.each([
      ['machine code, where there is any', xzPacker],
      ['WebAssembly', wasmXzPacker],
    ])('xz that is cancelled while a block is packed by %s rejects with the reason itself', async (_, packer) => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const blocks = xz(content(noise(4 * BLOCK_BYTES)), { level: 1, workers: 2, signal: controller.signal }, packer);
      await blocks.next(); // the header
      const block = blocks.next();
      controller.abort(reason);
      await expect(block).rejects.toBe(reason);
      expect(await blocks.next()).toMatchObject({ done: true });
    });

    (hasNative ? it : it.skip)('xz leaves room in the pool for others: the fourth packs by WebAssembly', async () => {
      const made = await Promise.all([1, 2, 3, 4].map(() => xzPacker({ preset: 1 })));
      expect(made.map((packer) => packer instanceof NativeXzPacker)).toEqual([true, true, true, false]);
      for (const packer of [...made, ...made]) await packer[Symbol.asyncDispose]();
      await using again = await xzPacker({ preset: 1 });
      expect(again).toBeInstanceOf(NativeXzPacker);
    });

    it('xz that nobody wants the rest of stops in the middle of a block', async () => {
      const blocks = xz(content(pattern(9 * BLOCK_BYTES)), { level: 1, workers: 2 });
      await blocks.next();
      await blocks.next();
      await blocks.return(undefined);
      expect(await blocks.next()).toMatchObject({ done: true });
    });
  });
});
