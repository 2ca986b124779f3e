import { deflateRawSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { record, zip } from '../support/forge.ts';
import { list, names } from '../support/reading.ts';

const hello = { name: 'a', content: 'hello' };
const streamed = 0x0808;
const helloCrc = 0x3610a686;
const packedHello = deflateRawSync('hello').length;

/** What a writer leaves that did not know the sizes beforehand. */
const descriptor = (crc = helloCrc, wide = false, signed = true): Buffer =>
  record(
    ...(signed ? [[4, 0x08074b50] as const] : []),
    [4, crc],
    [wide ? 8 : 4, packedHello],
    [wide ? 8 : 4, hello.content.length],
  );

const end64 = ({ offset, length }: { offset: number; length: number }, entries = 1): Buffer =>
  Buffer.concat([
    record([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [8, 0], [8, entries], [8, entries], [8, length], [8, offset]),
    record([4, 0x07064b50], [4, 0], [8, offset + length], [4, 1]),
  ]);

describe('readArchive of zip', () => {
  describe('Good', () => {
    it('readArchive gives files, directories and links in the order of the directory', async () => {
      const bytes = zip([
        { name: 'd/', stored: true, unixMode: 0o040755 },
        { name: 'd/a', content: 'hello', unixMode: 0o100755 },
        { name: 'd/l', content: 'a', stored: true, unixMode: 0o120777 },
        { name: 'b', content: 'stored', stored: true },
      ]);
      expect(await list(bytes)).toEqual([
        { name: 'd', kind: 'dir', mode: 0o755, target: '', text: '' },
        { name: 'd/a', kind: 'file', mode: 0o755, target: '', text: 'hello' },
        { name: 'd/l', kind: 'symlink', mode: 0o777, target: 'a', text: '' },
        { name: 'b', kind: 'file', mode: 0o644, target: '', text: 'stored' },
      ]);
    });

    it.each([
      ['12 bytes', descriptor(helloCrc, false, false)],
      ['16 bytes', descriptor()],
      ['20 bytes', descriptor(helloCrc, true, false)],
      ['24 bytes', descriptor(helloCrc, true)],
    ])('readArchive takes a descriptor of %s', async (_, bytes) => {
      expect(await names(zip([{ ...hello, flags: streamed, descriptor: bytes }, { name: 'b' }]))).toEqual(['a', 'b']);
    });

    it('readArchive takes sizes and offsets of zip64', async () => {
      const sizes = record([2, 1], [2, 16], [8, 5], [8, packedHello]);
      const entry = { ...hello, size: 0xffffffff, packed: 0xffffffff, extra: sizes, localExtra: sizes };
      expect(await list(zip([entry]))).toMatchObject([{ text: 'hello' }]);
      const far = record([2, 1], [2, 8], [8, 0]);
      expect(await names(zip([{ ...hello, offset: 0xffffffff, extra: far }]))).toEqual(['a']);
    });

    it('readArchive takes the zip64 end', async () => {
      const bytes = zip([hello], { count: 0xffff, directoryOffset: 0xffffffff, beforeEnd: end64 });
      expect(await names(bytes)).toEqual(['a']);
    });

    it('readArchive takes comments, foreign extra fields and the padding of zipalign', async () => {
      const extra = record([2, 0x5455], [2, 5], [2, 3], [2, 0]).subarray(0, 9);
      expect(
        await names(zip([{ ...hello, localExtra: Buffer.concat([extra, Buffer.alloc(3)]) }], { comment: 'hi' })),
      ).toEqual(['a']);
    });

    it('readArchive gives default modes where no Unix made the archive', async () => {
      expect(
        await list(
          zip([
            { ...hello, unixMode: 0 },
            { name: 'd/', unixMode: 0 },
          ]),
        ),
      ).toMatchObject([{ mode: 0o644 }, { kind: 'dir', mode: 0o755 }]);
    });

    it('readArchive gives nothing for a zip file of nothing', async () => {
      expect(await names(zip([]))).toEqual([]);
    });
  });

  describe('Bad', () => {
    it.each([
      ['an encrypted entry', zip([{ ...hello, flags: 1 }]), 'ERR_BUILD_ARCHIVE_UNSUPPORTED'],
      ['another compression', zip([{ ...hello, method: 12 }]), 'ERR_BUILD_ARCHIVE_UNSUPPORTED'],
      ['a part of a spread archive', zip([hello], { disk: 1 }), 'ERR_BUILD_ARCHIVE_UNSUPPORTED'],
      ['a wrong digest', zip([{ ...hello, crc: 1 }]), 'ERR_BUILD_ARCHIVE_CHECKSUM'],
      ['a size that is too small', zip([{ ...hello, size: 4 }]), 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH'],
      ['a size that is too large', zip([{ ...hello, size: 6 }]), 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH'],
      ['a packed size that is too small', zip([{ ...hello, packed: 3 }]), 'ERR_BUILD_ARCHIVE_TRAILING_DATA'],
      ['two sizes that disagree', zip([{ ...hello, localSize: 4 }]), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      ['two names that disagree', zip([{ ...hello, localName: 'b' }]), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'a descriptor that disagrees',
        zip([{ ...hello, flags: streamed, descriptor: descriptor(1) }]),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      ['a descriptor that is missing', zip([{ ...hello, flags: streamed }]), 'ERR_BUILD_ARCHIVE_TRAILING_DATA'],
      [
        'a descriptor without its signature',
        zip([{ ...hello, flags: streamed, descriptor: Buffer.alloc(16) }]),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'two entries with one content',
        zip([hello, { name: 'b', content: 'hello', offset: 0 }]),
        'ERR_BUILD_ARCHIVE_OVERLAP',
      ],
      [
        'an entry inside another',
        zip([
          { ...hello, stored: true, packed: 200, size: 200 },
          { name: 'b', content: 'x' },
        ]),
        'ERR_BUILD_ARCHIVE_OVERLAP',
      ],
      ['bytes before the first entry', zip([{ ...hello, gap: Buffer.from('MZ') }]), 'ERR_BUILD_ARCHIVE_UNKNOWN_FORMAT'],
      [
        'an entry before the first',
        zip([{ ...hello, gap: zip([hello]).subarray(0, 40) }]),
        'ERR_BUILD_ARCHIVE_TRAILING_DATA',
      ],
      [
        'bytes between entries',
        zip([hello, { name: 'b', gap: Buffer.from('hidden') }]),
        'ERR_BUILD_ARCHIVE_TRAILING_DATA',
      ],
      ['bytes after the end', Buffer.concat([zip([hello]), Buffer.from('x')]), 'ERR_BUILD_ARCHIVE_TRAILING_DATA'],
      ['bytes before the end', zip([hello], { beforeEnd: () => Buffer.from('x') }), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'a second end in the comment',
        zip([hello], { comment: zip([]).toString('latin1') }),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      ['a number of entries that lies', zip([hello], { count: 2 }), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      ['a directory that is elsewhere', zip([hello], { directoryOffset: 3 }), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      ['two ends that disagree', zip([hello], { beforeEnd: (at) => end64(at, 2) }), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'a zip64 end that is damaged',
        zip([hello], { beforeEnd: (at) => end64(at).fill(0, 0, 4) }),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      ['a zip64 size that is missing', zip([{ ...hello, size: 0xffffffff }]), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'an extra field that is too long',
        zip([{ ...hello, extra: record([2, 1], [2, 9]) }]),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a local header that is missing',
        zip([{ ...hello, offset: 1, gap: Buffer.from('PK\x03\x04') }]),
        'ERR_BUILD_ARCHIVE_TRAILING_DATA',
      ],
      ['a device', zip([{ ...hello, unixMode: 0o020644 }]), 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'],
      ['a pipe', zip([{ ...hello, unixMode: 0o010644 }]), 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'],
      ['a socket', zip([{ ...hello, unixMode: 0o140644 }]), 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'],
      ['a directory with a content', zip([{ name: 'd/', content: 'x' }]), 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH'],
      ['a name that is not UTF-8', zip([{ name: Buffer.from([0x81]) }]), 'ERR_BUILD_ARCHIVE_NAME_INVALID'],
      [
        'a target of 5,000 bytes',
        zip([{ name: 'l', content: 'x'.repeat(5000), unixMode: 0o120777 }]),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
    ])('readArchive refuses %s', async (_, bytes, code) => {
      await expect(list(bytes)).rejects.toMatchObject({ code, name: 'BuildError' });
    });

    it('readArchive refuses compressed data that is damaged', async () => {
      const bytes = zip([hello]);
      bytes[31] = 0xff; // a block type that does not exist
      await expect(list(bytes)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_CORRUPT' });
    });
  });

  describe('Ugly', () => {
    it('readArchive refuses every truncation', async () => {
      const bytes = zip([hello, { name: 'b', content: 'another' }]);
      for (let length = 4; length < bytes.length; length += 1) {
        await expect(list(bytes.subarray(0, length))).rejects.toMatchObject({
          code: expect.stringMatching(/_(TRUNCATED|TRAILING_DATA|CORRUPT)$/),
        });
      }
    });
  });
});
