import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { madeFilesIn } from '../../../src/builders/kit/made-files.ts';
import { isForAnother, targetOfHeader } from '../../../src/builders/kit/program-target.ts';
import { withPrivateFolder } from '../../../src/builders/kit/private-folder.ts';
import { tempDir } from '../../support/temp-project.ts';

describe('madeFilesIn', () => {
  describe('Good', () => {
    it('madeFilesIn lists bundles, the program, what is beside it and what is below', async () => {
      const dir = tempDir({
        'a.txt': '',
        'lib/x.so': '',
        'App.app/Contents/x': '',
        hello: '',
        'lib/.DS_Store': '',
        '._x': '',
      });
      mkdirSync(join(dir, 'empty'));
      expect(await madeFilesIn(dir, { programs: ['hello'] })).toEqual([
        { name: 'App.app', kind: 'bundle' },
        { name: 'hello', kind: 'binary' },
        { name: 'a.txt', kind: 'binary' },
        { name: 'lib/x.so', kind: 'binary' },
      ]);
    });

    it('madeFilesIn puts the program on top where all is in folders', async () => {
      const dir = tempDir({ 'usr/bin/hello': 'hello', 'usr/share/x': '' });
      const names = (await madeFilesIn(dir, { programs: ['hello'] })).map(({ name }) => name);
      expect(names).toEqual(['hello', 'usr/bin/hello', 'usr/share/x']);
      expect(readFileSync(join(dir, 'hello'), 'utf8')).toBe('hello');
      expect(await madeFilesIn(tempDir(), { programs: ['hello'] })).toEqual([]);
    });

    it('madeFilesIn makes files of links, also of those that lead out', async () => {
      const [dir, other] = [tempDir(), tempDir({ tool: 'bytes' })];
      writeFileSync(join(dir, 'lib.so.1'), 'lib', { mode: 0o755 });
      symlinkSync('lib.so.1', join(dir, 'lib.so'));
      symlinkSync(join(other, 'tool'), join(dir, 'tool'));
      expect((await madeFilesIn(dir, { programs: [] })).map(({ name }) => name)).toEqual([
        'lib.so',
        'lib.so.1',
        'tool',
      ]);
      expect(statSync(join(dir, 'lib.so')).mode & 0o777).toBe(0o755);
      expect([readFileSync(join(dir, 'lib.so'), 'utf8'), readFileSync(join(dir, 'tool'), 'utf8')]).toEqual([
        'lib',
        'bytes',
      ]);
    });
  });

  describe('Bad', () => {
    it('madeFilesIn refuses links to nothing and to folders', async () => {
      for (const target of ['nowhere', '.', 'x']) {
        const dir = tempDir();
        symlinkSync(target, join(dir, 'x'));
        await expect(madeFilesIn(dir, { programs: [] })).rejects.toMatchObject({ path: join(dir, 'x') });
      }
    });

    it('madeFilesIn refuses folders in which no program is', async () => {
      await expect(madeFilesIn(tempDir({ 'a/b': '' }), { programs: ['hello'] })).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        hint: expect.stringContaining('hello'),
      });
    });

    needs('linux')('madeFilesIn refuses pipes', async () => {
      const dir = tempDir();
      spawnSync('mkfifo', [join(dir, 'pipe')]);
      await expect(madeFilesIn(dir, { programs: [] })).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FILE' });
    });
  });
});

describe('withPrivateFolder', () => {
  it('withPrivateFolder removes its folder, also after a failure', async () => {
    const folders: string[] = [];
    const given = await withPrivateFolder((folder) => {
      folders.push(folder);
      writeFileSync(join(folder, 'x'), '');
      return Promise.resolve(statSync(folder).mode & 0o777);
    });
    expect(given).toBe(0o700);
    const failing = withPrivateFolder((folder) => {
      folders.push(folder);
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    for (const folder of folders) expect(() => statSync(folder)).toThrow('ENOENT');
  });
});

describe('targetOfHeader', () => {
  const header = (write: (view: DataView) => void) => {
    const view = new DataView(new ArrayBuffer(256));
    write(view);
    return view;
  };
  const elf = (machine: number, little = true) =>
    header((view) => {
      view.setUint32(0, 0x7f454c46);
      view.setUint8(5, little ? 1 : 2);
      view.setUint16(18, machine, little);
    });
  const pe = (machine: number, start = 128) =>
    header((view) => {
      view.setUint16(0, 0x4d5a);
      view.setUint32(60, start, true);
      if (start > 250) return;
      view.setUint32(start, 0x50450000);
      view.setUint16(start + 4, machine, true);
    });
  const mach = (cpu: number) =>
    header((view) => {
      view.setUint32(0, 0xcffaedfe);
      view.setUint32(4, cpu, true);
    });

  it('targetOfHeader knows ELF, PE and Mach-O', () => {
    expect([elf(62), elf(183), elf(3, false), elf(40)].map(targetOfHeader)).toEqual([
      ...[{ arch: 'amd64' }, { arch: 'arm64' }, { arch: '386' }, { arch: 'arm' }],
    ]);
    expect(targetOfHeader(pe(0x8664))).toEqual({ os: 'windows', arch: 'amd64' });
    expect(targetOfHeader(pe(0xaa64))).toEqual({ os: 'windows', arch: 'arm64' });
    expect(targetOfHeader(mach(0x0100000c))).toEqual({ os: 'darwin', arch: 'arm64' });
  });

  it('targetOfHeader says nothing of all else', () => {
    const nothing = [
      elf(9999),
      pe(1),
      pe(0x8664, 10_000),
      mach(1),
      header(() => undefined),
      new DataView(new ArrayBuffer(4)),
    ];
    expect(nothing.map(targetOfHeader)).toEqual(nothing.map(() => undefined));
  });

  it('isForAnother takes an ELF file for any system but Windows and macOS', () => {
    expect(isForAnother({ arch: 'amd64' }, { os: 'linux', arch: 'amd64' })).toBe(false);
    expect(isForAnother({ arch: 'amd64' }, { os: 'freebsd', arch: 'amd64' })).toBe(false);
    expect(isForAnother({ arch: 'amd64' }, { os: 'linux', arch: 'arm64' })).toBe(true);
    expect(isForAnother({ arch: 'amd64' }, { os: 'windows', arch: 'amd64' })).toBe(true);
    expect(isForAnother({ os: 'windows', arch: 'amd64' }, { os: 'linux', arch: 'amd64' })).toBe(true);
    expect(isForAnother({ os: 'darwin', arch: 'arm64' }, { os: 'darwin', arch: 'arm64' })).toBe(false);
  });
});
