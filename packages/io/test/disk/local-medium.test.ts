import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { chdir, cwd } from 'node:process';

import { afterEach, describe, expect, it } from '@jest/globals';

import { defineMedium, driverOf, localMedium, type Medium, type MediumDriver } from '@core/io';
import { mediumConformance } from '@core/io/testing';
import { needs } from '@core/tooling/needs';

import { newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

const local = localMedium();

/** A folder of it as a medium of its own: every path is put below the folder, nothing is looked at. */
function below(folder: string): Medium {
  const at = (path: string): string => (path === '' ? folder.slice(1) : `${folder.slice(1)}/${path}`);
  const inner = driverOf(local) as Required<MediumDriver>;
  return defineMedium({
    capabilities: local.capabilities,
    stat: (path, follow) => inner.stat(at(path), follow),
    list: (path) => inner.list(at(path)),
    read: (path, signal) => inner.read(at(path), signal),
    write: (path, bytes, options) => inner.write(at(path), bytes, options),
    mkdir: (path) => inner.mkdir(at(path)),
    remove: (path) => inner.remove(at(path)),
    rename: (from, to) => inner.rename(at(from), at(to)),
    append: (path, bytes, signal) => inner.append(at(path), bytes, signal),
    open: (path) => inner.open(at(path)),
    create: (path, options) => inner.create(at(path), options),
    removeAll: (path, signal) => inner.removeAll(at(path), signal),
    chmod: (path, mode) => inner.chmod(at(path), mode),
    utimes: (path, atime, mtime) => inner.utimes(at(path), atime, mtime),
    readLink: (path) => inner.readLink(at(path)),
    symlink: (target, path) => inner.symlink(target, at(path)),
    lock: (path, options) => inner.lock(at(path), options),
    async *watch(path, signal) {
      for await (const event of inner.watch(at(path), signal)) {
        yield { type: event.type, path: event.path.slice(folder.length) };
      }
    },
    realPath: (path) => inner.realPath(at(path)),
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
      stream.write('x'.repeat(100_000));
      stream.destroy();
      await once(stream, 'close');
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
    // root may do everything: another user tries
    needs('root')('refuses what the system refuses to this user', () => {
      const folder = newFolder();
      chmodSync(folder, 0o777);
      writeFileSync(`${folder}/f`, 'x', { mode: 0o444 });
      writeFileSync(`${folder}/secret`, 'x', { mode: 0o600 });
      mkdirSync(`${folder}/closed`, { mode: 0o700 });
      mkdirSync(`${folder}/read-only`, { mode: 0o755 });
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
            () => medium.write(at + 'own', 'z'),
            () => medium.delete(at + 'own'),
          ]) codes.push(await work().then(() => 'done', ({ code }) => code));
          console.log(codes.join(' '));
        }
      `;
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        cwd: new URL('../..', import.meta.url),
        uid: 65_534,
        gid: 65_534,
      });
      expect([stdout, stderr]).toEqual([`${'EACCES '.repeat(8)}done done done\n`.repeat(2), '']);
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
