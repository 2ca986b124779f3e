import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { BLOCK_BYTES } from '../../src/archive/blocks.ts';
import { zipEncoder } from '../../src/archive/zip.ts';
import { WIDE_FROM_BYTES } from '../../src/archive/zip-member.ts';
import { centralHeader, dosTime, endRecords, MASK_32, type ZipRecord } from '../../src/archive/zip-records.ts';
import { file } from '../../src/testing/archive-cases/encoding.ts';
import { unpackWithReader } from '../../src/testing/unpack-with-reader.ts';
import { onDisk, run } from './support/tools.ts';

const LARGE = 5 * 2 ** 32;
const record: ZipRecord = {
  name: Buffer.from('f'),
  method: 8,
  dosTime: 0,
  unixMode: 0o100644,
  streamed: true,
  wide: true,
};

describe('zip records', () => {
  describe('Good', () => {
    it('centralHeader puts sizes and offsets beyond 4 GiB into a zip64 field', () => {
      const header = centralHeader(record, { crc: 1, size: LARGE, packed: LARGE + 1 }, LARGE + 2);
      expect([header.readUInt32LE(20), header.readUInt32LE(24), header.readUInt32LE(42)]).toEqual([
        MASK_32,
        MASK_32,
        MASK_32,
      ]);
      const extra = header.subarray(46 + 1);
      expect([extra.readUInt16LE(0), extra.readUInt16LE(2)]).toEqual([1, 24]);
      expect([4, 12, 20].map((at) => Number(extra.readBigUInt64LE(at)))).toEqual([LARGE, LARGE + 1, LARGE + 2]);
    });

    it('centralHeader of a small entry far behind has only its offset in the field', () => {
      const header = centralHeader({ ...record, wide: false }, { crc: 1, size: 5, packed: 7 }, LARGE);
      expect([header.readUInt32LE(20), header.readUInt32LE(24), header.readUInt32LE(42)]).toEqual([7, 5, MASK_32]);
      expect(Number(header.readBigUInt64LE(46 + 1 + 4))).toBe(LARGE);
    });

    it('endRecords has zip64 records where, and only where, a number does not fit', () => {
      expect(endRecords({ offset: 100, length: 50, entries: 65_534 })).toHaveLength(22);
      const counts = endRecords({ offset: 100, length: 50, entries: 65_535 });
      expect(counts).toHaveLength(56 + 20 + 22);
      expect(Number(counts.readBigUInt64LE(32))).toBe(65_535);
      const far = endRecords({ offset: LARGE, length: 50, entries: 1 });
      expect(Number(far.readBigUInt64LE(48))).toBe(LARGE);
      expect(Number(far.readBigUInt64LE(56 + 8))).toBe(LARGE + 50);
    });

    it('dosTime is that of UTC, in steps of two seconds', () => {
      expect(dosTime(Date.UTC(1980, 0, 1) / 1000)).toBe(0x0021_0000);
      expect(dosTime(Date.UTC(2024, 11, 31, 23, 59, 59) / 1000)).toBe(
        (((2024 - 1980) << 9) | (12 << 5) | 31) * 0x1_0000 + ((23 << 11) | (59 << 5) | 29),
      );
    });

    needs(
      'unzip',
      '7z',
      'bsdtar',
      'python3',
    )(
      'zipEncoder writes more entries than the plain end can count, and others count them',
      async () => {
        await onDisk(async (medium, path) => {
          const entries = Array.from({ length: 65_600 }, (_, i) => file(`f${String(i)}`, String(i)));
          const parts: Uint8Array[] = [];
          for await (const part of zipEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
          await medium.write('many.zip', Buffer.concat(parts));
          expect(await run(path, 'unzip', '-Zt', 'many.zip')).toContain('65600 files');
          expect(await run(path, '7z', 't', 'many.zip')).toContain('Files: 65600');
          expect((await run(path, 'bsdtar', '-tf', 'many.zip')).trimEnd().split('\n')).toHaveLength(65_600);
          expect(await run(path, 'python3', '-m', 'zipfile', '-t', 'many.zip')).toContain('Done testing');
        });
      },
      180_000, // four programs read 65,600 entries each, and the machine may be busy
    );

    it('zipEncoder writes more directories than the plain end can count', async () => {
      const entries = Array.from({ length: 65_600 }, (_, i) => ({ kind: 'dir' as const, name: `d${String(i)}` }));
      const parts: Uint8Array[] = [];
      for await (const part of zipEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
      expect(await unpackWithReader(Buffer.concat(parts))).toHaveLength(65_600);
    });

    it('zipEncoder gives an entry of about 4 GiB 64-bit sizes from the beginning', async () => {
      const content = async function* (): AsyncGenerator<Uint8Array> {
        for (;;) yield await Promise.resolve(Buffer.alloc(BLOCK_BYTES));
      };
      const entry = { ...file('f'), size: WIDE_FROM_BYTES, content };
      const archive = zipEncoder.encode([entry], { mtime: 1e9, level: 6, workers: 1 });
      for await (const header of archive) {
        expect(Buffer.from(header).subarray(-20)).toEqual(
          Buffer.from('0100100000000000000000000000000000000000', 'hex'),
        );
        break;
      }
    });

    it('zipEncoder writes the sizes of a small file before it, and stores what deflate makes no smaller', async () => {
      const entries = [file('text', 'x'.repeat(100)), file('short', 'x'), file('empty')];
      const parts: Uint8Array[] = [];
      for await (const part of zipEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
      const [flags, methods] = [6, 8].map((at) => parts.slice(0, 3).map((part) => Buffer.from(part).readUInt16LE(at)));
      expect(flags).toEqual([0x0800, 0x0800, 0x0800]);
      expect(methods).toEqual([8, 0, 0]);
      expect((await unpackWithReader(Buffer.concat(parts))).map(({ content }) => content.length)).toEqual([100, 1, 0]);
    });

    it.each([
      [1, 'not more'],
      [200, 'not 100'],
      [2_000_000, 'not 100'],
    ])('zipEncoder refuses a content that is not of its %d bytes', async (size, message) => {
      const writing = (async () => {
        const entry = { ...file('f', 'x'.repeat(100)), size };
        const options = { mtime: 1e9, level: 6, workers: 1 };
        for await (const part of zipEncoder.encode([entry], options)) expect(part).toBeDefined();
      })();
      await expect(writing).rejects.toThrow(RangeError);
      await expect(writing).rejects.toThrow(message);
    });
  });
});
