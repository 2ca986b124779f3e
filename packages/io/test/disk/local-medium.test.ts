import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { chdir, cwd } from 'node:process';

import { afterEach, describe, expect, it } from '@jest/globals';

import { defineMedium, driverOf, localMedium, normalizePath } from '@core/io';
import { mediumConformance } from '@core/io/testing';
import { needs } from '@core/tooling/needs';

import { newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

const local = localMedium();

/** The part of the file system below a folder, by the paths of that folder. */
function below(folder: string): ReturnType<typeof defineMedium> {
  return defineMedium({
    ...driverOf(local),
    capabilities: local.capabilities,
    normalize: (path) => normalizePath(`${folder}/${normalizePath(path)}`),
    present: (path) => path.slice(folder.length),
  });
}

describe('localMedium', () => {
  describe('Good', () => {
    it('takes absolute paths, and relative ones from where the process is', async () => {
      const folder = newFolder();
      const before = cwd();
      chdir(folder);
      try {
        await local.write('d/f', 'x');
        await local.write('./d/../g', 'y');
        expect(await local.read(`${folder}/d/f`)).toBe('x');
        expect((await local.stat('d/f')).path).toBe(`${folder}/d/f`);
        expect(await local.list('')).toEqual([
          { name: 'd', path: `${folder}/d`, kind: 'dir' },
          { name: 'g', path: `${folder}/g`, kind: 'file' },
        ]);
        expect(await local.realPath('')).toBe(folder);
      } finally {
        chdir(before);
      }
    });

    it('shows the root, from which all paths begin', async () => {
      expect((await local.stat('/')).path).toBe('/');
      expect((await local.list('/')).map(({ path }) => path)).toContain('/tmp');
      expect(await local.realPath('/tmp/../tmp')).toMatch(/tmp$/u);
    });

    it('follows links wherever they lead', async () => {
      const folder = newFolder();
      mkdirSync(`${folder}/a/b`, { recursive: true });
      symlinkSync('../../a/b/../f', `${folder}/a/b/relative`);
      symlinkSync(`${folder}/a/b/relative`, `${folder}/absolute`);
      await local.write(`${folder}/absolute`, 'x');
      expect(readFileSync(`${folder}/a/f`, 'utf8')).toBe('x');
      await local.append(`${folder}/absolute`, 'y');
      await local.chmod(`${folder}/absolute`, 0o600);
      expect([await local.read(`${folder}/a/f`), statSync(`${folder}/a/f`).mode & 0o777]).toEqual(['xy', 0o600]);
      expect(await local.realPath(`${folder}/absolute`)).toBe(`${folder}/a/f`);
      await local.symlink('/etc/../etc/passwd', `${folder}/outside`);
      expect(await local.readLink(`${folder}/outside`)).toBe('/etc/../etc/passwd');
    });

    needs('linux')('reads and writes devices, and leaves them devices', async () => {
      await local.write('/dev/null', 'x');
      await local.write('/dev/null', Buffer.alloc(200_000));
      await local.append('/dev/null', 'x');
      expect(await local.read('/dev/null')).toBe('');
      expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
      const stream = local.writeStream('/dev/null');
      stream.write('x');
      stream.destroy();
      expect((await local.stat('/dev/null')).kind).toBe('other');
    });

    needs('linux')('writes to what only the kernel can follow', () => {
      const script = `
        import { localMedium } from '@core/io';
        const local = localMedium();
        console.log(await local.write('/dev/stdout', 'x').catch(({ code }) => code), (await local.stat('/dev/stdout')).kind);
      `;
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        cwd: new URL('../..', import.meta.url),
      });
      expect(output).toBe('ERR_NOT_REGULAR_FILE other\n'); // a pipe
    });
  });

  describe('Bad', () => {
    it('refuses what the system refuses to this user', () => {
      const folder = newFolder();
      writeFileSync(`${folder}/f`, 'x', { mode: 0o444 });
      writeFileSync(`${folder}/secret`, 'x', { mode: 0o600 });
      mkdirSync(`${folder}/closed`, { mode: 0o700 });
      mkdirSync(`${folder}/read-only`, { mode: 0o755 });
      // another user where this one may do everything
      const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
      if (process.getuid?.() === 0) execFileSync('chmod', ['777', folder]);
      const script = `
        import { DiskMedium, localMedium } from '@core/io';
        const folder = ${JSON.stringify(folder)};
        for (const [medium, at] of [[localMedium(), folder + '/'], [new DiskMedium({ root: folder }), '']]) {
          const codes = [];
          for (const work of [
            () => medium.write(at + 'f', 'y'),
            () => medium.append(at + 'f', 'y'),
            () => medium.read(at + 'secret'),
            () => medium.list(at + 'closed'),
            () => medium.exists(at + 'closed/f'),
            () => medium.write(at + 'closed/f', 'y'),
            () => medium.write(at + 'read-only/f', 'y'),
            () => medium.ensureDir(at + 'read-only/d/e'),
            () => medium.write(at + 'own', 'y', { exclusive: true }),
            () => medium.delete(at + 'own'),
          ]) codes.push(await work().then(() => 'done', ({ code }) => code));
          console.log(codes.join(' '));
        }
      `;
      if (process.getuid?.() !== 0) return; // the owner of a file may always change its mode, but these are closed to others
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        cwd: new URL('../..', import.meta.url),
        ...user,
      });
      expect([stdout, stderr]).toEqual([`${'EACCES '.repeat(8)}done done\n`.repeat(2), '']);
      expect(readFileSync(`${folder}/f`, 'utf8')).toBe('x');
    });
  });

  describe('Ugly: keeps the contract', () => {
    for (const { name, requires, run } of mediumConformance()) {
      const claims = requires.every((capability) => local.capabilities[capability]);
      (claims ? it : it.skip)(name, () => run(() => below(newFolder())));
    }
  });
});
