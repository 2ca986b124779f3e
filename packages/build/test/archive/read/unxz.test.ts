import { describe, expect, it } from '@jest/globals';
import { isCoreError, MemoryMedium } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { blockHeader, crcOf, streamEnd, streamHeader } from '../../../src/archive/xz/xz-format.ts';
import { noise } from '../../../src/testing/archive-cases/encoding.ts';
import { TAR_END, tarEntry } from '../support/forge.ts';
import { type ForgedXz, headerWith, storedLzma2, xzStream } from '../support/forge-xz.ts';
import { list, names } from '../support/reading.ts';

const tar = Buffer.concat([tarEntry({ name: 'a', content: 'hello, hello' }), TAR_END]);
const whole = { content: tar };
const valid = xzStream({ blocks: [whole] });

/** The tar file in a block, and whatever is said about it. */
const forged = (block: ForgedXz['blocks'][number], rest: Partial<ForgedXz> = {}): Buffer =>
  xzStream({ blocks: [{ ...whole, ...block }], ...rest });

function patched(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
}

/** Another footer, with a right digest. */
function refooted(bytes: Buffer, change: (footer: Buffer) => void): Buffer {
  const footer = Buffer.from(bytes.subarray(-12));
  change(footer);
  crcOf(footer.subarray(4, 10)).copy(footer);
  return Buffer.concat([bytes.subarray(0, -12), footer]);
}

describe('readArchive of tar.xz', () => {
  describe('Good', () => {
    it.each([0, 1, 4, 10])('readArchive takes the check %d', async (check) => {
      expect(await list(xzStream({ blocks: [whole], check }))).toMatchObject([{ name: 'a', text: 'hello, hello' }]);
    });

    it('readArchive reads many blocks of several streams as one, with padding between and behind', async () => {
      const [a, b, c] = [tar.subarray(0, 100), tar.subarray(100, 1000), tar.subarray(1000)];
      const bytes = Buffer.concat([
        xzStream({ blocks: [{ content: a }, { content: b }] }),
        Buffer.alloc(8),
        xzStream({ blocks: [] }),
        xzStream({ blocks: [{ content: c }], check: 1 }),
        Buffer.alloc(200_000),
      ]);
      expect(await names(bytes)).toEqual(['a']);
    });

    it('readArchive takes sizes in the header of a block, and an empty block', async () => {
      const packed = storedLzma2(tar);
      const header = blockHeader({ dictionary: 12, sizes: [packed.length, tar.length], length: 20 });
      expect(await names(xzStream({ blocks: [{ header, content: tar }, {}] }))).toEqual(['a']);
    });

    it('readArchive reads two archives at a time, one inside the loop of the other', async () => {
      const content = noise(3 << 20);
      const large = xzStream({ blocks: [{ content: Buffer.concat([tarEntry({ name: 'l', content }), TAR_END]) }] });
      const reader = await readArchive(new MemoryMedium({ large }), 'large');
      const found: string[] = [];
      for await (const entry of reader.entries()) {
        found.push(entry.name, ...(await names(valid)));
        expect(content.equals(await entry.bytes())).toBe(true);
      }
      expect(found).toEqual(['l', 'a']);
    });
  });

  describe('Bad', () => {
    it.each([
      ['text behind', Buffer.concat([valid, Buffer.from('text')]), 'TRAILING_DATA'],
      ['one byte behind', Buffer.concat([valid, Buffer.from('.')]), 'TRAILING_DATA'],
      ['another format behind', Buffer.concat([valid, Buffer.alloc(150_000, 7)]), 'TRAILING_DATA'],
      ['three zeros behind', Buffer.concat([valid, Buffer.alloc(3)]), 'TRAILING_DATA'],
      ['a second stream without its end', Buffer.concat([valid, valid.subarray(0, -20)]), 'TRAILING_DATA'],
      ['a second stream with a wrong beginning', Buffer.concat([valid, patched(valid, 7, 1)]), 'CORRUPT'],
      ['a wrong digest in its beginning', patched(valid, 8, 99), 'CORRUPT'],
      ['a wrong digest in its end', patched(valid, -9, 99), 'CORRUPT'],
      ['a wrong last byte', patched(valid, -1, 0), 'CORRUPT'],
      ['a wrong digest of its index', patched(valid, -14, 99), 'CORRUPT'],
      ['an index longer than the file', refooted(valid, (footer) => footer.writeUInt32LE(1000, 4)), 'CORRUPT'],
      ['an index of gigabytes', refooted(valid, (footer) => footer.writeUInt32LE(0xffff_ffff, 4)), 'CORRUPT'],
      ['two kinds of check', refooted(valid, (footer) => footer.writeUInt8(1, 9)), 'CORRUPT'],
      ['an unknown check', forged({}, { check: 2 }), 'UNSUPPORTED'],
      ['a block that is shorter than its header', forged({ unpadded: 8 }), 'CORRUPT'],
      ['a block of another length', forged({ unpadded: tar.length + 60 }), 'CORRUPT'],
      ['an index that lists no block', forged({}, { end: () => streamEnd(4, []) }), 'CORRUPT'],
      ['a wrong digest of a block header', forged({ header: patched(headerWith(0, [0x21, 1, 0]), -1, 9) }), 'CORRUPT'],
      ['sizes that disagree', forged({ header: blockHeader({ dictionary: 0, sizes: [9, 9], length: 20 }) }), 'CORRUPT'],
      ['a header that is none', forged({ header: Buffer.alloc(12) }), 'CORRUPT'],
      ['rubbish behind the filter', forged({ header: headerWith(0, [0x21, 1, 0, 0, 0, 1]) }), 'CORRUPT'],
      ['a filter for machine code', forged({ header: headerWith(1, [4, 0, 0x21, 1, 0]) }), 'UNSUPPORTED'],
      ['another filter', forged({ header: headerWith(0, [3, 1, 0]) }), 'UNSUPPORTED'],
      ['a flag from the future', forged({ header: headerWith(4, [0x21, 1, 0]) }), 'UNSUPPORTED'],
      ['a dictionary of 96 MiB', forged({ header: headerWith(0, [0x21, 1, 29]) }), 'UNSUPPORTED'],
      ['packed data that is none', forged({ packed: Buffer.alloc(100, 3) }), 'CORRUPT'],
      ['packed data without its end', forged({ packed: storedLzma2(tar).subarray(0, -1) }), 'CORRUPT'],
      ['rubbish behind packed data', forged({ packed: Buffer.concat([storedLzma2(tar), tar]) }), 'CORRUPT'],
      ['a content longer than said', forged({ size: tar.length - 1 }), 'CORRUPT'],
      ['a content shorter than said', forged({ size: tar.length + 1 }), 'CORRUPT'],
      ['a wrong CRC-64', forged({ check: Buffer.alloc(8) }), 'CHECKSUM'],
      ['a wrong CRC-32', forged({ check: Buffer.alloc(4) }, { check: 1 }), 'CHECKSUM'],
      ['a wrong SHA-256', forged({ check: Buffer.alloc(32) }, { check: 10 }), 'CHECKSUM'],
      [
        'padding that is not zero',
        xzStream({
          blocks: [{ content: tar.subarray(0, 1), padding: Buffer.from([0, 0, 1]) }, { content: tar.subarray(1) }],
        }),
        'CORRUPT',
      ],
      ['no tar file', forged({ content: Buffer.alloc(600, 1) }), 'CORRUPT'],
      ['nothing', xzStream({ blocks: [] }), 'TRUNCATED'],
      ['the announcement of 10 GB', forged({ size: 10e9 }), 'RATIO'],
      ['the announcement of 20 TB', forged({ size: 20e12 }), 'TOO_LARGE'],
    ])('readArchive refuses %s', async (_, bytes, code) => {
      await expect(list(bytes)).rejects.toMatchObject({ code: `ERR_BUILD_ARCHIVE_${code}`, path: 'a' });
    });

    it.each([
      ['does not fit', [2, ...Array.from({ length: 4 }, () => 0x90)]],
      ['is not as short as can be', [0x81, 0x00, 20, 1]],
      ['says more numbers than it has', [9, 20, 1]],
      ['has a block of nothing', [1, 4, 1]],
      ['has a number beyond all', [1, 20, ...Array.from({ length: 8 }, () => 0xff), 1]],
    ])('readArchive refuses an index that %s', async (_, numbers) => {
      const list4 = Buffer.from([0, ...numbers]);
      const index = Buffer.concat([list4, Buffer.alloc(-list4.length & 3)]);
      const end = streamEnd(4, []).subarray(-12);
      const bytes = refooted(Buffer.concat([streamHeader(4), index, crcOf(index), end]), (footer) =>
        footer.writeUInt32LE(index.length / 4, 4),
      );
      await expect(list(bytes)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_CORRUPT' });
    });
  });

  describe('Ugly', () => {
    it('readArchive refuses every truncation', async () => {
      for (let length = 6; length < valid.length; length += 1) {
        await expect(list(valid.subarray(0, length))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TRUNCATED' });
      }
    });

    it('readArchive refuses a change of any byte around the content', async () => {
      const edges = [...Array.from({ length: 30 }, (_, i) => i + 6), ...Array.from({ length: 44 }, (_, i) => -i - 1)];
      for (const at of edges) {
        const error: unknown = await list(patched(valid, at, (valid.at(at) ?? 0) ^ 0x10)).catch((e: unknown) => e);
        expect(isCoreError(error) ? error.code : error).toMatch(/^ERR_BUILD_ARCHIVE_/);
      }
    });

    it('readArchive is not fooled by an archive inside one that is cut off, nor by a thousand false ends', async () => {
      const inner = xzStream({
        blocks: [{ content: Buffer.concat([tarEntry({ name: 'i', content: valid }), TAR_END]) }],
      });
      await expect(list(inner.subarray(0, -12))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TRUNCATED' });
      const ends = Buffer.concat([...Array.from({ length: 1000 }, () => valid.subarray(-12)), Buffer.from('more')]);
      await expect(list(Buffer.concat([valid.subarray(0, 24), ends]))).rejects.toMatchObject({
        code: 'ERR_BUILD_ARCHIVE_TRUNCATED',
      });
    });

    it('readArchive refuses a bomb whose index lies, when more comes out than was said', async () => {
      const content = Buffer.alloc(4 << 20);
      const bomb = xzStream({ blocks: [{ packed: storedLzma2(content), size: 1000, content }] });
      await expect(list(bomb)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH' });
    });

    it('readArchive that is cancelled in the middle rejects with the reason itself', async () => {
      const content = noise(8 << 20);
      const large = xzStream({ blocks: [{ content: Buffer.concat([tarEntry({ name: 'l', content }), TAR_END]) }] });
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
