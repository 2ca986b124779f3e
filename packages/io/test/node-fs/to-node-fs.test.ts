import type nodeFs from 'node:fs';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { defineMedium, DiskMedium, isCoreError, localMedium, MemoryMedium, overlay, readonly } from '@core/io';
import { type NodeFs, toNodeFs } from '@core/io/node-fs';
import { faulty } from '@core/io/testing';

const root = mkdtempSync(join(tmpdir(), 'core-node-fs-'));

afterAll(() => {
  rmSync(root, { recursive: true });
});

async function refusal(work: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return work.then(
    (value) => {
      throw new Error(`It succeeded with ${String(value)}`);
    },
    (error: unknown) => error as NodeJS.ErrnoException,
  );
}

describe('toNodeFs: Good', () => {
  it('fits where the types of Node are asked for', async () => {
    const { promises, readdir, createReadStream } = toNodeFs(new MemoryMedium({ d: { f: 'text' } }));
    const stats: nodeFs.Stats = await promises.stat('/d/f');
    const precise: Pick<nodeFs.BigIntStats, 'isFile' | 'mtimeNs' | 'size'> = await promises.stat('/d/f', {
      bigint: true,
    });
    const [entry]: nodeFs.Dirent[] = await promises.readdir('/d', { withFileTypes: true });
    const text: string = await promises.readFile('/d/f', 'utf8');
    const bytes: Buffer = await promises.readFile('/d/f');
    const stream: Pick<nodeFs.ReadStream, 'bytesRead' | 'close' | 'path' | 'pipe'> = createReadStream('/d/f');
    const named: (
      path: string,
      options: { withFileTypes: true },
      done: (error: Error | null, entries: nodeFs.Dirent[]) => void,
    ) => void = readdir;
    stream.close();
    expect([stats.size, precise.size, entry?.name, text, bytes.length, typeof named]).toEqual([
      4,
      4n,
      'f',
      'text',
      4,
      'function',
    ]);
  });

  it('starts at the root of the medium, with a slash or without', async () => {
    const fs = toNodeFs(new MemoryMedium({ d: { f: 'x' } })).promises;
    for (const path of ['/d/f', 'd/f', './d/f', '/d/../d/f', '//d//f'])
      expect(await fs.readFile(path, 'utf8')).toBe('x');
    expect(await fs.readdir('/')).toEqual(['d']);
    expect(await fs.readdir('.')).toEqual(['d']);
    expect(await fs.realpath('d')).toBe('/d');
  });

  it('takes the paths of the system on the local medium', async () => {
    const fs = toNodeFs(localMedium()).promises;
    await fs.mkdir(join(root, 'local/deep'), { recursive: true });
    await fs.writeFile(join(root, 'local/f'), 'x');
    symlinkSync(join(root, 'local'), join(root, 'way'));
    expect(await fs.realpath(join(root, 'way/f'))).toBe(await fs.realpath(join(root, 'local/f')));
    expect((await fs.readdir(join(root, 'way'))).sort()).toEqual(['deep', 'f']);
  });

  it('replaces a file atomically: readers see the old content or the new', async () => {
    const fs = toNodeFs(new DiskMedium({ root: join(root, 'atomic') })).promises;
    const contents = ['a'.repeat(100_000), 'b'.repeat(150_000)];
    await fs.writeFile('/f', contents.join(''));
    contents.push(contents.join(''));
    for (let round = 0; round < 20; round += 1) {
      const writing = fs.writeFile('/f', contents[round % 2] ?? '');
      const seen = await Promise.all([fs.readFile('/f', 'utf8'), fs.readFile('/f', 'utf8')]);
      for (const text of seen) expect(contents.includes(text)).toBe(true);
      await writing;
    }
  });

  it('leaves the old file when a stream is destroyed', async () => {
    const medium = new MemoryMedium({ f: 'old' });
    const stream = toNodeFs(medium).createWriteStream('/f');
    await new Promise((resolve) => stream.write('new', resolve));
    await new Promise((resolve) => stream.on('close', resolve).destroy());
    expect(medium.toJSON()).toEqual({ f: 'old' });
  });

  it('leads absolute links on a disk to where they lead on the disk', async () => {
    mkdirSync(join(root, 'links/d'), { recursive: true });
    symlinkSync(join(root, 'links/d'), join(root, 'links/inside'));
    symlinkSync(root, join(root, 'links/outside'));
    const fs = toNodeFs(new DiskMedium({ root: join(root, 'links') })).promises;
    expect(await fs.realpath('/inside')).toBe('/d');
    expect(await fs.readdir('/inside')).toEqual([]);
    const error = await refusal(fs.realpath('/outside'));
    expect([error.code, error.syscall]).toEqual(['ERR_PATH_ESCAPES_ROOT', 'realpath']);
  });

  it('leads absolute links in memory from the root of the medium', async () => {
    const fs = toNodeFs(new MemoryMedium({ d: { f: 'x' } })).promises;
    await fs.symlink('/d', '/link');
    expect(await fs.realpath('/link/f')).toBe('/d/f');
  });

  it('works on layers', async () => {
    const base = new MemoryMedium({ d: { f: 'old' } });
    const draft = overlay(base);
    const fs = toNodeFs(draft).promises;
    await fs.rename('/d/f', '/g');
    await fs.rmdir('/d');
    expect((await draft.changes()).map(({ type, path }) => `${type} ${path}`)).toEqual(['delete d', 'create g']);
    expect(base.toJSON()).toEqual({ d: { f: 'old' } });
  });
});

describe('toNodeFs: Bad', () => {
  it('keeps the original as the cause of its errors', async () => {
    const error = await refusal(toNodeFs(new MemoryMedium()).promises.readFile('/missing'));
    expect(error).toMatchObject({ errno: -2, code: 'ENOENT', syscall: 'open', path: '/missing' });
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
    expect(isCoreError(error)).toBe(false);
  });

  it('refuses to change a medium that is read-only with EROFS', async () => {
    const fs = toNodeFs(readonly(new MemoryMedium({ f: 'x', d: {} }))).promises;
    const { W_OK } = fs.constants;
    const calls = {
      access: () => fs.access('/f', W_OK),
      append: () => fs.appendFile('/f', 'y'),
      chmod: () => fs.chmod('/f', 0o600),
      mkdir: () => fs.mkdir('/new'),
      open: () => fs.open('/f', 'r+'),
      rename: () => fs.rename('/f', '/g'),
      rm: () => fs.rm('/f'),
      rmdir: () => fs.rmdir('/d'),
      symlink: () => fs.symlink('f', '/link'),
      truncate: () => fs.truncate('/f'),
      unlink: () => fs.unlink('/f'),
      utimes: () => fs.utimes('/f', 1, 1),
      write: () => fs.writeFile('/f', 'y'),
    };
    for (const [name, call] of Object.entries(calls))
      expect([name, (await refusal(call())).code]).toEqual([name, 'EROFS']);
    expect(await fs.readFile('/f', 'utf8')).toBe('x');
  });

  it('refuses what the medium cannot do with ENOSYS', async () => {
    const inner = new MemoryMedium({ f: 'x' }).driver;
    const medium = defineMedium({
      ...{ stat: inner.stat.bind(inner), list: inner.list.bind(inner), read: inner.read.bind(inner) },
      ...{ write: inner.write.bind(inner), mkdir: inner.mkdir.bind(inner) },
      ...{ remove: inner.remove.bind(inner), rename: inner.rename.bind(inner) },
    });
    const fs = toNodeFs(medium).promises;
    for (const call of [fs.chmod('/f', 0o600), fs.utimes('/f', 1, 1), fs.symlink('f', '/link')]) {
      expect(await refusal(call)).toMatchObject({ code: 'ENOSYS', errno: -38 });
    }
    expect(await refusal(fs.readlink('/f'))).toMatchObject({ code: 'EINVAL' });
    expect(await refusal(fs.readlink('/missing'))).toMatchObject({ code: 'ENOENT' });
    expect(await fs.mkdir('/d', 0o700)).toBe(undefined);
    expect(await fs.realpath('/d/../f')).toBe('/f');
  });

  it('refuses to make, move or remove the root', async () => {
    const fs = toNodeFs(new MemoryMedium({ f: 'x' })).promises;
    expect((await refusal(fs.mkdir('/'))).code).toBe('EEXIST');
    expect(await fs.mkdir('/', { recursive: true })).toBe(undefined);
    expect((await refusal(fs.rmdir('/'))).code).toBe('EBUSY');
    expect((await refusal(fs.unlink('/'))).code).toBe('EISDIR');
    expect((await refusal(fs.rename('/', '/a'))).code).toBe('EBUSY');
    expect((await refusal(fs.rename('/f', '/'))).code).toBe('EBUSY');
    expect((await refusal(fs.writeFile('/', 'x'))).code).toBe('EISDIR');
    expect((await refusal(fs.symlink('f', '/'))).code).toBe('EEXIST');
    expect((await refusal(fs.rm('/', { recursive: true }))).code).toBe('EPERM');
    expect(await fs.readdir('/')).toEqual(['f']);
  });

  it('tells ways out of the root by their own code', async () => {
    const fs = toNodeFs(new MemoryMedium()).promises;
    const error = await refusal(fs.symlink('../outside', '/link'));
    expect(error).toMatchObject({
      code: 'ERR_PATH_ESCAPES_ROOT',
      syscall: 'symlink',
      path: '../outside',
      dest: '/link',
    });
    expect(error.errno).toBe(undefined);
  });

  it('passes on what the medium is refused', async () => {
    const medium = faulty(new MemoryMedium({ f: 'x' }), [
      { op: 'write', error: 'ENOSPC' },
      { op: 'read', error: 'EIO' },
    ]);
    const fs = toNodeFs(medium).promises;
    expect((await refusal(fs.writeFile('/g', 'x'))).message).toBe("ENOSPC: no space left on device, open '/g'");
    expect(await refusal(fs.readFile('/f'))).toMatchObject({ code: 'EIO', errno: -5 });
  });

  it('calls back with what a callback can be told, and lets what it throws be', async () => {
    const fs = toNodeFs(new MemoryMedium());
    const error = await new Promise((resolve) => {
      fs.stat('/missing', resolve);
    });
    expect(error).toMatchObject({ code: 'ENOENT' });
    const nul = await new Promise((resolve) => {
      fs.readFile('a\0b', resolve);
    });
    expect(nul).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
  });
});

describe('toNodeFs: Ugly', () => {
  it.each<[string, () => NodeFs]>([
    ['in memory', () => toNodeFs(new MemoryMedium())],
    ['on a disk', () => toNodeFs(new DiskMedium({ root: join(root, 'concurrent') }))],
  ])('loses nothing when one file is changed in many places at once, %s', async (_title, create) => {
    const { promises: fs } = create();
    const file = await fs.open('/f', 'w+');
    const other = await fs.open('/f', 'r+');
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
    await Promise.all(letters.map((letter, i) => (i % 2 === 0 ? file : other).write(letter, i)));
    expect(await fs.readFile('/f', 'utf8')).toBe(letters.join(''));
    await Promise.all(letters.map((letter) => file.write(letter)));
    expect((await file.stat()).size).toBe(26);
    await Promise.all([file.close(), other.close()]);
  });

  it('lets exactly one of several make a directory, as lock files need', async () => {
    const fs = toNodeFs(new MemoryMedium()).promises;
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => fs.mkdir('/lock')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('opens a file that somebody else makes in the same moment', async () => {
    const inner = new MemoryMedium();
    const medium = faulty(inner, [{ op: 'write', nth: 1, hold: () => inner.write('f', 'theirs') }]);
    const file = await toNodeFs(medium).promises.open('/f', 'a+');
    await file.write(' and ours');
    await file.close();
    expect(await inner.read('f')).toBe('theirs and ours');
  });

  it('tells a writer whose file was deleted so, with ESTALE', async () => {
    const fs = toNodeFs(new MemoryMedium()).promises;
    const file = await fs.open('/f', 'w');
    await fs.unlink('/f');
    expect(await refusal(file.write('x'))).toMatchObject({ code: 'ESTALE', syscall: 'write' });
    await file.close();
    expect(await fs.readdir('/')).toEqual([]);
  });

  it('shows a reader the file as it was when it was opened', async () => {
    const fs = toNodeFs(new MemoryMedium({ f: 'old' })).promises;
    const file = await fs.open('/f');
    await fs.writeFile('/f', 'new');
    expect(await file.readFile('utf8')).toBe('old');
    await file.close();
  });

  it('gives the lowest free number to each open file', async () => {
    const fs = toNodeFs(new MemoryMedium({ f: '' })).promises;
    const [first, second] = [await fs.open('/f'), await fs.open('/f')];
    await first.close();
    const third = await fs.open('/f');
    expect([second.fd, third.fd, first.fd]).toEqual([4, 3, -1]);
    await using last = third;
    await second.close();
    expect(last.fd).toBe(3);
  });

  it('stops a write when the signal is aborted, and leaves the old file', async () => {
    const medium = faulty(new MemoryMedium({ f: 'old' }), [{ op: 'write', hold: new Promise(() => undefined) }]);
    const controller = new AbortController();
    const writing = toNodeFs(medium).promises.writeFile('/f', 'new', { signal: controller.signal });
    controller.abort('enough');
    expect(await refusal(writing)).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
  });

  it('reads on from a part of a stream, and closes streams by hand', async () => {
    const fs = toNodeFs(new MemoryMedium({ f: '0123456789' }));
    const reading = fs.createReadStream('/f', { start: 3, highWaterMark: 2 });
    expect(reading.pending).toBe(true);
    const first = await new Promise((resolve) => reading.once('data', resolve));
    expect([String(first), reading.pending]).toEqual(['34', false]);
    await new Promise((resolve) => {
      reading.close(resolve);
    });
    const writing = fs.createWriteStream('/g');
    expect(writing.pending).toBe(true);
    writing.write('x');
    await new Promise((resolve) => {
      writing.close(resolve);
    });
    await new Promise((resolve) => {
      writing.close(resolve);
    });
    expect(await fs.promises.readFile('/g', 'utf8')).toBe('x');
  });
});
