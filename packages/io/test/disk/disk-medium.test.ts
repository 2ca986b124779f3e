import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, describe, expect, it } from '@jest/globals';

import { DiskMedium, type DiskMediumOptions, type IoError, type Medium } from '@core/io';
import { mediumConformance } from '@core/io/testing';
import { needs } from '@core/tooling/needs';

import { disks, newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

for (const { name, create } of disks) {
  describe(`${name} keeps the contract`, () => {
    const make = (): Medium => create(newFolder());
    const { capabilities } = make();
    for (const { name, requires, run } of mediumConformance()) {
      (requires.every((capability) => capabilities[capability]) ? it : it.skip)(name, () => run(make));
    }
  });
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as IoError).code,
  );

/** What this process has open below a folder. */
function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return []; // that of the list itself
    }
  });
}

describe('DiskMedium', () => {
  describe('Good', () => {
    it('reads what has no size of its own until it ends', async () => {
      const proc = new DiskMedium({ root: '/proc' });
      expect(await proc.read('self/status')).toContain(`Pid:\t${String(process.pid)}\n`);
      expect(await proc.read('self/maps')).toMatch(/\[stack\](.|\n)*\n$/u); // more than one page of it
    });

    it('reads as many files at once as are asked for', async () => {
      const medium = new DiskMedium({ root: newFolder() });
      await medium.write('d/f', 'x'.repeat(100));
      const contents = await Promise.all(Array.from({ length: 5000 }, () => medium.read('d/f')));
      expect(new Set(contents)).toEqual(new Set(['x'.repeat(100)]));
    });

    it('chmod() and utimes() change what a link leads to', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      await medium.write('d/f', 'x');
      await medium.symlink('d/f', 'link');
      await medium.chmod('link', 0o4751);
      await medium.utimes('link', new Date(1000), new Date(2500));
      expect([statSync(`${root}/d/f`).mode & 0o7777, statSync(`${root}/d/f`).mtimeMs]).toEqual([0o4751, 2500]);
    });

    it('realPath() tells where a path is or would be', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      await medium.symlink('d', 'link');
      await medium.ensureDir('d');
      expect(await medium.realPath('link/new')).toBe(`${root}/d/new`);
      expect(await medium.realPath('link')).toBe(`${root}/d`);
      expect(await medium.realPath('')).toBe(root);
      expect(await codeOf(medium.realPath('missing/f'))).toBe('ENOENT');
    });

    needs('linux')('lets timers run between calls that are done at once', async () => {
      const medium = new DiskMedium({ root: newFolder() });
      const calls: (() => Promise<unknown>)[] = [
        () => medium.exists('x'),
        () => medium.list(''),
        () => medium.ensureDir('d'),
        () => medium.write('f', 'x'),
        () => medium.append('f', 'x'),
      ];
      for (const call of calls) {
        let isOver = false;
        setTimeout(() => (isOver = true), 0);
        while (!(isOver as boolean)) await call();
      }
      expect(await medium.exists('f')).toBe(true);
    });
  });

  describe('Good: close()', () => {
    needs('linux')('lets go of the root, once, and refuses what comes later', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      await medium.write('f', 'x');
      expect(openBelow(root)).toEqual([root]);
      await medium.close();
      await medium.close();
      expect(openBelow(root)).toEqual([]);
      await expect(medium.read('f')).rejects.toMatchObject({
        code: 'ERR_HANDLE_CLOSED',
        hint: 'The medium was closed.',
      });
      expect(await codeOf(medium.write('g', 'x'))).toBe('ERR_HANDLE_CLOSED');
      expect(readdirSync(root)).toEqual(['f']);
    });

    needs('linux')('lets what is under way end well', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      const content = Buffer.alloc(1_000_000, 'x');
      await medium.write('f', content);
      const reading = medium.readBytes('f');
      const writing = medium.write('g', content, { durable: true });
      await medium[Symbol.asyncDispose]();
      expect(content.equals(await reading)).toBe(true);
      await writing;
      expect(readFileSync(`${root}/g`).equals(content)).toBe(true);
      expect(openBelow(root)).toEqual([]);
    });

    needs('linux')('is done by the garbage collector where nobody did', async () => {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      const root = newFolder();
      for (let i = 0; i < 50; i += 1) await new DiskMedium({ root }).write('f', 'x');
      expect(openBelow(root).length).toBe(50);
      for (let turn = 0; turn < 1000 && openBelow(root).length > 10; turn += 1) {
        collect();
        await nextTurn();
      }
      expect(openBelow(root).length).toBeLessThanOrEqual(10);
    });
  });

  describe('Bad', () => {
    it('refuses a root that is none, before anything happens', () => {
      const make = (root: unknown) => () => new DiskMedium({ root } as DiskMediumOptions);
      for (const root of [undefined, null, 7, '', 'a\0b', '\uD800', [], {}, new URL('http://localhost/x')]) {
        expect(make(root)).toThrow(expect.objectContaining({ name: 'TypeError' }));
      }
      expect(make(7)).toThrow('root must be a path or a file: URL, not number');
    });

    it('refuses the names that it keeps for itself, and hides them', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      mkdirSync(`${root}/.core-io-x`);
      writeFileSync(`${root}/.core-io-y.lock`, '');
      writeFileSync(`${root}/.core-io`, '');
      for (const path of ['.core-io-', '.core-io-x/f', 'a/.Core-IO-z']) {
        expect(await codeOf(medium.write(path, 'x'))).toBe('ERR_INVALID_PATH');
        expect(await codeOf(medium.exists(path))).toBe('ERR_INVALID_PATH');
      }
      expect((await medium.list('')).map(({ name }) => name)).toEqual(['.core-io']);
      expect(await medium.exists('x.core-io-y')).toBe(false);
    });

    needs('linux')('refuses what is no file without waiting for it', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      execFileSync('mkfifo', [`${root}/fifo`]);
      const server = createServer().listen(`${root}/socket`);
      try {
        for (const path of ['fifo', 'socket']) {
          for (const work of [
            () => medium.read(path),
            () => medium.open(path),
            () => medium.readStream(path).toArray(),
            () => medium.write(path, 'x'),
            () => medium.append(path, 'x'),
          ]) {
            expect(await codeOf(work())).toBe('ERR_NOT_REGULAR_FILE');
          }
          expect((await medium.stat(path)).kind).toBe('other');
          expect(await codeOf(medium.write(path, 'x', { exclusive: true }))).toBe('EEXIST');
        }
        expect((await medium.list('')).map(({ kind }) => kind)).toEqual(['other', 'other']);
      } finally {
        server.close();
      }
      await medium.delete('fifo');
      expect(existsSync(`${root}/fifo`)).toBe(false);
    });

    needs('linux')('refuses a device, which is something outside', async () => {
      const medium = new DiskMedium({ root: '/dev' });
      for (const work of [
        () => medium.read('zero'),
        () => medium.open('null'),
        () => medium.write('null', 'x'),
        () => medium.append('null', 'x'),
      ]) {
        expect(await codeOf(work())).toBe('ERR_NOT_REGULAR_FILE');
      }
      expect((await medium.stat('null')).kind).toBe('other');
    });
  });

  describe('Ugly', () => {
    it('onEscape that throws is a warning, and harms nothing', () => {
      const root = newFolder();
      symlinkSync('..', `${root}/out`);
      const script = `
        import { DiskMedium } from '@core/io';
        const onEscape = () => { throw new Error('the listener is broken'); };
        const medium = new DiskMedium({ root: ${JSON.stringify(root)}, onEscape });
        await medium.read('out/f').catch(({ code }) => { console.log(code); });
      `;
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        cwd: new URL('../..', import.meta.url),
      });
      expect(stdout).toBe('ERR_PATH_ESCAPES_ROOT\n');
      expect(stderr).toContain('Warning: onEscape of a DiskMedium failed: Error: the listener is broken\n');
    });

    needs('linux')('list() tells names that no path can spell, and deleteAll() removes them', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      const odd = (name: string): Buffer => Buffer.concat([Buffer.from(`${root}/${name}`), Buffer.from([0xff, 0xfe])]);
      mkdirSync(`${root}/d/e`, { recursive: true });
      mkdirSync(odd('d/dir'));
      writeFileSync(Buffer.concat([odd('d/dir'), Buffer.from('/f')]), 'x');
      writeFileSync(Buffer.concat([odd('d/dir'), Buffer.from([0x2f, 0x80])]), 'x');
      writeFileSync(odd('d/file'), 'x');
      symlinkSync('..', odd('d/link'));
      writeFileSync(`${root}/d/\uFFFD`, 'x');
      expect((await medium.list('d')).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
        'dir\uFFFD\uFFFD other',
        'e dir',
        'file\uFFFD\uFFFD other',
        'link\uFFFD\uFFFD other',
        '\uFFFD file',
      ]);
      const walked: string[] = [];
      for await (const { name } of medium.walk('', { follow: true })) walked.push(name);
      expect(walked.length).toBe(6);
      await medium.deleteAll('d');
      expect(readdirSync(root)).toEqual([]);
    });

    for (const depth of [100, 1000]) {
      needs('linux')(
        `deleteAll() removes a tree ${String(depth)} deep`,
        async () => {
          const root = newFolder();
          const medium = new DiskMedium({ root });
          const nest = `
          const { mkdirSync, symlinkSync, writeFileSync } = require('node:fs');
          for (let i = 0; i < ${String(depth)}; i += 1) {
            writeFileSync('f', 'x');
            symlinkSync('../../keep', 'l');
            mkdirSync('d');
            process.chdir('d');
          }
          writeFileSync('f', 'deep');
        `;
          mkdirSync(`${root}/tree`);
          writeFileSync(`${root}/keep`, 'x');
          execFileSync(process.execPath, ['-e', nest], { cwd: `${root}/tree` });
          expect(await medium.read(`tree/${'d/'.repeat(depth)}f`)).toBe('deep');
          await medium.deleteAll('tree');
          expect(readdirSync(root)).toEqual(['keep']);
        },
        60_000,
      );
    }

    needs('linux')('walk() that is left in the middle keeps nothing open', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      for (const path of ['a/b/c/f', 'a/d/e/f', 'g/h/f']) await medium.write(path, 'x');
      const walks = Array.from({ length: 20 }, () => medium.walk('')[Symbol.asyncIterator]());
      for (const walk of walks) for (let step = 0; step < 5; step += 1) await walk.next();
      await nextTurn();
      expect(openBelow(root)).toEqual([root]);
      for await (const { path } of medium.walk('')) expect(path).not.toBe('');
      for await (const { path } of medium.walk('')) if (path === 'a/b') break;
      expect(openBelow(root)).toEqual([root]);
      const rest: string[] = [];
      for (let step = await walks[0]?.next(); step?.done === false; step = await walks[0]?.next())
        rest.push(step.value.path);
      expect(rest).toEqual(['a/d/e', 'a/d/e/f', 'g', 'g/h', 'g/h/f']);
    });

    it('walk() sees what is changed while it runs', async () => {
      const root = newFolder();
      const [medium, other] = [new DiskMedium({ root }), new DiskMedium({ root })];
      for (const path of ['a/f', 'b/c/f', 'd/e/f']) await medium.write(path, 'x');
      const seen: string[] = [];
      for await (const { path } of medium.walk('')) {
        seen.push(path);
        if (path === 'a') await medium.write('a/new', 'x');
        if (path === 'b/c') await other.rename('b', 'moved');
        if (path === 'd') await medium.deleteAll('d/e');
      }
      expect(seen).toEqual(['a', 'a/f', 'a/new', 'b', 'b/c', 'd']);
    });

    it('deleteAll() stops when it is told to', async () => {
      const root = newFolder();
      const medium = new DiskMedium({ root });
      mkdirSync(`${root}/d`);
      for (let i = 0; i < 2000; i += 1) writeFileSync(`${root}/d/${String(i)}`, '');
      const controller = new AbortController();
      const deleting = medium.deleteAll('d', { signal: controller.signal });
      await nextTurn();
      controller.abort(new Error('enough'));
      await expect(deleting).rejects.toThrow('enough');
      const left = readdirSync(`${root}/d`).length;
      expect(left).toBeGreaterThan(0);
      await nextTurn();
      expect(readdirSync(`${root}/d`).length).toBe(left);
    });

    needs('linux')(
      'leaves no descriptor open after 10,000 operations, 200 at a time, most of them refused',
      async () => {
        const root = newFolder();
        const medium = new DiskMedium({ root });
        await medium.write('a/b/c/f', 'x');
        await medium.symlink('b/c', 'a/in');
        symlinkSync('../../..', `${root}/a/out`);
        symlinkSync('loop', `${root}/loop`);
        const before = openBelow(root).length;
        const work: ((turn: number) => Promise<unknown>)[] = [
          () => medium.read('a/in/f'),
          () => medium.read('a/out/f'),
          () => medium.read('a/b'),
          () => medium.read('loop/x'),
          () => medium.list('a/missing/x'),
          () => medium.list('a/in/f'),
          () => medium.stat('a/b/c/f/x'),
          () => medium.open('a/in/f').then((handle) => handle.close()),
          (turn) => medium.write(`a/in/g${String(turn)}`, 'x', { durable: turn % 100 === 0 }),
          () => medium.write('a/in/f', 'x', { exclusive: true }),
          () => medium.write('a/b', 'x'),
          () => medium.append('a/in/f', 'x'),
          () => medium.append('a/b', 'x'),
          () => medium.chmod('a/out', 0o600),
          () => medium.utimes('a/in', new Date(), new Date()),
          (turn) => medium.rename(`a/in/g${String(turn)}`, 'loop/x'),
          () => medium.symlink('/etc', 'a/new'),
          () => medium.realPath('a/out/x'),
          () => medium.delete('a/b'),
          () => medium.deleteAll('a/in/none'),
        ];
        for (let turn = 0; turn < 500; turn += 10) {
          await Promise.all(Array.from({ length: 200 }, (_, i) => codeOf(work[i % 20]?.(turn) ?? Promise.resolve())));
        }
        expect(openBelow(root).length).toBe(before);
      },
      60_000,
    );
  });
});
