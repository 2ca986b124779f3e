import { constants, deflateRawSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import { defineMedium, type Medium, MemoryMedium } from '@core/io';

import { archive } from '../../../src/archive/archive.ts';
import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import type { ReadLimits } from '../../../src/archive/read/limits.ts';
import { record, tarEntry } from '../support/forge.ts';

const MEGABYTE = 1 << 20;
const TEN_GIB = 10 * 2 ** 30;

/** One megabyte of zeros, deflated so that it can be repeated. */
const ZEROS = deflateRawSync(Buffer.alloc(MEGABYTE), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
const LAST = deflateRawSync(Buffer.alloc(0));

/** Ten gigabytes of zeros behind `head`, in ten megabytes. */
const zeros = (head: Uint8Array = Buffer.alloc(0)): Buffer => {
  const start = deflateRawSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  return Buffer.concat([start, ...Array.from({ length: TEN_GIB / MEGABYTE }, () => ZEROS), LAST]);
};

function gzBomb(claimed: number): Buffer {
  const header = tarEntry({ name: 'zeros', patch: [[124, `\x80${wide(claimed)}`]] }).subarray(0, 512);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]), zeros(header), Buffer.alloc(8)]);
}

/** Eleven bytes, big-endian. */
function wide(value: number): string {
  return Buffer.from(value.toString(16).padStart(22, '0'), 'hex').toString('latin1');
}

function zipBomb(claimed: number): Buffer {
  const packed = zeros();
  const extra = record([2, 1], [2, 16], [8, claimed], [8, packed.length]);
  const rest = [
    [4, 0x00210000],
    [4, 0],
    [4, 0xffffffff],
    [4, 0xffffffff],
    [2, 5],
    [2, extra.length],
  ] as const;
  const local = [record([4, 0x04034b50], [2, 45], [2, 0x0800], [2, 8], ...rest), Buffer.from('zeros'), extra, packed];
  const offset = local.reduce((sum, { length }) => sum + length, 0);
  const central = Buffer.concat([
    record([4, 0x02014b50], [2, 0x032d], [2, 45], [2, 0x0800], [2, 8], ...rest),
    record([2, 0], [2, 0], [2, 0], [2, 0], [2, 0x81a4], [4, 0]),
    Buffer.from('zeros'),
    extra,
  ]);
  const end = record([4, 0x06054b50], [4, 0], [2, 1], [2, 1], [4, central.length], [4, offset], [2, 0]);
  return Buffer.concat([...local, central, end]);
}

/** A medium that counts what is written into it, with the bomb in it. */
async function armed(bomb: Uint8Array): Promise<{ medium: Medium; written: () => number }> {
  const memory = new MemoryMedium({ bomb });
  let bytes = 0;
  const medium = defineMedium({
    ...memory.driver,
    async create(path, options) {
      const sink = await memory.driver.create?.(path, options);
      if (sink === undefined) throw new Error('The medium has no sinks');
      return {
        write(chunk) {
          bytes += chunk.length;
          return bytes > 64 * MEGABYTE ? undefined : sink.write(chunk);
        },
        commit: () => sink.commit(),
        abort: () => sink.abort(),
      };
    },
  });
  await medium.ensureDir('work');
  return { medium, written: () => bytes };
}

async function refusal(bomb: Uint8Array, limits: ReadLimits = {}): Promise<{ code: unknown; written: number }> {
  const { medium, written } = await armed(bomb);
  const reader = await readArchive(medium, 'bomb', { limits });
  const error: unknown = await reader.extract(medium, 'work/out').catch((reason: unknown) => reason);
  expect(await medium.list('work')).toEqual([]);
  return { code: (error as { code?: unknown }).code, written: written() };
}

describe('readArchive of bombs', () => {
  describe('Bad', () => {
    const bombs = { gz: gzBomb(TEN_GIB), zip: zipBomb(TEN_GIB) };

    it.each(['gz', 'zip'] as const)(
      'a %s of 10 GiB of zeros in 10 MiB is refused before a byte of it',
      async (format) => {
        expect(bombs[format].length).toBeLessThan(12 * MEGABYTE);
        expect(await refusal(bombs[format])).toEqual({ code: 'ERR_BUILD_ARCHIVE_RATIO', written: 0 });
      },
      30_000,
    );

    it.each(['gz', 'zip'] as const)(
      'a %s of 10 GiB is refused by the limit of bytes, where the ratio has none',
      async (format) => {
        const limits = { maxRatio: Infinity, maxBytes: TEN_GIB - 1 };
        expect(await refusal(bombs[format], limits)).toEqual({ code: 'ERR_BUILD_ARCHIVE_TOO_LARGE', written: 0 });
      },
      30_000,
    );
  });

  describe('Ugly', () => {
    it('a zip that says that it is small is refused as soon as it is not', async () => {
      const { code, written } = await refusal(zipBomb(1000));
      expect(code).toBe('ERR_BUILD_ARCHIVE_SIZE_MISMATCH');
      expect(written).toBeLessThanOrEqual(MEGABYTE);
    });

    it('a tar.gz that says that its file is small is refused by what follows', async () => {
      const { code, written } = await refusal(gzBomb(1000));
      expect(code).toBe('ERR_BUILD_ARCHIVE_TRAILING_DATA');
      expect(written).toBeLessThanOrEqual(MEGABYTE);
      expect((await refusal(gzBomb(1000), { maxBytes: 8 * MEGABYTE })).code).toBe('ERR_BUILD_ARCHIVE_TOO_LARGE');
    });

    it('a directory that lists more entries than it says is refused without them', async () => {
      const central = Buffer.alloc(46 * 500_000);
      for (let at = 0; at < central.length; at += 46) central.writeUInt32LE(0x02014b50, at);
      const end = (count: number): Buffer =>
        record([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, central.length], [4, 4], [2, 0]);
      const bytes = (count: number): Buffer => Buffer.concat([Buffer.from('PK\x03\x04'), central, end(count)]);
      expect(await refusal(bytes(3))).toEqual({ code: 'ERR_BUILD_ARCHIVE_CORRUPT', written: 0 });
      expect(await refusal(bytes(5000), { maxEntries: 4999 })).toEqual({
        code: 'ERR_BUILD_ARCHIVE_TOO_MANY',
        written: 0,
      });
    });

    it('an archive inside an archive is a file: nothing goes off that nobody opens', async () => {
      let nested: Uint8Array = Buffer.from('kernel');
      for (let depth = 0; depth < 5; depth += 1) {
        const medium = new MemoryMedium({ nested });
        const { path } = await archive(medium, { path: 'nested', os: 'windows', arch: 'amd64' });
        nested = await medium.readBytes(path);
      }
      const reader = await readArchive(new MemoryMedium({ nested }), 'nested');
      for await (const { name, kind } of reader.entries())
        expect({ name, kind }).toEqual({ name: 'nested', kind: 'file' });
    });
  });
});
