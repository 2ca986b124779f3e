import { describe, expect, it } from '@jest/globals';
import { MemoryLink, MemoryMedium, type MemoryTree } from '@core/io';

import { archive, archiveWithFormat, archiveXz } from '../../src/archive/archive.ts';
import type { ArchiveFormat } from '../../src/archive/format.ts';
import type { ArchiveOptions, ArchiveProgress } from '../../src/archive/options.ts';
import { readArchive } from '../../src/archive/read/archive-reader.ts';
import type { Artifact } from '../../src/artifact.ts';
import { checksum } from '../../src/checksum/checksum.ts';
import { unpackWithReader } from '../../src/testing/unpack-with-reader.ts';

const linux = { os: 'linux', arch: 'amd64' };
const app: Artifact = { ...linux, path: 'dist/linux_amd64/app' };

/** Archives one artifact of a tree and reads it back. */
async function packed(
  tree: MemoryTree,
  artifact: Artifact = app,
  options: ArchiveOptions = {},
  format: ArchiveFormat = 'gz',
) {
  const medium = new MemoryMedium(tree);
  const result = await archiveWithFormat(medium, artifact, format, options);
  const entries = await unpackWithReader(await medium.readBytes(result.path));
  return { medium, result, entries, names: entries.map(({ name }) => name) };
}

describe('archive', () => {
  describe('Good', () => {
    it.each([
      ['gz', 'dist/app_linux_amd64.tar.gz'],
      ['xz', 'dist/app_linux_amd64.tar.xz'],
      ['zst', 'dist/app_linux_amd64.tar.zst'],
      ['zip', 'dist/app_linux_amd64.zip'],
    ] as const)('archiveWithFormat makes a %s with one entry of the own name', async (format, path) => {
      const { medium, result, entries } = await packed({ 'dist/linux_amd64/app': 'the program' }, app, {}, format);
      expect(result).toEqual(await checksum(medium, { ...linux, path, kind: 'archive' }));
      expect(entries).toMatchObject([{ name: 'app', kind: 'file', executable: false }]);
      expect(Buffer.from(entries[0]?.content ?? []).toString()).toBe('the program');
    });

    it('archive is gzip, and zip for Windows, where the entry keeps its ending', async () => {
      const medium = new MemoryMedium({ 'dist/windows_amd64/app.exe': 'MZ' });
      const result = await archive(medium, { path: 'dist/windows_amd64/app.exe', os: 'windows', arch: 'amd64' });
      expect(result.path).toBe('dist/app_windows_amd64.zip');
      expect(await unpackWithReader(await medium.readBytes(result.path))).toMatchObject([{ name: 'app.exe' }]);
    });

    it('archiveXz is xz, and zip for Windows', async () => {
      const medium = new MemoryMedium({ 'linux_amd64/app': 'ELF', 'windows_amd64/app.exe': 'MZ' });
      const made = [await archiveXz(medium, { path: 'linux_amd64/app', ...linux })];
      made.push(await archiveXz(medium, { path: 'windows_amd64/app.exe', os: 'windows', arch: 'amd64' }));
      expect(made.map(({ path }) => path)).toEqual(['app_linux_amd64.tar.xz', 'app_windows_amd64.zip']);
      expect((await readArchive(medium, 'app_linux_amd64.tar.xz')).format).toBe('xz');
    });

    it('archive keeps who may execute', async () => {
      const medium = new MemoryMedium();
      await medium.write(app.path, 'x', { mode: 0o711 });
      await archive(medium, app);
      expect(await unpackWithReader(await medium.readBytes('dist/app_linux_amd64.tar.gz'))).toMatchObject([
        { executable: true },
      ]);
    });

    it('archive adds files, by path or with a name, and sorts the entries by bytes', async () => {
      const tree = { [app.path]: 'x', 'README.md': 'r', 'docs/a.md': 'a', 'LICENSE-ünï': 'l' };
      const files = ['README.md', { path: 'docs/a.md', name: './docs/a.md' }, { path: 'LICENSE-ünï' }];
      expect((await packed(tree, app, { files })).names).toEqual(['LICENSE-ünï', 'README.md', 'app', 'docs/a.md']);
    });

    it('archive wraps everything into a directory of the name of the archive', async () => {
      const tree = { [app.path]: 'x', README: 'r' };
      expect((await packed(tree, app, { files: ['README'], wrap: true })).names).toEqual([
        'app_linux_amd64/README',
        'app_linux_amd64/app',
      ]);
      const named = await packed(tree, app, { wrap: true, name: ({ arch }) => `app-1.0-${arch}` }, 'zip');
      expect(named.result.path).toBe('dist/app-1.0-amd64.zip');
      expect(named.names).toEqual(['app-1.0-amd64/app']);
    });

    it.each(['gz', 'xz', 'zst', 'zip'] as const)(
      'archive packs a macOS bundle as a tree, with its links: %s',
      async (format) => {
        const tree = {
          'dist/darwin_arm64/My.app/Contents': {
            'Info.plist': 'p',
            '._Info.plist': 'litter',
            '.DS_Store': 'litter',
            Frameworks: {
              Versions: { A: { lib: 'l' }, Current: new MemoryLink('A') },
              lib: new MemoryLink('Versions/Current/lib'),
            },
            Empty: {},
          },
        };
        const artifact = { path: 'dist/darwin_arm64/My.app', os: 'darwin', arch: 'arm64' };
        const { result, entries } = await packed(tree, artifact, {}, format);
        expect(result.path).toMatch(/^dist\/My_darwin_arm64\.(tar\.(gz|xz|zst)|zip)$/);
        expect(entries.map(({ name, kind, target }) => [name.slice('My.app'.length), kind, target])).toEqual([
          ['', 'dir', ''],
          ['/Contents', 'dir', ''],
          ['/Contents/Empty', 'dir', ''],
          ['/Contents/Frameworks', 'dir', ''],
          ['/Contents/Frameworks/Versions', 'dir', ''],
          ['/Contents/Frameworks/Versions/A', 'dir', ''],
          ['/Contents/Frameworks/Versions/A/lib', 'file', ''],
          ['/Contents/Frameworks/Versions/Current', 'symlink', 'A'],
          ['/Contents/Frameworks/lib', 'symlink', 'Versions/Current/lib'],
          ['/Contents/Info.plist', 'file', ''],
        ]);
      },
    );

    it('archive follows a link to the artifact', async () => {
      const { entries } = await packed({ [app.path]: new MemoryLink('../real'), 'dist/real': 'the program' });
      expect(entries).toMatchObject([{ name: 'app', kind: 'file' }]);
    });

    it('archive tells how far it is', async () => {
      const told: ArchiveProgress[] = [];
      await packed({ [app.path]: Buffer.alloc(2_500_000), f: 'xyz' }, app, {
        files: ['f'],
        onProgress: (one) => told.push(one),
      });
      expect(told.map(({ doneBytes }) => doneBytes)).toEqual([1 << 20, 2 << 20, 2_500_000, 2_500_003]);
      expect(told.at(-1)).toEqual({ path: 'dist/app_linux_amd64.tar.gz', doneBytes: 2_500_003, totalBytes: 2_500_003 });
    });

    it('archive replaces an archive that is there', async () => {
      const { entries } = await packed({ [app.path]: 'new', 'dist/app_linux_amd64.tar.gz': 'old' });
      expect(entries).toHaveLength(1);
    });
  });

  describe('Bad', () => {
    it.each([
      ['an empty path', {}, '', 'ERR_BUILD_INVALID_ARTIFACT', 'Cannot use the artifact: its path is empty'],
      ['a missing file', {}, 'a', 'ERR_BUILD_ARTIFACT_NOT_FOUND', 'Cannot use the artifact "a": there is no such file'],
      [
        'a path below a file',
        { a: '' },
        'a/b',
        'ERR_BUILD_ARTIFACT_NOT_FOUND',
        'Cannot use the artifact "a/b": there is no such file',
      ],
      ['a directory', { a: {} }, 'a', 'ERR_BUILD_ARTIFACT_NOT_FILE', 'Cannot use the artifact "a": it is a directory'],
      [
        'a name with a backslash',
        { 'a\\b': '' },
        'a\\b',
        'ERR_BUILD_INVALID_ARTIFACT',
        expect.stringContaining('backslash'),
      ],
      ['a name with a drive', { 'c:x': '' }, 'c:x', 'ERR_BUILD_INVALID_ARTIFACT', expect.stringContaining('absolute')],
    ])('archive refuses %s', async (_, tree, path, code, message) => {
      const medium = new MemoryMedium(tree);
      const error: unknown = await archive(medium, { ...linux, path }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'BuildError', code, path, op: 'build.archive' });
      expect((error as Error).message).toEqual(message);
      expect((await medium.list('')).map(({ name }) => name)).toEqual(Object.keys(tree));
    });

    it.each(['tgz', 'rar', ''])(
      'archiveWithFormat refuses %s and says what is supported, also for Windows',
      async (format) => {
        for (const os of ['linux', 'windows']) {
          const making = archiveWithFormat(
            new MemoryMedium({ a: '' }),
            { path: 'a', os, arch: 'amd64' },
            format as ArchiveFormat,
          );
          await expect(making).rejects.toMatchObject({
            code: 'ERR_BUILD_FORMAT_UNSUPPORTED',
            message: `Cannot make an archive of the format "${format}": it is not supported`,
            hint: 'Supported are gz, xz, zst, zip.',
          });
        }
      },
    );

    it.each([
      [['missing'], 'ERR_BUILD_ARTIFACT_NOT_FOUND', 'missing'],
      [['dir'], 'ERR_BUILD_ARTIFACT_NOT_FILE', 'dir'],
      [['other/app'], 'ERR_BUILD_DUPLICATE_ENTRY', expect.anything()],
      [['other/APP'], 'ERR_BUILD_DUPLICATE_ENTRY', expect.anything()],
      [[{ path: 'f', name: 'app/below' }], 'ERR_BUILD_DUPLICATE_ENTRY', expect.anything()],
      [[{ path: 'f', name: '../f' }], 'ERR_BUILD_INVALID_ARTIFACT', 'f'],
      [[{ path: 'f', name: '.' }], 'ERR_BUILD_INVALID_ARTIFACT', 'f'],
    ])('archive refuses the extra files %j', async (files, code, path) => {
      const medium = new MemoryMedium({ [app.path]: 'x', f: '', dir: {}, other: { app: '', APP: '' } });
      await expect(archive(medium, app, { files })).rejects.toMatchObject({ code, path });
      expect(await medium.exists('dist/app_linux_amd64.tar.gz')).toBe(false);
    });

    it('archive refuses to replace what goes into it', async () => {
      const medium = new MemoryMedium({ 'a.zip': 'precious' });
      await expect(archiveWithFormat(medium, { ...linux, path: 'a.zip' }, 'zip', { name: 'a' })).rejects.toMatchObject({
        code: 'ERR_BUILD_DUPLICATE_ARCHIVE',
      });
      expect(await medium.read('a.zip')).toBe('precious');
    });

    it.each([['/etc/passwd'], ['../../outside'], ['Contents/../../x'], ['up/../x']])(
      'archive refuses a bundle with a link to %s',
      async (target) => {
        const medium = new MemoryMedium({ 'd/A.app/Contents/f': '', 'd/A.app/deep/x/y': '' });
        await medium.symlink('deep/x/../../..', 'd/A.app/up').catch(() => undefined);
        await medium.symlink(target, 'd/A.app/l');
        const making = archive(medium, { path: 'd/A.app', os: 'darwin', arch: 'arm64' });
        await expect(making).rejects.toMatchObject({
          code: 'ERR_BUILD_INVALID_ARTIFACT',
          path: expect.stringContaining('d/A.app'),
        });
        expect(await medium.list('d')).toHaveLength(1);
      },
    );

    it.each([
      [{ level: 0 }],
      [{ level: 10 }],
      [{ level: 1.5 }],
      [{ workers: 0 }],
      [{ workers: Infinity }],
      [{ name: 'a/b' }],
    ])('archive refuses the options %j', async (options) => {
      await expect(archive(new MemoryMedium({ a: '' }), { ...linux, path: 'a' }, options)).rejects.toThrow(RangeError);
    });
  });
});
