import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { DiskMedium, type EscapeAttempt, isCoreError, type Medium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { hasDescriptorPaths } from '../../src/disk/sandbox/descriptor-walk.ts';
import { refuseWindowsNames } from '../../src/disk/sandbox/windows-names.ts';
import { disks, newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

const ESCAPES = { code: 'ERR_PATH_ESCAPES_ROOT' };

/** What every operation that follows links does with one. */
const FOLLOWING: Record<string, (medium: Medium, path: string) => Promise<unknown>> = {
  read: (medium, path) => medium.read(path),
  readBytes: (medium, path) => medium.readBytes(path),
  open: (medium, path) => medium.open(path),
  readStream: (medium, path) => medium.readStream(path).toArray(),
  stat: (medium, path) => medium.stat(path),
  exists: (medium, path) => medium.exists(path),
  isFile: (medium, path) => medium.isFile(path),
  isDir: (medium, path) => medium.isDir(path),
  list: (medium, path) => medium.list(path),
  write: (medium, path) => medium.write(path, 'x'),
  writeStream: (medium, path) => finishError(medium.writeStream(path)),
  append: (medium, path) => medium.append(path, 'x'),
  appendStream: (medium, path) => finishError(medium.appendStream(path)),
  chmod: (medium, path) => medium.chmod(path, 0o600),
  utimes: (medium, path) => medium.utimes(path, new Date(0), new Date(0)),
  realPath: (medium, path) => medium.realPath(path),
};

/** What they all do with a link on the way. */
const PASSING: typeof FOLLOWING = {
  ...FOLLOWING,
  ensureDir: (medium, path) => medium.ensureDir(path),
  'exclusive write': (medium, path) => medium.write(path, 'x', { exclusive: true }),
  delete: (medium, path) => medium.delete(path),
  deleteAll: (medium, path) => medium.deleteAll(path),
  'rename from': (medium, path) => medium.rename(path, 'elsewhere'),
  'rename to': (medium, path) => medium.rename('file', path),
  readLink: (medium, path) => medium.readLink(path),
  symlink: (medium, path) => medium.symlink('f', path),
  lock: (medium, path) => medium.lock(path, { timeoutMs: 0 }),
  'stat of the link': (medium, path) => medium.stat(path, { follow: false }),
};

function finishError(stream: ReturnType<Medium['writeStream']>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject).on('finish', resolve).end('x');
  });
}

for (const { name, create } of disks) {
  describe(`${name}: links`, () => {
    let folder: string;
    let root: string;
    let medium: Medium;
    let attempts: Pick<EscapeAttempt, 'op' | 'path' | 'link' | 'target'>[];

    beforeEach(() => {
      folder = newFolder();
      root = `${folder}/root`;
      mkdirSync(`${root}/d/e`, { recursive: true });
      mkdirSync(`${folder}/outside/sub`, { recursive: true });
      writeFileSync(`${folder}/outside/f`, 'outside');
      writeFileSync(`${root}/file`, 'inside');
      attempts = [];
      medium = create(root, (attempt) => attempts.push(attempt));
    });

    /** What an attempt must leave as it is. */
    const outside = (): unknown => [
      readdirSync(`${folder}/outside`, { recursive: true }).sort(),
      readFileSync(`${folder}/outside/f`, 'utf8'),
      readdirSync(folder).sort(),
    ];
    const UNTOUCHED = [['f', 'sub'], 'outside', ['outside', 'root']];

    describe('Good', () => {
      it('are followed as a kernel does: ".." in a target is where the directory stands', async () => {
        symlinkSync('e', `${root}/d/relative`);
        symlinkSync('d/relative/../f', `${root}/physical`);
        symlinkSync('..', `${root}/d/e/up`);
        symlinkSync('../..', `${root}/d/e/top`);
        await medium.write('physical', 'x');
        expect(await medium.read('d/f')).toBe('x');
        expect(await medium.read('d/e/up/f')).toBe('x');
        expect(await medium.read('d/e/top/d/e/top/d/f')).toBe('x');
        expect((await medium.list('d/e/top')).map((entry) => entry.name)).toEqual(['d', 'file', 'physical']);
        expect(await medium.realPath('d/e/up')).toBe(`${root}/d`);
      });

      it('may be absolute inside the root, spelled as it is and as it was given', async () => {
        symlinkSync(root, `${folder}/given`);
        const given = create(`${folder}/given`);
        symlinkSync(`${root}//d/./e/../../file`, `${root}/real`);
        symlinkSync(`${folder}/given/file`, `${root}/spelled`);
        symlinkSync(root, `${root}/self`);
        expect(await given.read('real')).toBe('inside');
        expect(await given.read('spelled')).toBe('inside');
        expect(await given.read('self/self/file')).toBe('inside');
        expect(await given.realPath('spelled')).toBe(`${root}/file`);
        // this one was never told of that spelling
        await expect(medium.read('spelled')).rejects.toMatchObject(ESCAPES);
      });

      it('may ask for a directory by a slash at the end', async () => {
        symlinkSync('d/', `${root}/dir`);
        symlinkSync('file/', `${root}/no-dir`);
        symlinkSync('file/.', `${root}/no-dir-either`);
        expect((await medium.stat('dir')).kind).toBe('dir');
        await expect(medium.read('no-dir')).rejects.toMatchObject({ code: 'ENOTDIR' });
        await expect(medium.write('no-dir-either', 'x')).rejects.toMatchObject({ code: 'ENOTDIR' });
      });

      it('are removed and renamed themselves, wherever they lead', async () => {
        symlinkSync(`${folder}/outside`, `${root}/one`);
        symlinkSync('../outside/f', `${root}/two`);
        symlinkSync('../nowhere', `${root}/d/three`);
        expect(await medium.readLink('one')).toBe(`${folder}/outside`);
        expect((await medium.stat('two', { follow: false })).kind).toBe('symlink');
        await medium.rename('one', 'd/e/moved');
        await medium.delete('two');
        await medium.deleteAll('d');
        expect([outside(), readdirSync(root)]).toEqual([UNTOUCHED, ['file']]);
        expect(attempts).toEqual([]);
      });

      it('are told as links by walk(), and not gone through when they lead outside', async () => {
        symlinkSync('../outside', `${root}/out`);
        symlinkSync('d', `${root}/in`);
        const seen: string[] = [];
        for await (const { path, kind } of medium.walk('', { follow: true })) seen.push(`${path} ${kind}`);
        expect(seen).toEqual(['d dir', 'd/e dir', 'file file', 'in symlink', 'in/e dir', 'out symlink']);
      });
    });

    describe('Bad', () => {
      const WAYS_OUT: Record<string, (folder: string) => string> = {
        'an absolute link': (folder) => `${folder}/outside/f`,
        'a relative link': () => '../../outside/f',
        'a relative link that comes back in': () => '../../root/file',
        'an absolute link with ".."': (folder) => `${folder}/root/d/../../outside/f`,
        'an absolute dangling link': (folder) => `${folder}/outside/new`,
        'a relative dangling link': () => '../../outside/new',
        'a link to the parent of the root': () => '../..',
        'a link to a folder whose name begins as the root does': (folder) => `${folder}/root-2/f`,
        'a link to /': () => '/',
        'a link to /proc/self/root': () => '/proc/self/root/etc/passwd',
      };
      for (const [what, says] of Object.entries(WAYS_OUT)) {
        it(`${what} is refused by every operation that follows it, and told`, async () => {
          symlinkSync(says(folder), `${root}/d/link`);
          for (const operation of Object.values(FOLLOWING)) {
            await expect(operation(medium, 'd/link')).rejects.toMatchObject(ESCAPES);
          }
          expect(outside()).toEqual(UNTOUCHED);
          expect(attempts.map(({ op }) => op)).toEqual([
            ...['read', 'read', 'open', 'open', 'stat', 'stat', 'stat', 'stat', 'list', 'write', 'writeStream'],
            ...['append', 'append', 'chmod', 'utimes', 'realPath'],
          ]);
          expect(attempts[0]).toMatchObject({ path: 'd/link', link: 'd/link', target: says(folder) });
        });
      }

      it('a link out on the way is refused by every operation', async () => {
        symlinkSync('../outside', `${root}/relative`);
        symlinkSync(`${folder}/outside`, `${root}/absolute`);
        symlinkSync('absolute', `${root}/chained`);
        for (const operation of Object.values(PASSING)) {
          for (const link of ['relative', 'absolute', 'chained']) {
            for (const path of [`${link}/f`, `${link}/sub/new`, `${link}/sub`]) {
              await expect(operation(medium, path)).rejects.toMatchObject(ESCAPES);
            }
          }
        }
        expect(outside()).toEqual(UNTOUCHED);
      });

      it('symlink() refuses to make one that leads outside', async () => {
        for (const [target, path] of [
          ['../x', 'link'],
          ['../../x', 'd/link'],
          ['e/../../../x', 'd/link'],
          ['/etc/passwd', 'link'],
          [`${folder}/root-2`, 'link'],
          [`${folder}/root/../outside`, 'link'],
        ] as const) {
          await expect(medium.symlink(target, path)).rejects.toMatchObject(ESCAPES);
        }
        expect(readdirSync(root, { recursive: true }).sort()).toEqual(['d', 'd/e', 'file']);
        expect(attempts.at(-1)).toMatchObject({
          op: 'symlink',
          path: 'link',
          link: 'link',
          target: `${folder}/root/../outside`,
        });
        await medium.symlink(`${root}/d`, 'absolute');
        await medium.symlink('../d/./e/..', 'd/relative');
        expect(await medium.isDir('absolute/relative')).toBe(true);
      });

      it('an error tells which link it was', async () => {
        symlinkSync('../../outside', `${root}/d/link`);
        const error: unknown = await medium.read('d/link/f').catch((reason: unknown) => reason);
        expect(isCoreError(error) && [error.message, error.hint]).toEqual([
          'Cannot read "d/link/f": it leads outside the root',
          'The link "d/link" says "../../outside".',
        ]);
      });
    });

    describe('Ugly', () => {
      it('".." in a path cannot climb over the root', async () => {
        expect(await medium.read('../file')).toBe('inside');
        expect(await medium.read('../../outside/../file')).toBe('inside');
        await expect(medium.read('../outside/f')).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(medium.read(`${folder}/outside/f`)).rejects.toMatchObject({ code: 'ENOENT' });
        await medium.write('..hidden/...', 'x');
        expect(await medium.read('..hidden/...')).toBe('x');
        expect(outside()).toEqual(UNTOUCHED);
      });

      it('a link that says what is not UTF-8 is refused, and can be removed', async () => {
        symlinkSync(Buffer.from([0x64, 0xff]), `${root}/link`);
        await expect(medium.read('link')).rejects.toMatchObject({ code: 'ERR_INVALID_PATH' });
        await expect(medium.list('link/x')).rejects.toMatchObject({ code: 'ERR_INVALID_PATH' });
        await medium.delete('link');
        expect(readdirSync(root)).toEqual(['d', 'file']);
      });

      it('more than 40 links on one way, and loops, are ELOOP', async () => {
        for (let i = 0; i < 41; i += 1) symlinkSync(i === 0 ? 'd' : `l${String(i - 1)}`, `${root}/l${String(i)}`);
        symlinkSync('loop/x', `${root}/loop`);
        expect(await medium.isDir('l39')).toBe(true);
        for (const path of ['l40', 'l40/x', 'loop', 'loop/y']) {
          await expect(medium.stat(path)).rejects.toMatchObject({ code: 'ELOOP' });
          await expect(medium.write(path, 'x')).rejects.toMatchObject({ code: 'ELOOP' });
        }
      });

      it('a target deeper than descriptors are kept is found, and ".." from there', async () => {
        const down = Array.from({ length: 200 }, (_, i) => `n${String(i)}`);
        await medium.ensureDir(down.join('/'));
        symlinkSync(`${down.join('/')}/${'../'.repeat(199)}side`, `${root}/link`);
        await medium.write('link', 'x');
        expect(await medium.read('n0/side')).toBe('x');
        symlinkSync(`${down.join('/')}/${'../'.repeat(201)}side`, `${root}/too-far`);
        await expect(medium.read('too-far')).rejects.toMatchObject(ESCAPES);
      });
    });
  });
}

describe('DiskMedium: the root', () => {
  const UNDER_PROC = 'linux' as const;

  describe('Good', () => {
    it('may be a link, and be given as a URL or relative', async () => {
      const folder = newFolder();
      mkdirSync(`${folder}/real`);
      symlinkSync('real', `${folder}/link`);
      const medium = new DiskMedium({ root: new URL(`file://${folder}/link`) });
      await medium.write('f', 'x');
      expect(readFileSync(`${folder}/real/f`, 'utf8')).toBe('x');
      expect(await medium.realPath('')).toBe(`${folder}/real`);
    });

    needs(UNDER_PROC)('says that the kernel guards it', () => {
      expect(new DiskMedium({ root: '/' }).capabilities.sandbox).toBe('kernel');
      expect(hasDescriptorPaths()).toBe(true);
    });

    needs(UNDER_PROC)('may be / itself', async () => {
      const folder = newFolder();
      const medium = new DiskMedium({ root: '/' });
      symlinkSync('../../../../../etc', `${folder}/etc`);
      await expect(medium.stat(`${folder}/etc`)).rejects.toMatchObject(ESCAPES);
      symlinkSync('/etc', `${folder}/absolute`);
      expect(await medium.isDir(`${folder}/absolute`)).toBe(true);
      expect(await medium.realPath(`${folder}/absolute`)).toBe('/etc');
      expect(await medium.realPath('')).toBe('/');
    });
  });

  describe('Ugly', () => {
    needs(UNDER_PROC)('may be renamed while it is used, and another put in its place', async () => {
      const folder = newFolder();
      mkdirSync(`${folder}/root/d`, { recursive: true });
      const medium = new DiskMedium({ root: `${folder}/root` });
      await medium.write('d/f', 'mine');
      const stream = medium.writeStream('d/streamed');
      renameSync(`${folder}/root`, `${folder}/moved`);
      mkdirSync(`${folder}/root/d`, { recursive: true });
      writeFileSync(`${folder}/root/d/f`, 'other');
      expect(await medium.read('d/f')).toBe('mine');
      await medium.write('d/g', 'x');
      await new Promise((resolve) =>
        stream.end('x', () => {
          resolve(undefined);
        }),
      );
      expect(readdirSync(`${folder}/moved/d`).sort()).toEqual(['f', 'g', 'streamed']);
      expect(await medium.realPath('d/f')).toBe(`${folder}/moved/d/f`);
      // the old place is outside now
      symlinkSync(`${folder}/root/d/f`, `${folder}/moved/link`);
      await expect(medium.read('link')).rejects.toMatchObject(ESCAPES);
      expect(readdirSync(`${folder}/root/d`)).toEqual(['f']);
    });

    for (const { name, create } of disks) {
      it(`${name} makes a missing one with the first write, not before`, async () => {
        const folder = newFolder();
        const root = `${folder}/a/root`;
        const medium = create(root);
        await expect(medium.read('f')).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(medium.list('')).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(medium.rename('a', 'b')).rejects.toMatchObject({ code: 'ENOENT' });
        expect(await medium.exists('')).toBe(false);
        await medium.deleteAll('x');
        expect(readdirSync(folder)).toEqual([]);
        for (const write of [
          () => medium.write('f', 'x'),
          () => medium.write('d/e/f', 'x', { durable: true }),
          () => medium.append('d/f', 'x'),
          () => medium.ensureDir('d'),
          () => medium.ensureDir(''),
          () => medium.symlink('x', 'd/link'),
          () => finishError(medium.writeStream('d/f')),
          async () => {
            await (await medium.lock('d/f')).close();
          },
        ]) {
          await write();
          expect(await medium.isDir('')).toBe(true);
          rmSync(`${folder}/a`, { recursive: true });
          expect(await medium.exists('')).toBe(false);
        }
      });

      it(`${name} finds one again that was deleted and made anew`, async () => {
        const root = `${newFolder()}/root`;
        const medium = create(root);
        await medium.write('f', 'old');
        rmSync(root, { recursive: true });
        mkdirSync(root);
        writeFileSync(`${root}/g`, 'new');
        expect((await medium.list('')).map((entry) => entry.name)).toEqual(['g']);
        expect(await medium.read('g')).toBe('new');
      });

      it(`${name} refuses one that is a file with ENOTDIR`, async () => {
        const root = `${newFolder()}/root`;
        writeFileSync(root, 'x');
        await expect(create(root).read('f')).rejects.toMatchObject({ code: 'ENOTDIR' });
        await expect(create(root).write('f', 'x')).rejects.toMatchObject({ code: 'ENOTDIR' });
      });
    }

    needs(UNDER_PROC)('is checked where /proc may not be used', () => {
      const root = newFolder();
      const script = `
        import { DiskMedium } from '@core/io';
        const medium = new DiskMedium({ root: ${JSON.stringify(root)} });
        await medium.write('d/f', 'x');
        console.log(medium.capabilities.sandbox, await medium.read('d/f'));
      `;
      const flags = ['--experimental-permission', `--allow-fs-read=${process.cwd()}/*`, `--allow-fs-read=${root}*`];
      const output = execFileSync(
        process.execPath,
        [...flags, `--allow-fs-write=${root}*`, '--no-warnings', '--input-type=module', '-e', script],
        { encoding: 'utf8', cwd: new URL('../..', import.meta.url) },
      );
      expect(output).toBe('checked x\n');
    });
  });
});

describe('refuseWindowsNames', () => {
  it('Good: lets ordinary names through', () => {
    for (const path of ['a/b.txt', 'console', 'com', 'com10', 'nul-1', '.hidden', 'a.b.c', 'con-fig/aux_', 'ä 中']) {
      expect(() => {
        refuseWindowsNames(path);
      }).not.toThrow();
    }
  });

  it('Bad: refuses names that mean something else there', () => {
    for (const path of [
      ...['con', 'CON', 'a/Nul.txt', 'prn', 'aux.tar.gz', 'com1', 'LPT9.log', 'com²', 'conin$', 'CONOUT$', 'nul .txt'],
      ...['a:stream', 'a\\b', 'what?', 'a*', '<', '>', '"', '|', 'end.', 'end ', 'd./f', '\u0001', 'a\u001fb'],
    ]) {
      expect(() => {
        refuseWindowsNames(path);
      }).toThrow(expect.objectContaining({ code: 'ERR_INVALID_PATH' }));
    }
  });
});
