import { gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { MemoryMedium } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { pax, TAR_END, tarEntry, tarGz } from '../support/forge.ts';
import { list, names } from '../support/reading.ts';

const refused = async (bytes: Uint8Array, code: string): Promise<void> => {
  await expect(list(bytes)).rejects.toMatchObject({ code, name: 'BuildError', path: 'a' });
};

describe('readArchive of tar.gz', () => {
  describe('Good', () => {
    it('readArchive gives files, directories and links in their order', async () => {
      const bytes = tarGz(
        tarEntry({ name: 'd/', type: '5', mode: 0o755 }),
        tarEntry({ name: 'd/a', content: 'hello', mode: 0o755 }),
        tarEntry({ name: 'd/l', type: '2', target: 'a' }),
        tarEntry({ name: 'h', type: '1', target: 'd/a' }),
      );
      expect(await list(bytes)).toEqual([
        { name: 'd', kind: 'dir', mode: 0o755, target: '', text: '' },
        { name: 'd/a', kind: 'file', mode: 0o755, target: '', text: 'hello' },
        { name: 'd/l', kind: 'symlink', mode: 0o644, target: 'a', text: '' },
        { name: 'h', kind: 'hardlink', mode: 0o644, target: 'd/a', text: '' },
      ]);
    });

    it('readArchive takes names, targets and sizes of PAX headers', async () => {
      const long = `${'x'.repeat(200)}/${'y'.repeat(200)}`;
      const bytes = tarGz(
        pax({ comment: 'a commit' }, 'g'),
        pax({ path: long, size: '5', mtime: '1700000000.25' }),
        tarEntry({ name: 'short', content: 'hello', size: 0 }).subarray(0, 512),
        tarEntry({ name: '', content: 'hello' }).subarray(512),
        pax({ linkpath: 'ünï' }),
        tarEntry({ name: 'l', type: '2' }),
      );
      const [file, link] = await list(bytes);
      expect(file).toMatchObject({ name: long, text: 'hello' });
      expect(link).toMatchObject({ name: 'l', target: 'ünï' });
    });

    it('readArchive takes moments before 1970, of PAX and of GNU', async () => {
      const medium = new MemoryMedium({
        a: tarGz(
          ...[pax({ mtime: '-5' }), tarEntry({ name: 'a' }), pax({ mtime: '-0.5' }), tarEntry({ name: 'b' })],
          tarEntry({ name: 'c', patch: [[136, `${'\xff'.repeat(11)}\xfb`]] }),
        ),
      });
      const seconds: number[] = [];
      for await (const { mtime } of (await readArchive(medium, 'a')).entries()) seconds.push(mtime.getTime() / 1000);
      expect(seconds).toEqual([-5, -1, -5]);
    });

    it('readArchive takes the long names of GNU', async () => {
      const name = 'n'.repeat(300);
      const bytes = tarGz(
        tarEntry({ name: '././@LongLink', type: 'L', content: `${name}\0` }),
        tarEntry({ name: '././@LongLink', type: 'K', content: 'target\0', magic: 'ustar  \0' }),
        tarEntry({ name: 'cut', type: '2', magic: 'ustar  \0' }),
      );
      expect(await list(bytes)).toMatchObject([{ name, kind: 'symlink', target: 'target' }]);
    });

    it('readArchive takes prefixes, binary sizes, ./ and old directories', async () => {
      const bytes = tarGz(
        tarEntry({ name: './', type: '5' }),
        tarEntry({ name: './b', content: 'x', patch: [[345, 'pre/fix']] }),
        tarEntry({ name: 'old/', type: '0' }),
        tarEntry({ name: 'wide', content: 'yz', patch: [[124, `\x80${'\0'.repeat(10)}\x02`]] }),
      );
      expect(await names(bytes)).toEqual(['pre/fix/b', 'old', 'wide']);
    });

    it('readArchive reads several gzip members as one, with all their optional fields', async () => {
      const tar = Buffer.concat([tarEntry({ name: 'a', content: 'x'.repeat(1000) }), TAR_END]);
      const member = gzipSync(tar.subarray(700));
      const fancy = Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 255, 3, 0]),
        Buffer.from('abcname\0comment\0..'),
        member.subarray(10),
      ]);
      expect(await names(Buffer.concat([gzipSync(tar.subarray(0, 700)), fancy]))).toEqual(['a']);
    });

    it('readArchive takes zeros after the end, as tar pads its records', async () => {
      expect(await names(tarGz(tarEntry({ name: 'a' }), TAR_END, Buffer.alloc(10_240)))).toEqual(['a']);
    });

    it('readArchive gives nothing for a tar file of nothing', async () => {
      expect(await names(tarGz())).toEqual([]);
    });
  });

  describe('Bad', () => {
    it.each([
      ['no end mark', gzipSync(tarEntry({ name: 'a' })), 'ERR_BUILD_ARCHIVE_TRUNCATED'],
      [
        'half an end mark',
        gzipSync(Buffer.concat([tarEntry({ name: 'a' }), Buffer.alloc(512)])),
        'ERR_BUILD_ARCHIVE_TRUNCATED',
      ],
      [
        'a content that ends early',
        gzipSync(tarEntry({ name: 'a', content: 'x', size: 5000 })),
        'ERR_BUILD_ARCHIVE_TRUNCATED',
      ],
      ['half a header', gzipSync(tarEntry({ name: 'a' }).subarray(0, 300)), 'ERR_BUILD_ARCHIVE_TRUNCATED'],
      ['a PAX header that ends early', gzipSync(pax({ path: 'x' }).subarray(0, 600)), 'ERR_BUILD_ARCHIVE_TRUNCATED'],
      ['nothing but gzip', gzipSync(''), 'ERR_BUILD_ARCHIVE_TRUNCATED'],
      ['text in gzip', gzipSync('no tar file at all '.repeat(100)), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      ['another kind of tar', tarGz(tarEntry({ name: 'a', magic: 'future\0\0' })), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'an entry after the end',
        tarGz(tarEntry({ name: 'a' }), TAR_END, tarEntry({ name: 'b' })),
        'ERR_BUILD_ARCHIVE_TRAILING_DATA',
      ],
      [
        'an entry after half an end',
        tarGz(Buffer.alloc(512), tarEntry({ name: 'b' })),
        'ERR_BUILD_ARCHIVE_TRAILING_DATA',
      ],
      ['something after the gzip', Buffer.concat([tarGz(), Buffer.from('more')]), 'ERR_BUILD_ARCHIVE_TRAILING_DATA'],
      ['one byte after the gzip', Buffer.concat([tarGz(), Buffer.from('m')]), 'ERR_BUILD_ARCHIVE_TRAILING_DATA'],
      ['zeros after the gzip', Buffer.concat([tarGz(), Buffer.alloc(512)]), 'ERR_BUILD_ARCHIVE_TRAILING_DATA'],
      ['a sparse file', tarGz(tarEntry({ name: 'a', type: 'S' })), 'ERR_BUILD_ARCHIVE_UNSUPPORTED'],
      [
        'a sparse file of PAX',
        tarGz(pax({ 'GNU.sparse.major': '1' }), tarEntry({ name: 'a' })),
        'ERR_BUILD_ARCHIVE_UNSUPPORTED',
      ],
      ['a global name', tarGz(pax({ path: 'x' }, 'g'), tarEntry({ name: 'a' })), 'ERR_BUILD_ARCHIVE_UNSUPPORTED'],
      [
        'a time of no calendar',
        tarGz(pax({ mtime: '8640000000001' }), tarEntry({ name: 'a' })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a time before all calendars',
        tarGz(pax({ mtime: '-9999999999999999' }), tarEntry({ name: 'a' })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      ['a time that is no number', tarGz(pax({ mtime: '1e5' }), tarEntry({ name: 'a' })), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'names that are one on Windows',
        tarGz(tarEntry({ name: 'a.' }), tarEntry({ name: 'a' })),
        'ERR_BUILD_ARCHIVE_DUPLICATE',
      ],
      ['a multi-volume entry', tarGz(tarEntry({ name: 'a', type: 'M' })), 'ERR_BUILD_ARCHIVE_UNSUPPORTED'],
      ['a character device', tarGz(tarEntry({ name: 'a', type: '3' })), 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'],
      ['a block device', tarGz(tarEntry({ name: 'a', type: '4' })), 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'],
      ['a pipe', tarGz(tarEntry({ name: 'a', type: '6' })), 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'],
      [
        'a directory with a content',
        tarGz(tarEntry({ name: 'a/', type: '5', content: 'x' })),
        'ERR_BUILD_ARCHIVE_SIZE_MISMATCH',
      ],
      [
        'a link with a content',
        tarGz(tarEntry({ name: 'a', type: '2', target: 'b', content: 'x' })),
        'ERR_BUILD_ARCHIVE_SIZE_MISMATCH',
      ],
      [
        'a name that is not UTF-8',
        tarGz(tarEntry({ name: Buffer.from([0x66, 0xff]) })),
        'ERR_BUILD_ARCHIVE_NAME_INVALID',
      ],
      ['a size that is no number', tarGz(tarEntry({ name: 'a', patch: [[124, '12x']] })), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'a negative size',
        tarGz(tarEntry({ name: 'a', patch: [[124, '\xff'.repeat(12)]] })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a size beyond all numbers',
        tarGz(tarEntry({ name: 'a', patch: [[124, `\x80${'\xff'.repeat(11)}`]] })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a PAX size that is no number',
        tarGz(pax({ size: '-5' }), tarEntry({ name: 'a' })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a PAX record without =',
        tarGz(tarEntry({ name: 'p', type: 'x', content: '9 nothing\n' })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a PAX record longer than its header',
        tarGz(tarEntry({ name: 'p', type: 'x', content: '99 a=b\n' })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      [
        'a PAX record of no length',
        tarGz(tarEntry({ name: 'p', type: 'x', content: '0 a=b\n' })),
        'ERR_BUILD_ARCHIVE_CORRUPT',
      ],
      ['a header of 2 MiB', tarGz(tarEntry({ name: 'p', type: 'L', size: 2 << 20 })), 'ERR_BUILD_ARCHIVE_CORRUPT'],
      [
        'a hard link to nothing',
        tarGz(tarEntry({ name: 'h', type: '1', target: 'a' })),
        'ERR_BUILD_ARCHIVE_LINK_ESCAPES',
      ],
      [
        'a hard link to the outside',
        tarGz(tarEntry({ name: 'h', type: '1', target: '../a' })),
        'ERR_BUILD_ARCHIVE_LINK_ESCAPES',
      ],
      [
        'a hard link to a link',
        tarGz(tarEntry({ name: 'l', type: '2', target: 'x' }), tarEntry({ name: 'h', type: '1', target: 'l' })),
        'ERR_BUILD_ARCHIVE_LINK_ESCAPES',
      ],
      [
        'a link with the name of a directory',
        tarGz(tarEntry({ name: 'l/', type: '2', target: 'x' })),
        'ERR_BUILD_ARCHIVE_NAME_INVALID',
      ],
      ['a link at the root', tarGz(tarEntry({ name: '.', type: '2', target: 'x' })), 'ERR_BUILD_ARCHIVE_NAME_INVALID'],
    ])('readArchive refuses %s', async (_, bytes, code) => {
      await refused(bytes, code);
    });

    it('readArchive names the archive and the entry', async () => {
      const error: unknown = await list(tarGz(tarEntry({ name: 'dev/null', type: '3' }))).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        message: 'Cannot read the entry "dev/null" of "a": it is a device or a pipe',
        entry: 'dev/null',
        op: 'build.readArchive',
      });
    });
  });

  describe('Ugly', () => {
    it('readArchive notices one wrong bit in any header', async () => {
      const tar = Buffer.concat([tarEntry({ name: 'a', content: 'hello' }), TAR_END]);
      for (let at = 0; at < 512; at += 1) {
        if (at >= 148 && at < 156) continue; // the sum itself: its zeros and spaces mean the same
        const bent = Buffer.from(tar);
        bent[at] = (bent[at] ?? 0) ^ 1;
        await refused(gzipSync(bent), 'ERR_BUILD_ARCHIVE_CORRUPT');
      }
    });

    it('readArchive refuses every truncation', async () => {
      const bytes = tarGz(tarEntry({ name: 'a', content: 'some text that does not compress: 8f3kz' }));
      for (let length = 2; length < bytes.length; length += 1) {
        await refused(bytes.subarray(0, length), 'ERR_BUILD_ARCHIVE_TRUNCATED');
      }
    });
  });
});
