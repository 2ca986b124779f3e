import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { archiveWithFormat } from '../../src/archive/archive.ts';
import { readArchive } from '../../src/archive/read/archive-reader.ts';
import { onDisk, run } from './support/tools.ts';

const linux = { os: 'linux', arch: 'amd64' };
const LONG = `${'a'.repeat(120)}/${'b'.repeat(120)}/${'ü'.repeat(60)}`;
const NAMES = ['a b', 'grün 日本', '-rf', LONG, 'empty'];

/** A release of one program with files of odd names: `dist/out.tar.gz` or `dist/out.zip`. */
async function withArchive(
  format: 'gz' | 'zip',
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
    needs('tar')('tar lists and unpacks a tar.gz', async () => {
      await withArchive('gz', async (path, archive) => {
        const lines = (await run(path, 'tar', '--quoting-style=literal', '-tzvf', archive)).trimEnd().split('\n');
        expect(lines[0]).toBe('-rwxr-xr-x 0/0         3000000 1980-01-01 00:00 -app');
        expect(lines.slice(1).map((line) => line.slice(0, 14))).toEqual(NAMES.map(() => '-rw-r--r-- 0/0'));
        expect(lines.map((line) => line.slice(line.indexOf(':') + 4)).toSorted()).toEqual(
          ['-app', ...NAMES].toSorted(),
        );
        await run(path, 'mkdir', 'out');
        await run(path, 'tar', '-xzpf', archive, '-C', 'out');
        await expectUnpacked(path);
      });
    });

    needs('unzip')('unzip tests and unpacks a zip', async () => {
      await withArchive('zip', async (path, archive) => {
        expect(await run(path, 'unzip', '-t', archive)).toContain('No errors detected in compressed data');
        await run(path, 'unzip', '-q', archive, '-d', 'out');
        await expectUnpacked(path);
      });
    });

    needs('bsdtar')('bsdtar unpacks both', async () => {
      for (const format of ['gz', 'zip'] as const) {
        await withArchive(format, async (path, archive) => {
          await run(path, 'mkdir', 'out');
          await run(path, 'bsdtar', '-xpf', archive, '-C', 'out');
          await expectUnpacked(path);
        });
      }
    });

    needs('python3')('Python finds no fault in either', async () => {
      await withArchive('gz', async (path, archive) => {
        const script =
          'import tarfile,sys,json; print(json.dumps([m.name for m in tarfile.open(sys.argv[1]) if m.uid == 0]))';
        const names = JSON.parse(await run(path, 'python3', '-c', script, archive)) as string[];
        expect(names.toSorted()).toEqual(['-app', ...NAMES].toSorted());
      });
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
