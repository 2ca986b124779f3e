import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import fc from 'fast-check';

import { isCoreError } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { TAR_END, tarEntry, tarGz, zip } from '../support/forge.ts';
import { xzStream } from '../support/forge-xz.ts';
import { checksum, skippable, storedBlocks, zstFrame } from '../support/forge-zst.ts';
import { type Listed, list, names } from '../support/reading.ts';

describe('readArchive', () => {
  describe('Good', () => {
    it('readArchive tells the format by the content, not by the name', async () => {
      const files = {
        'a.zip': tarGz(),
        b: zip([]),
        'c.txt': zip([{ name: 'x' }]),
        'd.gz': xzStream({ blocks: [] }),
        e: zstFrame({ blocks: [] }),
        f: skippable(Buffer.from('x')),
      };
      const medium = new MemoryMedium(files);
      const formats = await Promise.all(
        Object.keys(files).map(async (path) => (await readArchive(medium, path)).format),
      );
      expect(formats).toEqual(['gz', 'zip', 'zip', 'xz', 'zst', 'zst']);
    });
  });

  describe('Bad', () => {
    it.each([[''], ['P'], ['PK'], ['some text'], ['\x1f'], ['\x50\x2a\x4d']])(
      'readArchive refuses %j as no archive',
      async (content) => {
        const medium = new MemoryMedium({ 'a.zip': content });
        await expect(readArchive(medium, 'a.zip')).rejects.toMatchObject({
          code: 'ERR_BUILD_ARCHIVE_UNKNOWN_FORMAT',
          path: 'a.zip',
        });
      },
    );

    it('readArchive refuses what is not there, and what is a directory', async () => {
      const medium = new MemoryMedium({ d: {} });
      await expect(readArchive(medium, 'missing')).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(readArchive(medium, 'd')).rejects.toMatchObject({ code: 'EISDIR' });
    });

    it('readArchive keeps the limits', async () => {
      const bytes = tarGz(tarEntry({ name: 'a', content: 'x'.repeat(3000) }), tarEntry({ name: 'b' }));
      await expect(list(bytes, { maxBytes: 2999 })).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TOO_LARGE' });
      await expect(list(bytes, { maxEntries: 1 })).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TOO_MANY' });
      await expect(list(bytes, { maxBytes: -1 })).rejects.toThrow(RangeError);
      const packed = zip([{ name: 'a', content: 'x'.repeat(3000) }]);
      await expect(list(packed, { maxBytes: 2999 })).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TOO_LARGE' });
      expect(await list(packed, { maxBytes: 3000 })).toHaveLength(1);
    });

    it('readArchive refuses a bomb, tar.gz or zip, before it has gone off', async () => {
      const zeros = Buffer.alloc(70 * 2 ** 20);
      const code = 'ERR_BUILD_ARCHIVE_RATIO';
      await expect(names(tarGz(tarEntry({ name: 'a', content: zeros })))).rejects.toMatchObject({ code });
      const bomb = zip([{ name: 'a', content: zeros }]);
      await expect(names(bomb)).rejects.toMatchObject({ code });
      expect(await names(bomb, { maxRatio: 2000 })).toEqual(['a']);
    }, 60_000);

    it('readArchive counts hard links as the files that they become', async () => {
      const entries = [tarEntry({ name: 'a', content: 'x'.repeat(1000) })];
      for (let i = 0; i < 50; i += 1) entries.push(tarEntry({ name: `l${String(i)}`, type: '1', target: 'a' }));
      await expect(list(tarGz(...entries), { maxBytes: 80_000 })).resolves.toHaveLength(51);
      await expect(list(tarGz(...entries), { maxBytes: 75_000 })).rejects.toMatchObject({
        code: 'ERR_BUILD_ARCHIVE_TOO_LARGE',
      });
    });
  });

  describe('Ugly', () => {
    const entries = [
      tarEntry({ name: 'd/', type: '5' }),
      tarEntry({ name: 'd/a', content: 'hello, hello, hello' }),
      tarEntry({ name: 'l', type: '2', target: 'd/a' }),
    ];
    const tar = Buffer.concat([...entries, TAR_END]);
    const valid = [
      tarGz(...entries),
      zip([
        { name: 'd/', stored: true },
        { name: 'd/a', content: 'hello, hello, hello' },
        { name: 's', content: 'stored', stored: true },
      ]),
      xzStream({ blocks: [{ content: tar.subarray(0, 600) }, { content: tar.subarray(600) }] }),
    ];

    it('readArchive of damaged bytes gives what was there, or refuses with a code, and never anything else', async () => {
      const frame = zstFrame({ blocks: storedBlocks(tar, 700), size: tar.length, checksum: await checksum(tar) });
      const all = [...valid, frame];
      const whole = await Promise.all(all.map((bytes) => list(bytes)));
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 1, 2, 3), // what needs a thread takes longer
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          async (which, changes) => {
            const bytes = Buffer.from(all[which] ?? '');
            for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
            const result = await list(bytes).catch((error: unknown) => error);
            if (isCoreError(result)) expect(result.code).toMatch(/^ERR_BUILD_(ARCHIVE_|FORMAT_)/);
            else expect(contents(whole[which] ?? [])).toEqual(expect.arrayContaining(contents(result as Listed[])));
          },
        ),
        { numRuns: 400 },
      );
    }, 120_000);

    it('readArchive stops when it is told to, with the reason itself', async () => {
      const medium = new MemoryMedium({ a: valid[0] ?? '' });
      const reader = await readArchive(medium, 'a');
      const controller = new AbortController();
      const reason = new Error('enough');
      const reading = (async () => {
        for await (const { name } of reader.entries({ signal: controller.signal })) {
          expect(name).toBe('d');
          controller.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
      await expect(readArchive(medium, 'a', { signal: controller.signal })).rejects.toBe(reason);
    });
  });
});

/** The contents of the files. What is a file and what is not has no digest in a zip file: a bit less is not noticed. */
function contents(listed: readonly Listed[]): string[] {
  return listed.filter(({ kind }) => kind === 'file').map(({ text }) => text);
}
