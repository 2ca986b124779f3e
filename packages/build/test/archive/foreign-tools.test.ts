import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { archiveWithFormat } from '../../src/archive/archive.ts';
import { archiveFormats, type ArchiveFormat } from '../../src/archive/format.ts';
import { readArchive } from '../../src/archive/read/archive-reader.ts';
import { noise } from '../../src/testing/archive-cases/encoding.ts';
import { onDisk, run } from './support/tools.ts';

const linux = { os: 'linux', arch: 'amd64' };
const LONG = `${'a'.repeat(120)}/${'b'.repeat(120)}/${'ü'.repeat(60)}`;
const NAMES = ['a b', 'grün 日本', '-rf', LONG, 'empty'];

/** A release of one program with files of odd names: `dist/out.tar.gz`, `dist/out.zip` … */
async function withArchive(
  format: ArchiveFormat,
  test: (path: string, archive: string) => Promise<void>,
): Promise<void> {
  await onDisk(async (medium, path) => {
    for (const name of NAMES)
      await medium.write(`files/${name}`, name === 'empty' ? '' : `${name}\n`.repeat(1000), { mode: 0o600 });
    await medium.write('dist/linux_amd64/-app', Buffer.alloc(3_000_000, 'program'), { mode: 0o700 });
    const files = NAMES.map((name) => ({ path: `files/${name}`, name }));
    const artifact = { ...linux, path: 'dist/linux_amd64/-app' };
    const { path: archive } = await archiveWithFormat(medium, artifact, format, { files, name: 'out' });
    await test(path, archive);
  });
}

/** What every tool must find when it has unpacked into `out`. */
async function expectUnpacked(path: string): Promise<void> {
  expect(await run(path, 'cmp', '--', 'out/-app', 'dist/linux_amd64/-app')).toBe('');
  for (const name of NAMES) expect(await run(path, 'cmp', '--', join('out', name), join('files', name))).toBe('');
  expect(await run(path, 'find', 'out', '-type', 'f', '-perm', '755', '-printf', '%f')).toBe('-app');
}

describe('archives in the hands of other programs', () => {
  describe('Good', () => {
    for (const [format, option, ...more] of [
      ['gz', '-z'],
      ['xz', '-J', 'xz'],
      ['zst', '--zstd', 'zstd'],
    ] as const) {
      needs('tar', ...more)(`tar lists and unpacks a tar.${format}`, async () => {
        await withArchive(format, async (path, archive) => {
          const listing = await run(path, 'tar', '--quoting-style=literal', option, '-tvf', archive);
          const lines = listing.trimEnd().split('\n');
          expect(lines[0]).toBe('-rwxr-xr-x 0/0         3000000 1980-01-01 00:00 -app');
          expect(lines.slice(1).map((line) => line.slice(0, 14))).toEqual(NAMES.map(() => '-rw-r--r-- 0/0'));
          expect(lines.map((line) => line.slice(line.indexOf(':') + 4)).toSorted()).toEqual(
            ['-app', ...NAMES].toSorted(),
          );
          await run(path, 'mkdir', 'out');
          await run(path, 'tar', option, '-xpf', archive, '-C', 'out');
          await expectUnpacked(path);
        });
      });
    }

    needs(
      'xz',
      'zstd',
      '7z',
    )('xz, zstd and 7z find no fault in their own formats', async () => {
      await withArchive('xz', async (path, archive) => {
        await run(path, 'xz', '-t', archive);
        expect(await run(path, '7z', 't', archive)).toContain('Everything is Ok');
      });
      await withArchive('zst', async (path, archive) => {
        await run(path, 'zstd', '-q', '-t', archive);
        expect(await run(path, 'zstd', '-lv', archive)).toContain('XXH64');
      });
      for (const format of ['gz', 'zip'] as const) {
        await withArchive(format, async (path, archive) => {
          expect(await run(path, '7z', 't', archive)).toContain('Everything is Ok');
        });
      }
    });

    needs('unzip')('unzip tests and unpacks a zip', async () => {
      await withArchive('zip', async (path, archive) => {
        expect(await run(path, 'unzip', '-t', archive)).toContain('No errors detected in compressed data');
        await run(path, 'unzip', '-q', archive, '-d', 'out');
        await expectUnpacked(path);
      });
    });

    needs('bsdtar')('bsdtar unpacks all', async () => {
      for (const format of archiveFormats()) {
        await withArchive(format, async (path, archive) => {
          await run(path, 'mkdir', 'out');
          await run(path, 'bsdtar', '-xpf', archive, '-C', 'out');
          await expectUnpacked(path);
        });
      }
    });

    needs('python3')('Python finds no fault in those that it knows', async () => {
      for (const format of ['gz', 'xz'] as const) {
        await withArchive(format, async (path, archive) => {
          const script =
            'import tarfile,sys,json; print(json.dumps([m.name for m in tarfile.open(sys.argv[1]) if m.uid == 0]))';
          const names = JSON.parse(await run(path, 'python3', '-c', script, archive)) as string[];
          expect(names.toSorted()).toEqual(['-app', ...NAMES].toSorted());
        });
      }
      await withArchive('zip', async (path, archive) => {
        expect(await run(path, 'python3', '-m', 'zipfile', '-t', archive)).toContain('Done testing');
      });
    });

    needs('tar')('readArchive reads what tar packs, with links and all', async () => {
      await onDisk(async (medium, path) => {
        await medium.write('d/f', 'hello', { mode: 0o755 });
        await medium.write(`d/${LONG}`, 'long');
        await medium.symlink('f', 'd/l');
        await run(path, 'ln', 'd/f', 'd/h');
        for (const kind of ['gnu', 'pax', 'ustar']) {
          const excluded = kind === 'ustar' ? [`--exclude=./${'a'.repeat(120)}`] : [];
          await run(path, 'tar', `--format=${kind}`, ...excluded, '-czf', `${kind}.tgz`, '-C', 'd', '.');
          const result = await (await readArchive(medium, `${kind}.tgz`)).extract(medium, `out-${kind}`);
          expect(result.files).toBe(kind === 'ustar' ? 2 : 3);
          expect(await medium.read(`out-${kind}/l`)).toBe('hello');
          expect(await medium.read(`out-${kind}/h`)).toBe('hello');
          expect((await medium.stat(`out-${kind}/f`)).mode).toBe(0o755);
        }
      });
    });

    needs('tar', 'xz')(
      'readArchive reads what xz packs, with any check, in any number of blocks and streams',
      async () => {
        await onDisk(async (medium, path) => {
          await medium.write('d/f', noise(700_000));
          await run(path, 'tar', '-cf', 'a.tar', 'd');
          await run(path, 'split', '-b', '300000', 'a.tar', 'part.');
          const ways = [
            ...['crc32', 'crc64', 'sha256', 'none'].map((check) => `xz -0 --check=${check} -c a.tar`),
            'xz -1 -T0 --block-size=65536 -c a.tar',
            'xz -1 -T0 --block-size=100000 --no-sparse -c a.tar',
            'xz -9 -c a.tar',
            'for p in part.*; do xz -0 -c $p; head -c 4 /dev/zero; done',
          ];
          for (const [i, way] of ways.entries()) {
            await run(path, 'sh', '-c', `${way} > ${String(i)}.txz`);
            const result = await (await readArchive(medium, `${String(i)}.txz`)).extract(medium, `out-${String(i)}`);
            expect(result).toEqual({ files: 1, bytes: 700_000 });
            expect(await run(path, 'cmp', 'd/f', `out-${String(i)}/d/f`)).toBe('');
          }
          await run(path, 'sh', '-c', 'xz -0 --x86 --lzma2=preset=0 -c a.tar > x86.txz');
          await expect((await readArchive(medium, 'x86.txz')).extract(medium, 'x')).rejects.toMatchObject({
            code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED',
          });
        });
      },
    );

    needs(
      'tar',
      'zstd',
      'pzstd',
    )('readArchive reads what zstd packs, in any number of frames', async () => {
      await onDisk(async (medium, path) => {
        await medium.write('d/f', Buffer.concat([noise(700_000), Buffer.alloc(3_000_000), noise(700_000)]));
        await run(path, 'tar', '-cf', 'a.tar', 'd');
        await run(path, 'split', '-b', '300000', 'a.tar', 'part.');
        const ways = [
          'zstd -3 -c a.tar',
          'zstd -3 -c < a.tar',
          'zstd -19 --long -c a.tar',
          'zstd -19 --long=27 -c < a.tar',
          'zstd --no-check -c a.tar',
          'zstd -1 -T2 -B1MiB -c a.tar',
          'zstd --fast=5 -c a.tar',
          'pzstd -p 2 -c a.tar',
          'for p in part.*; do zstd -c $p; done',
          'tar --zstd -c d',
        ];
        for (const [i, way] of ways.entries()) {
          await run(path, 'sh', '-c', `${way} > ${String(i)}.tzst`);
          const result = await (await readArchive(medium, `${String(i)}.tzst`)).extract(medium, `out-${String(i)}`);
          expect(result).toEqual({ files: 1, bytes: 4_400_000 });
          expect(await run(path, 'cmp', 'd/f', `out-${String(i)}/d/f`)).toBe('');
        }
        await run(path, 'sh', '-c', 'zstd --ultra -1 --long=28 -c < a.tar > long.tzst');
        await expect((await readArchive(medium, 'long.tzst')).extract(medium, 'x')).rejects.toMatchObject({
          code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED',
          message: expect.stringContaining('128 MiB'),
        });
      });
    });

    needs('python3')('readArchive reads what Python zips', async () => {
      await onDisk(async (medium, path) => {
        const script =
          'import zipfile; z = zipfile.ZipFile("p.zip", "w", zipfile.ZIP_DEFLATED); z.writestr("d/ü", "hello" * 9); z.mkdir("e"); z.writestr("s", "x", zipfile.ZIP_STORED); z.close()';
        await run(path, 'python3', '-c', script);
        expect(await (await readArchive(medium, 'p.zip')).extract(medium, 'out')).toEqual({ files: 2, bytes: 46 });
        expect(await medium.read('out/d/ü')).toBe('hello'.repeat(9));
      });
    });
  });

  describe('Ugly', () => {
    needs('tar', 'unzip', 'linux')(
      'an archive is not larger for a file with holes, and memory does not grow',
      async () => {
        await onDisk(async (medium, path) => {
          const file = await open(join(path, 'sparse'), 'w');
          await file.truncate(300 * 2 ** 20);
          await file.close();
          const before = process.memoryUsage().rss;
          let most = before;
          const onProgress = (): void => {
            most = Math.max(most, process.memoryUsage().rss);
          };
          for (const format of ['gz', 'zip'] as const) {
            await archiveWithFormat(medium, { ...linux, path: 'sparse' }, format, { onProgress, workers: 2, level: 1 });
          }
          expect(most - before).toBeLessThan(200 * 2 ** 20);
          expect(await run(path, 'sh', '-c', 'tar -xzOf sparse_linux_amd64.tar.gz | wc -c')).toBe(
            `${String(300 * 2 ** 20)}\n`,
          );
          expect(await run(path, 'unzip', '-t', 'sparse_linux_amd64.zip')).toContain('No errors');
        });
      },
      60_000,
    );
  });
});
