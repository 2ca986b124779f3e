import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { tarEntry, tarGz, zip } from '../support/forge.ts';
import { list, names } from '../support/reading.ts';

const asTar = (...entries: string[]): Buffer => tarGz(...entries.map((name) => tarEntry({ name })));
const asZip = (...entries: string[]): Buffer => zip(entries.map((name) => ({ name, content: 'x' })));
const links = (...pairs: (readonly [name: string, target: string])[]): Buffer =>
  tarGz(...pairs.map(([name, target]) => tarEntry({ name, target, type: '2' })));

describe('readArchive and names', () => {
  describe('Good', () => {
    it('readArchive cleans names of empty parts and dots', async () => {
      expect(await names(asTar('./a//b', 'c/./d', '.hidden', '..twice', 'a b', '-rf'))).toEqual([
        'a/b',
        'c/d',
        '.hidden',
        '..twice',
        'a b',
        '-rf',
      ]);
    });

    it('readArchive takes links that stay inside, also through others and in circles', async () => {
      const bytes = links(
        ['Versions/Current', 'A'],
        ['lib', 'Versions/Current/lib'],
        ['x/up', '../y'],
        ['p', 'q'],
        ['q', 'p'],
      );
      expect(await names(bytes)).toHaveLength(5);
    });

    it('readArchive takes a directory after its content', async () => {
      const bytes = tarGz(tarEntry({ name: 'd/a' }), tarEntry({ name: 'd/', type: '5' }));
      expect(await names(bytes)).toEqual(['d/a', 'd']);
    });
  });

  describe('Bad', () => {
    it.each([
      ['../evil', 'ERR_BUILD_ARCHIVE_PATH_ESCAPES'],
      ['a/../../evil', 'ERR_BUILD_ARCHIVE_PATH_ESCAPES'],
      ['a/..', 'ERR_BUILD_ARCHIVE_PATH_ESCAPES'],
      ['..\\evil', 'ERR_BUILD_ARCHIVE_PATH_ESCAPES'],
      ['/etc/passwd', 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'],
      ['//server/share', 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'],
      ['\\\\server\\share', 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'],
      ['C:\\Windows', 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'],
      ['c:evil', 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'],
      ['a\\b', 'ERR_BUILD_ARCHIVE_NAME_INVALID'],
      ['', 'ERR_BUILD_ARCHIVE_NAME_INVALID'],
    ])('readArchive refuses the name %j in tar and zip', async (name, code) => {
      await expect(names(asTar(name))).rejects.toMatchObject({ code });
      await expect(names(asZip(name))).rejects.toMatchObject({ code });
    });

    it('readArchive refuses NUL in a name, where tar cannot say it', async () => {
      await expect(names(asZip('a\0.txt'))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_NAME_INVALID' });
    });

    it('readArchive refuses a name of 5,000 characters', async () => {
      await expect(names(asZip('x/'.repeat(2500) + 'y'))).rejects.toMatchObject({
        code: 'ERR_BUILD_ARCHIVE_NAME_INVALID',
      });
    });

    it.each([
      [['a', 'a']],
      [['README', 'readme']],
      [['stra\u00dfe', 'STRASSE']],
      [['\u00e9', 'e\u0301']],
      [['a', 'a/b']],
      [['a/b', 'a']],
      [['Dir/a', 'dir/b']],
    ])('readArchive refuses %j as one name twice', async (twice) => {
      await expect(names(asTar(...twice))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_DUPLICATE' });
      await expect(names(asZip(...twice))).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_DUPLICATE' });
    });

    it('readArchive refuses a directory that is listed twice', async () => {
      const bytes = tarGz(tarEntry({ name: 'd/', type: '5' }), tarEntry({ name: 'd', type: '5' }));
      await expect(names(bytes)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_DUPLICATE' });
    });

    it.each([['/etc'], ['..'], ['../x'], ['a/../../x'], ['C:\\x'], ['a\\..\\x'], ['']])(
      'readArchive refuses a link to %j',
      async (target) => {
        await expect(names(links(['l', target]))).rejects.toMatchObject({
          code: 'ERR_BUILD_ARCHIVE_LINK_ESCAPES',
          entry: 'l',
        });
      },
    );

    it('readArchive refuses what would be written through a link', async () => {
      const bytes = tarGz(tarEntry({ name: 'l', type: '2', target: 'd' }), tarEntry({ name: 'l/evil' }));
      await expect(names(bytes)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_THROUGH_LINK', entry: 'l/evil' });
      const byCase = tarGz(tarEntry({ name: 'L', type: '2', target: 'd' }), tarEntry({ name: 'l/evil' }));
      await expect(names(byCase)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_THROUGH_LINK' });
    });
  });

  describe('Ugly', () => {
    it('readArchive follows links through other links, also later ones, before it believes them', async () => {
      // a/b/up leads to the root, so that a/b/up/.. is outside, though it does not look so
      const bytes = links(['out', 'a/b/up/../x'], ['a/b/up', '../..']);
      await expect(names(bytes)).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_LINK_ESCAPES', entry: 'out' });
    });

    it('readArchive ends in time with links that double at each step', async () => {
      const pairs = Array.from(
        { length: 200 },
        (_, i) => [`l${String(i)}`, `l${String(i + 1)}/l${String(i + 1)}`] as const,
      );
      expect(await names(links(...pairs))).toHaveLength(200);
    });

    it('readArchive checks a content that nobody reads, and lets go of one that is read half', async () => {
      const medium = new MemoryMedium({
        'a.zip': zip([{ name: 'a', content: 'x'.repeat(1e6), crc: 1 }, { name: 'b' }]),
      });
      const reader = await readArchive(medium, 'a.zip');
      const unread = (async () => {
        for await (const { name } of reader.entries()) expect(name).toBe('a');
      })();
      await expect(unread).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_CHECKSUM' });
      for await (const entry of reader.entries()) {
        for await (const chunk of entry.content()) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        break;
      }
    });

    it('ReadEntry.content can be read once, and not later', async () => {
      const reader = await readArchive(new MemoryMedium({ a: asTar('a', 'b') }), 'a');
      let earlier: (() => unknown) | undefined;
      for await (const entry of reader.entries()) {
        if (earlier !== undefined) expect(earlier).toThrow(TypeError);
        earlier = () => entry.content();
        await entry.bytes();
        expect(earlier).toThrow(TypeError);
      }
    });

    it('readArchive reads again for every loop', async () => {
      const bytes = asTar('a', 'b');
      const reader = await readArchive(new MemoryMedium({ a: bytes }), 'a');
      for (let turn = 0; turn < 2; turn += 1) {
        const seen: string[] = [];
        for await (const { name } of reader.entries()) seen.push(name);
        expect(seen).toEqual(['a', 'b']);
      }
      expect(await list(bytes)).toHaveLength(2);
    });
  });
});
