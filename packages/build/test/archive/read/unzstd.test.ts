import { beforeAll, describe, expect, it } from '@jest/globals';
import { isCoreError, MemoryMedium } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { noise } from '../../../src/testing/archive-cases/encoding.ts';
import { TAR_END, tarEntry } from '../support/forge.ts';
import { checksum, skippable, storedBlocks, zstBlock, zstFrame } from '../support/forge-zst.ts';
import { list, names } from '../support/reading.ts';

const tar = Buffer.concat([tarEntry({ name: 'a', content: 'hello, hello' }), TAR_END]);
const blocks = storedBlocks(tar);
const valid = zstFrame({ blocks, size: tar.length });
const WINDOW_256_MIB = (28 - 10) << 3;

describe('readArchive of tar.zst', () => {
  let sum: Buffer = Buffer.alloc(4);

  beforeAll(async () => {
    sum = await checksum(tar);
  });

  describe('Good', () => {
    it('readArchive reads frames with and without length and checksum, and skips those without content', async () => {
      for (const bytes of [valid, zstFrame({ blocks }), zstFrame({ blocks, checksum: sum, size: tar.length })]) {
        expect(await list(bytes)).toMatchObject([{ name: 'a', text: 'hello, hello' }]);
      }
      const parts = [tar.subarray(0, 700), tar.subarray(700, 701), tar.subarray(701)];
      const frames = parts.flatMap((part) => [skippable(noise(300_000)), zstFrame({ blocks: storedBlocks(part, 99) })]);
      expect(await names(Buffer.concat([...frames, skippable(Buffer.alloc(0))]))).toEqual(['a']);
    });

    it('readArchive takes empty blocks, repeated bytes and empty frames', async () => {
      const zeros = zstBlock(1, Buffer.from([0]), { size: 1024, isLast: true });
      const some = [zstBlock(0, Buffer.alloc(0)), zstBlock(0, tar.subarray(0, -1024)), zeros];
      const empty = zstFrame({ blocks: [zstBlock(0, Buffer.alloc(0), { isLast: true })], size: 0 });
      expect(await names(Buffer.concat([empty, zstFrame({ blocks: some, size: tar.length }), empty]))).toEqual(['a']);
    });

    it('readArchive reads two archives at a time, one inside the loop of the other', async () => {
      const content = noise(3 << 20);
      const large = zstFrame({ blocks: storedBlocks(Buffer.concat([tarEntry({ name: 'l', content }), TAR_END])) });
      const reader = await readArchive(new MemoryMedium({ large }), 'large');
      for await (const entry of reader.entries()) {
        expect(await names(valid)).toEqual(['a']);
        expect(content.equals(await entry.bytes())).toBe(true);
      }
    });
  });

  describe('Bad', () => {
    const single = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0x10, 0, 0, 0, 0]);

    it.each([
      ['text behind', Buffer.concat([valid, Buffer.from('text')]), 'TRAILING_DATA'],
      ['one byte behind', Buffer.concat([valid, Buffer.from('.')]), 'TRAILING_DATA'],
      ['zeros behind', Buffer.concat([valid, Buffer.alloc(512)]), 'TRAILING_DATA'],
      ['half of another frame', Buffer.concat([valid, valid.subarray(0, 2)]), 'TRUNCATED'],
      ['half of a frame to skip', Buffer.concat([valid, skippable(Buffer.alloc(3)).subarray(0, 3)]), 'TRUNCATED'],
      ['a frame to skip that ends early', Buffer.concat([valid, skippable(Buffer.alloc(3), 4)]), 'TRUNCATED'],
      ['nothing but a frame to skip', skippable(Buffer.from('x')), 'TRUNCATED'],
      ['a reserved bit', zstFrame({ blocks, flags: 8 }), 'CORRUPT'],
      ['a dictionary', zstFrame({ blocks: [Buffer.alloc(1), ...blocks], flags: 1 }), 'UNSUPPORTED'],
      ['a window of 256 MiB', zstFrame({ blocks, window: WINDOW_256_MIB }), 'UNSUPPORTED'],
      ['a window of 4 TiB', zstFrame({ blocks, window: 0xff }), 'UNSUPPORTED'],
      ['a content of 256 MiB in one segment', Buffer.concat([single, Buffer.alloc(50)]), 'UNSUPPORTED'],
      ['an unknown block', zstFrame({ blocks: [zstBlock(3, tar, { isLast: true })] }), 'CORRUPT'],
      ['a block that is too long', zstFrame({ blocks: [zstBlock(0, Buffer.alloc(1 << 18))] }), 'CORRUPT'],
      ['a compressed block that is none', zstFrame({ blocks: [zstBlock(2, tar, { isLast: true })] }), 'CORRUPT'],
      ['a content longer than said', zstFrame({ blocks, size: tar.length - 1 }), 'SIZE_MISMATCH'],
      ['a content shorter than said', zstFrame({ blocks, size: tar.length + 1 }), 'SIZE_MISMATCH'],
      ['a wrong checksum', zstFrame({ blocks, checksum: Buffer.alloc(4) }), 'CHECKSUM'],
      [
        'a wrong checksum before another frame',
        Buffer.concat([zstFrame({ blocks, checksum: Buffer.alloc(4) }), valid]),
        'CHECKSUM',
      ],
      ['no tar file', zstFrame({ blocks: storedBlocks(Buffer.alloc(600, 1)) }), 'CORRUPT'],
      ['the announcement of 10 GB', zstFrame({ blocks, size: 10e9 }), 'RATIO'],
      ['the announcement of 20 TB', zstFrame({ blocks, size: 20e12 }), 'TOO_LARGE'],
    ])('readArchive refuses %s', async (_, bytes, code) => {
      await expect(list(bytes)).rejects.toMatchObject({ code: `ERR_BUILD_ARCHIVE_${code}`, path: 'a' });
    });
  });

  describe('Ugly', () => {
    it('readArchive refuses every truncation', async () => {
      const bytes = zstFrame({ blocks: storedBlocks(tar, 800), size: tar.length, checksum: sum });
      for (const length of [...Array.from({ length: 30 }, (_, i) => i + 4), 820, 1640, bytes.length - 5]) {
        await expect(list(bytes.subarray(0, length))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TRUNCATED' });
      }
      for (const length of [bytes.length - 4, bytes.length - 1]) {
        await expect(list(bytes.subarray(0, length))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TRUNCATED' });
      }
    });

    it('readArchive refuses a change of any byte of a frame with a checksum', async () => {
      const bytes = zstFrame({ blocks, size: tar.length, checksum: sum });
      for (const at of [...Array.from({ length: 17 }, (_, i) => i), 30, 600, 1000, -1, -2, -3, -4, -5]) {
        const bent = Buffer.from(bytes);
        const place = at < 0 ? bent.length + at : at;
        bent[place] = (bent[place] ?? 0) ^ 0x08;
        const error: unknown = await list(bent).catch((e: unknown) => e);
        // the window is larger than it needs to be, here and there
        if (place !== 5) expect(isCoreError(error) ? error.code : error).toMatch(/^ERR_BUILD_ARCHIVE_/);
      }
    });

    it('readArchive refuses a bomb before it has gone off, however small its blocks are', async () => {
      const run = zstBlock(1, Buffer.from([0]), { size: 1 << 17 });
      const content = Array.from({ length: 1000 }, () => run);
      const header = zstBlock(0, tarEntry({ name: 'a', size: 1e9 }));
      const bomb = zstFrame({ blocks: [header, ...content, zstBlock(0, Buffer.alloc(0), { isLast: true })] });
      await expect(names(bomb)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_RATIO' });
      await expect(names(bomb, { maxBytes: 1e6 })).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TOO_LARGE' });
    });

    it('readArchive that is cancelled in the middle rejects with the reason itself', async () => {
      const content = noise(8 << 20);
      const large = zstFrame({ blocks: storedBlocks(Buffer.concat([tarEntry({ name: 'l', content }), TAR_END])) });
      const controller = new AbortController();
      const reason = new Error('enough');
      const reader = await readArchive(new MemoryMedium({ large }), 'large', { signal: controller.signal });
      const reading = (async () => {
        for await (const entry of reader.entries()) {
          for await (const chunk of entry.content()) {
            expect(chunk.length).toBeGreaterThan(0);
            controller.abort(reason);
          }
        }
      })();
      await expect(reading).rejects.toBe(reason);
    });
  });
});
