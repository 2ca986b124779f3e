import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { zstd } from '../../../src/archive/zstd/zstd.ts';
import { noise } from '../../../src/testing/archive-cases/encoding.ts';
import { checksum } from '../support/forge-zst.ts';
import { onDisk, run } from '../support/tools.ts';

/** What a frame takes up to level 6. */
const FRAME_BYTES = 4 << 20;

const pattern = (length: number): Buffer => Buffer.alloc(length, noise(70_000));

async function* content(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield await Promise.resolve(bytes.subarray(at, at + (1 << 20)));
}

async function packed(bytes: Uint8Array, level = 6, workers = 1): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of zstd(content(bytes), { level, workers })) parts.push(part);
  return Buffer.concat(parts);
}

describe('zstd', () => {
  describe('Good', () => {
    it('zstd makes the same bytes with one worker and with many', async () => {
      const bytes = pattern(5 * FRAME_BYTES + 1);
      expect((await packed(bytes, 3, 1)).equals(await packed(bytes, 3, 4))).toBe(true);
    });

    it('zstd ends a frame in the checksum of its content', async () => {
      const bytes = noise(1000);
      expect((await packed(bytes)).subarray(-4)).toEqual(await checksum(bytes));
    });

    needs('zstd')('zstd is taken by zstd, frame by frame, with lengths and checksums, on every level', async () => {
      await onDisk(async (medium, path) => {
        for (const [level, frames] of [
          [1, 3],
          [6, 3],
          [7, 1],
          [9, 1],
        ] as const) {
          const bytes = pattern(2 * FRAME_BYTES + 1);
          await medium.write('a.zst', await packed(bytes, level));
          const told = await run(path, 'zstd', '-lv', 'a.zst');
          expect(told).toMatch(new RegExp(`# Zstandard Frames: ${String(frames)}\\n`));
          expect(told).toContain('Check: XXH64');
          await medium.write('plain', bytes);
          expect(await run(path, 'sh', '-c', 'zstd -q -t a.zst && zstd -dc a.zst | cmp - plain')).toBe('');
        }
      });
    });

    needs('zstd')('zstd finds a wrong byte in what was packed', async () => {
      await onDisk(async (medium, path) => {
        const bytes = await packed(noise(10_000));
        bytes[5000] = (bytes[5000] ?? 0) ^ 1;
        await medium.write('a.zst', bytes);
        await expect(run(path, 'zstd', '-q', '-t', 'a.zst')).rejects.toMatchObject({ code: 1 });
      });
    });
  });

  describe('Ugly', () => {
    it('zstd that is cancelled rejects with the reason itself, while a frame is packed and afterwards', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const frames = zstd(content(noise(6 * FRAME_BYTES)), { level: 6, workers: 2, signal: controller.signal });
      await frames.next();
      controller.abort(reason);
      await expect(frames.next()).rejects.toBe(reason);
      expect(await frames.next()).toMatchObject({ done: true });
    });
  });
});
