import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { MemoryMedium, snapshot } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { tarEntry, tarGz, zip } from '../support/forge.ts';
import { onDisk } from '../support/tools.ts';

const good = tarGz(
  tarEntry({ name: 'd/', type: '5' }),
  tarEntry({ name: 'd/run', content: '#!/bin/sh', mode: 0o755 }),
  tarEntry({ name: 'd/big', content: 'x'.repeat(400_000) }),
  tarEntry({ name: 'l', type: '2', target: 'd/run' }),
  tarEntry({ name: 'same', type: '1', target: 'd/run' }),
  tarEntry({ name: 'empty/', type: '5' }),
);

describe('ArchiveReader.extract', () => {
  describe('Good', () => {
    it('extract makes files, directories, links and hard links, with modes and times', async () => {
      const medium = new MemoryMedium({ a: good });
      const seen: string[] = [];
      const result = await (
        await readArchive(medium, 'a')
      ).extract(medium, 'x/out', { onEntry: ({ name }) => seen.push(name) });
      expect(result).toEqual({ files: 3, bytes: 400_009 });
      expect(seen).toEqual(['d', 'd/run', 'd/big', 'same', 'empty', 'l']);
      expect(await medium.readLink('x/out/l')).toBe('d/run');
      expect(await medium.read('x/out/same')).toBe('#!/bin/sh');
      expect((await medium.read('x/out/d/big')).length).toBe(400_000);
      expect(await medium.isDir('x/out/empty')).toBe(true);
      expect(await medium.stat('x/out/d/run')).toMatchObject({ mode: 0o755, mtime: new Date('1980-01-01T00:00:00Z') });
      expect(await medium.list('x')).toHaveLength(1);
    });

    it('extract fills another medium, and a directory that is empty', async () => {
      const target = new MemoryMedium({ out: {} });
      await (
        await readArchive(new MemoryMedium({ a: zip([{ name: 'f', content: 'hi' }]) }), 'a')
      ).extract(target, 'out');
      expect(await target.read('out/f')).toBe('hi');
    });

    it('extract drops setuid, setgid and sticky bits', async () => {
      const medium = new MemoryMedium({ a: tarGz(tarEntry({ name: 'su', mode: 0o6755 })) });
      await (await readArchive(medium, 'a')).extract(medium, 'out');
      expect((await medium.stat('out/su')).mode).toBe(0o755);
    });
  });

  describe('Bad', () => {
    it.each([
      ['a file', { out: 'here' }],
      ['a directory with something in it', { out: { f: '' } }],
    ])('extract refuses %s in its place', async (_, tree) => {
      const medium = new MemoryMedium({ ...tree, a: good });
      const before = await snapshot(medium, '');
      await expect((await readArchive(medium, 'a')).extract(medium, 'out')).rejects.toMatchObject({
        code: 'ERR_BUILD_ARCHIVE_TARGET_EXISTS',
        path: 'out',
      });
      expect(await snapshot(medium, '')).toEqual(before);
    });

    it.each([
      ['an empty directory elsewhere', '../precious'],
      ['nothing', 'nowhere'],
      ['itself', 'out'],
    ])('extract refuses a link to %s in its place, and leaves it', async (_, target) => {
      const medium = new MemoryMedium({ a: good, precious: {}, sub: {} });
      await medium.symlink(target, 'sub/out');
      await expect((await readArchive(medium, 'a')).extract(medium, 'sub/out')).rejects.toMatchObject({
        code: 'ERR_BUILD_ARCHIVE_TARGET_EXISTS',
        path: 'sub/out',
      });
      expect(await medium.readLink('sub/out')).toBe(target);
      expect(await medium.list('precious')).toEqual([]);
      expect(await medium.list('sub')).toHaveLength(1);
    });

    it('extract refuses the root', async () => {
      const medium = new MemoryMedium({ a: good });
      await expect((await readArchive(medium, 'a')).extract(medium, '/')).rejects.toThrow(RangeError);
    });
  });

  describe('Ugly', () => {
    it.each([
      ['a name that climbs out', tarGz(tarEntry({ name: 'ok', content: 'x' }), tarEntry({ name: '../evil' }))],
      [
        'a link that leads out',
        tarGz(
          tarEntry({ name: 'l', type: '2', target: 'a/b/up/../x' }),
          tarEntry({ name: 'a/b/up', type: '2', target: '../..' }),
        ),
      ],
      ['damage at the end', good.subarray(0, -1)],
      [
        'a wrong digest',
        zip([
          { name: 'ok', content: 'x' },
          { name: 'bad', content: 'x', crc: 1 },
        ]),
      ],
      [
        'a bomb',
        tarGz(tarEntry({ name: 'ok', content: 'x' }), tarEntry({ name: 'big', content: Buffer.alloc(66 << 20) })),
      ],
    ])(
      'extract leaves nothing of an archive with %s',
      async (_, bytes) => {
        const medium = new MemoryMedium({ a: bytes, sub: {} });
        await expect((await readArchive(medium, 'a')).extract(medium, 'sub/out')).rejects.toMatchObject({
          name: 'BuildError',
        });
        expect(await medium.list('sub')).toEqual([]);
        expect(await medium.list('')).toHaveLength(2);
      },
      30_000,
    );

    it('extract on a disk writes nothing outside of its target, whatever stands around it', async () => {
      await onDisk(async (medium, path) => {
        await medium.write('a', good);
        await medium.ensureDir('precious');
        await medium.symlink('precious', 'out');
        const reader = await readArchive(medium, 'a');
        await expect(reader.extract(medium, 'out')).rejects.toMatchObject({ code: 'ERR_BUILD_ARCHIVE_TARGET_EXISTS' });
        // a folder above may be a link, as long as it leads to where the medium is allowed to go
        await reader.extract(medium, 'out/below');
        expect(await medium.read('precious/below/d/run')).toBe('#!/bin/sh');
        await symlink('/', join(path, 'everywhere'));
        await expect(reader.extract(medium, 'everywhere/tmp/core-archive-escape')).rejects.toMatchObject({
          code: 'ERR_PATH_ESCAPES_ROOT',
        });
        expect((await medium.list('')).map(({ name }) => name)).toEqual(['a', 'everywhere', 'out', 'precious']);
      });
    });

    it('extract that becomes the target of another meanwhile leaves that one alone', async () => {
      const medium = new MemoryMedium({ a: good });
      const onEntry = (): void => void medium.write('out/other', 'of others');
      await expect((await readArchive(medium, 'a')).extract(medium, 'out', { onEntry })).rejects.toMatchObject({
        code: 'ENOTEMPTY',
      });
      expect(await snapshot(medium, 'out')).toEqual({ other: 'of others' });
      expect(await medium.list('')).toHaveLength(2);
    });

    it('extract that is cancelled rejects with the reason and leaves nothing', async () => {
      const medium = new MemoryMedium({ a: good, sub: {} });
      const controller = new AbortController();
      const reason = new Error('enough');
      const extracting = (await readArchive(medium, 'a')).extract(medium, 'sub/out', {
        signal: controller.signal,
        onEntry: () => {
          controller.abort(reason);
        },
      });
      await expect(extracting).rejects.toBe(reason);
      expect(await medium.list('sub')).toEqual([]);
    });
  });
});
