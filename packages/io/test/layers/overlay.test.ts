import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import {
  type Change,
  defineMedium,
  DiskMedium,
  driverOf,
  localMedium,
  type Medium,
  MemoryLink,
  MemoryMedium,
  type OverlayMedium,
  overlay,
  readonly,
  snapshot,
} from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { bareDriver } from '../support/bare-driver.ts';

interface Layers {
  readonly base: MemoryMedium;
  readonly top: MemoryMedium;
  readonly draft: OverlayMedium;
}

function layers(tree: ConstructorParameters<typeof MemoryMedium>[0]): Layers {
  const [base, top] = [new MemoryMedium(tree), new MemoryMedium()];
  return { base, top, draft: overlay(base, top) };
}

async function told(draft: OverlayMedium): Promise<string[]> {
  return (await draft.changes()).map(({ type, path, kind }) => `${type} ${path} ${kind}`);
}

async function onDisk(work: (root: string) => Promise<void>): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'core-io-overlay-')));
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('overlay', () => {
  describe('Good', () => {
    it('reads through, and keeps what is written to itself', async () => {
      const { base, draft } = layers({ a: 'base', d: { b: 'base' } });
      await draft.write('d/b', 'top');
      await draft.write('d/c', 'new');
      expect(await snapshot(draft)).toEqual({ a: 'base', d: { b: 'top', c: 'new' } });
      expect(base.toJSON()).toEqual({ a: 'base', d: { b: 'base' } });
    });

    it('merges the lists of both in order, without markers', async () => {
      const { draft } = layers({ d: { a: '', c: '', e: '' } });
      await draft.write('d/b', '');
      await draft.delete('d/c');
      expect((await draft.list('d')).map(({ name }) => name)).toEqual(['a', 'b', 'e']);
    });

    it('notes deletions in the form of OCI image layers', async () => {
      const { top, draft } = layers({ f: '', d: { a: '', b: { c: '' } }, e: { x: '' } });
      await draft.delete('f');
      await draft.delete('d/a');
      await draft.deleteAll('e');
      await draft.ensureDir('e');
      await draft.write('e/new', '');
      expect(top.toJSON()).toEqual({ '.wh.f': '', d: { '.wh.a': '' }, e: { '.wh..wh..opq': '', new: '' } });
    });

    it('reads a top that another tool made in that form', async () => {
      const base = new MemoryMedium({ gone: '', kept: '', d: { old: '' }, e: { old: '' }, f: { old: '' } });
      const top = new MemoryMedium({ '.wh.gone': '', '.wh.e': '', d: { '.wh..wh..opq': '', n: '' }, e: { n: '' } });
      expect(await snapshot(overlay(base, top))).toEqual({ d: { n: '' }, e: { n: '' }, f: { old: '' }, kept: '' });
    });

    it('leaves no marker where something stands again', async () => {
      const { top, draft } = layers({ f: 'base', link: new MemoryLink('f') });
      await draft.delete('f');
      await draft.write('f', 'new');
      await draft.delete('link');
      await draft.symlink('elsewhere', 'link');
      expect(top.toJSON()).toEqual({ f: 'new', link: new MemoryLink('elsewhere') });
    });

    it('is the same when it is opened again over the same top', async () => {
      const { base, top, draft } = layers({ a: { b: { c: 'x' } }, f: '' });
      await draft.rename('a/b', 'z');
      await draft.deleteAll('f');
      await draft.chmod('', 0o711);
      const again = overlay(base, top);
      expect(await snapshot(again)).toEqual({ a: {}, z: { c: 'x' } });
      expect(await again.changes()).toEqual(await draft.changes());
      expect((await again.stat('')).mode).toBe(0o711);
    });

    it('moves a directory of the base with everything in it, with modes and times', async () => {
      const { base, draft } = layers({ d: { e: { f: 'x' }, link: new MemoryLink('e/f') } });
      const past = new Date('2001-02-03T04:05:06Z');
      await base.chmod('d/e', 0o700);
      await base.utimes('d/e/f', past, past);
      await base.utimes('d/e', past, past);
      await draft.rename('d', 'moved/d');
      expect(await draft.stat('moved/d/e/f')).toMatchObject({ mtime: past });
      expect(await draft.stat('moved/d/e')).toMatchObject({ mode: 0o700, mtime: past });
      expect(await draft.read('moved/d/link')).toBe('x');
      expect(await draft.exists('d')).toBe(false);
      expect(base.toJSON()).toEqual({ d: { e: { f: 'x' }, link: new MemoryLink('e/f') } });
    });

    it('copies a file up once to append to it, with its mode', async () => {
      const { base, top, draft } = layers({ d: { log: 'one\n' } });
      await base.chmod('d/log', 0o600);
      const reads = countReads(base);
      const counted = overlay(reads.medium, top);
      await counted.append('d/log', '');
      expect(top.toJSON()).toEqual({});
      await counted.append('d/log', 'two\n');
      await counted.append('d/log', 'three\n');
      expect([await draft.read('d/log'), reads.count(), (await draft.stat('d/log')).mode]).toEqual([
        'one\ntwo\nthree\n',
        1,
        0o600,
      ]);
    });

    it('lets who has a file of the base open see what is added to it, and not what replaces it', async () => {
      const { draft } = layers({ log: 'one', other: 'old' });
      await using log = await draft.open('log');
      await using other = await draft.open('other');
      await draft.append('log', ' two');
      await draft.write('other', 'replaced');
      const buffer = Buffer.alloc(16);
      expect(buffer.toString('utf8', 0, await log.read(buffer, 0, 16, 0))).toBe('one two');
      expect(buffer.toString('utf8', 0, await other.read(buffer, 0, 16, 0))).toBe('old');
      expect((await log.stat()).size).toBe(7);
    });

    it('keeps the mode of a file of the base that it replaces, and its directories as they are', async () => {
      const { base, draft } = layers({ d: { e: { run: 'x' } } });
      await base.chmod('d/e/run', 0o755);
      await base.chmod('d/e', 0o750);
      await base.utimes('d', new Date(0), new Date(0));
      await draft.write('d/e/run', 'y');
      expect([(await draft.stat('d/e/run')).mode, (await draft.stat('d/e')).mode]).toEqual([0o755, 0o750]);
      expect((await draft.stat('d')).mtime).toEqual(new Date(0));
    });

    it('takes a lock in the top', async () => {
      const { base, top, draft } = layers({ f: '' });
      const held = await draft.lock('f');
      await refusalOf(() => top.lock('f', { timeoutMs: 0 }), 'ERR_LOCK_TIMEOUT');
      await (await base.lock('f', { timeoutMs: 0 })).close();
      await held.close();
    });

    it('works in the paths of the disk that it lies over', async () => {
      await onDisk(async (root) => {
        const draft = overlay(localMedium());
        await draft.write(`${root}/a`, 'x');
        expect(await draft.changes()).toEqual([{ type: 'create', path: `${root}/a`, kind: 'file' }]);
        expect([readdirSync(root), await draft.realPath(`${root}/a`)]).toEqual([[], undefined]);
        await draft.commit();
        expect(readdirSync(root)).toEqual(['a']);
      });
    });

    it('follows absolute links as its base means them', async () => {
      await onDisk(async (root) => {
        const disk = new DiskMedium({ root });
        await disk.write('d/f', 'x');
        await disk.symlink(`${root}/d`, 'old');
        const draft = overlay(disk);
        await draft.write('old/g', 'new');
        await draft.symlink(`${root}/d/g`, 'link');
        expect([await draft.read('d/g'), await draft.read('link')]).toEqual(['new', 'new']);
        await refusalOf(() => draft.symlink('/etc', 'out'), 'ERR_PATH_ESCAPES_ROOT');
        await draft.commit();
        expect(await disk.read('link')).toBe('new');
      });
    });
  });

  describe('Bad', () => {
    it('refuses reserved names, also behind links, and does not show those of the base', async () => {
      const { base, draft } = layers({ d: { '.wh.hidden': 'x' } });
      await base.symlink('d/.wh.hidden', 'link');
      await refusalOf(() => draft.write('.wh.f', 'x'), 'ERR_INVALID_PATH');
      await refusalOf(() => draft.read('d/.wh.hidden'), 'ERR_INVALID_PATH');
      await refusalOf(() => draft.rename('d', 'a/.wh..wh..opq/b'), 'ERR_INVALID_PATH');
      await refusalOf(() => draft.read('link'), 'ERR_INVALID_PATH');
      expect(await draft.list('d')).toEqual([]);
    });

    it('refuses to be a layer over itself', () => {
      const medium = new MemoryMedium();
      expect(() => overlay(medium, medium)).toThrow(TypeError);
    });

    it('has no directory where a file hides one of the base', async () => {
      const { draft } = layers({ d: { e: { f: 'x' } } });
      await draft.deleteAll('d');
      await draft.write('d', 'file');
      await refusalOf(() => draft.read('d/e/f'), 'ENOTDIR');
      await refusalOf(() => draft.write('d/e/f', 'x'), 'ENOTDIR');
      expect(await draft.exists('d/e')).toBe(false);
    });

    it('shows nothing of a directory that was deleted and made again, or replaced by another', async () => {
      const { draft } = layers({ d: { old: '', sub: { old: '' } }, e: {}, n: { x: '' } });
      await draft.deleteAll('d');
      await draft.ensureDir('d/sub');
      expect(await snapshot(draft, 'd')).toEqual({ sub: {} });
      await draft.deleteAll('e');
      await draft.rename('n', 'e');
      await draft.deleteAll('d');
      await draft.rename('e', 'd');
      expect(await snapshot(draft)).toEqual({ d: { x: '' } });
    });

    it('refuses a top that cannot be written, and leaves the base alone', async () => {
      const base = new MemoryMedium({ f: 'x' });
      const draft = overlay(base, readonly(new MemoryMedium()));
      await refusalOf(() => draft.write('f', 'y'), 'EROFS');
      await refusalOf(() => draft.delete('f'), 'EROFS');
      expect([await draft.read('f'), draft.capabilities.readOnly]).toEqual(['x', true]);
    });

    it('cannot delete what no marker can name, and says how long a name may be', async () => {
      const long = 'n'.repeat(252);
      const { draft } = layers({ [long]: 'x', ['n'.repeat(251)]: 'y' });
      const { hint } = await refusalOf(() => draft.delete(long), 'ENAMETOOLONG');
      expect(hint).toContain('251 bytes');
      expect(await draft.read(long)).toBe('x');
      await draft.delete('n'.repeat(251));
      await draft.write('m'.repeat(255), 'z');
      await draft.delete('m'.repeat(255));
      expect(await told(draft)).toEqual([`delete ${'n'.repeat(251)} file`]);
    });
  });

  describe('Ugly', () => {
    it('shows readers the old content or the new while it is written, moved and deleted', async () => {
      const { draft } = layers({ d: { f: 'old' } });
      const seen = new Set<string>();
      const state = { isDone: false };
      const reading = (async (): Promise<void> => {
        while (!state.isDone)
          seen.add(await draft.read('d/f').catch((error: unknown) => (error as { code: string }).code));
      })();
      for (let i = 0; i < 50; i += 1) {
        await draft.write('d/f', 'new');
        await draft.rename('d/f', 'd/g');
        await draft.rename('d/g', 'd/f');
        await draft.deleteAll('d');
        await draft.write('d/f', 'new');
      }
      state.isDone = true;
      await reading;
      expect([...seen].filter((text) => !['old', 'new', 'ENOENT'].includes(text))).toEqual([]);
    });

    it('does changes at once as if they came one after the other', async () => {
      const { base, top, draft } = layers({ d: { f: 'x' }, e: { f: 'x' } });
      const tries = Array.from({ length: 20 }, (_, i) => draft.write('d/one', String(i), { exclusive: true }));
      expect((await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await Promise.all(Array.from({ length: 20 }, () => draft.append('d/f', 'y')));
      expect(await draft.read('d/f')).toBe(`x${'y'.repeat(20)}`);
      await Promise.all([
        draft.deleteAll('d'),
        draft.write('d/f', 'z'),
        draft.rename('e', 'd/e'),
        draft.write('d/g', 'z'),
      ]);
      expect(await snapshot(draft)).toEqual(await snapshot(overlay(base, top)));
      expect(await draft.read('d/g')).toBe('z');
    });

    it('shows what it was before or after one change wherever the top stops working', async () => {
      const tree = { d: { e: { f: 'x' }, g: 'y' }, h: { i: 'z' } };
      const histories: ((draft: Medium) => Promise<unknown>)[][] = [
        [(draft) => draft.rename('d', 'h/d')],
        [(draft) => draft.deleteAll('d'), (draft) => draft.ensureDir('d')],
        [(draft) => draft.rename('d/g', 'h/i'), (draft) => draft.rename('h/i', 'd/g')],
        [(draft) => draft.append('d/g', '+'), (draft) => draft.delete('d/g'), (draft) => draft.write('d/g', 'new')],
        [(draft) => draft.delete('h/i'), (draft) => draft.rename('d', 'h')],
        [(draft) => draft.symlink('h', 'l'), (draft) => draft.rename('l', 'd/g')],
      ];
      for (const history of histories) {
        const whole = overlay(new MemoryMedium(tree));
        const wanted = [JSON.stringify(await snapshot(whole))];
        for (const change of history) {
          await change(whole);
          wanted.push(JSON.stringify(await snapshot(whole)));
        }
        for (let calls = 0, isDone = false; !isDone; calls += 1) {
          const [base, top] = [new MemoryMedium(tree), new MemoryMedium()];
          const draft = overlay(base, failingAfter(top, calls));
          isDone = await doAll(history, draft);
          expect(wanted).toContain(JSON.stringify(await snapshot(overlay(base, top))));
          expect(base.toJSON()).toEqual(tree);
        }
      }
    });

    it('leaves nothing in the top of a file of the base that cannot be read to its end', async () => {
      const inner = driverOf(new MemoryMedium({ f: 'x' }));
      const top = new MemoryMedium();
      const draft = overlay(
        defineMedium({
          ...inner,
          open: async (path) => {
            const handle = await inner.open(path);
            return {
              stat: () => handle.stat(),
              close: () => handle.close(),
              read: () => {
                throw Object.assign(new Error('broken'), { code: 'EIO' });
              },
            };
          },
        }),
        top,
      );
      await refusalOf(() => draft.chmod('f', 0o600), 'EIO');
      expect(top.toJSON()).toEqual({});
      await draft.write('f', 'new');
      expect(await draft.read('f')).toBe('new');
    });

    it('opens the copy of a file that is copied at the same moment', async () => {
      const inner = driverOf(new MemoryMedium({ f: 'one' }));
      const draft: OverlayMedium = overlay(
        defineMedium({
          ...inner,
          open: async (path) => {
            const handle = await inner.open(path);
            await draft.append('f', ' two');
            return handle;
          },
        }),
      );
      await using handle = await draft.open('f');
      await draft.append('f', ' three');
      const buffer = Buffer.alloc(32);
      expect(buffer.toString('utf8', 0, await handle.read(buffer, 0, 32, 0))).toBe('one two three');
    });

    it('leaves nothing of a stream that is destroyed, and the mode of the base to one that finishes', async () => {
      const { base, draft } = layers({ d: { f: 'old' } });
      await base.chmod('d/f', 0o640);
      const left = draft.writeStream('d/f');
      left.write('part');
      left.destroy();
      await once(left, 'close');
      expect(await told(draft)).toEqual([]);
      await finished(draft.writeStream('d/f').end('new'));
      expect([await draft.read('d/f'), (await draft.stat('d/f')).mode]).toEqual(['new', 0o640]);
    });

    it('keeps a stream from bringing a deleted file of the base back', async () => {
      const { draft } = layers({ f: 'old' });
      const stream = draft.writeStream('f');
      stream.write('new');
      await new Promise((resolve) => stream.write('', resolve));
      await draft.delete('f');
      await finished(stream.end());
      expect(await draft.read('f')).toBe('new');
      await draft.delete('f');
      expect(await draft.exists('f')).toBe(false);
    });
  });
});

describe('OverlayMedium.changes', () => {
  describe('Good', () => {
    it('tells all that is different, each directory before its content, in order', async () => {
      const { draft } = layers({ a: { b: 'x', c: { d: 'x' } }, 'a.txt': '', gone: { deep: { f: '' } }, run: '' });
      await draft.write('a/new/f', 'x');
      await draft.write('a/b', 'y');
      await draft.write('a.txt', '');
      await draft.deleteAll('gone');
      await draft.chmod('run', 0o755);
      await draft.chmod('a/c', 0o700);
      expect(await told(draft)).toEqual([
        'change a/b file',
        'change a/c dir',
        'create a/new dir',
        'create a/new/f file',
        'change a.txt file',
        'delete gone dir',
        'change run file',
      ]);
    });

    it('tells another kind as a delete and a create', async () => {
      const { draft } = layers({ f: 'x', d: { x: '' }, link: new MemoryLink('f') });
      await draft.delete('f');
      await draft.write('f/below', 'x');
      await draft.deleteAll('d');
      await draft.write('d', 'file');
      await draft.delete('link');
      await draft.symlink('d', 'link');
      expect(await told(draft)).toEqual([
        'delete d dir',
        'create d file',
        'delete f file',
        'create f dir',
        'create f/below file',
        'change link symlink',
      ]);
    });

    it('tells a move as a delete and a create, and what a new directory does not have any more', async () => {
      const { draft } = layers({ d: { a: '', b: '' }, f: '' });
      await draft.rename('f', 'g');
      await draft.deleteAll('d');
      await draft.write('d/b', 'new');
      expect(await told(draft)).toEqual(['delete d/a file', 'change d/b file', 'delete f file', 'create g file']);
    });

    it('tells nothing of what was undone, and of what was only read, locked or looked at', async () => {
      const { draft } = layers({ d: { e: { f: 'x' } } });
      await draft.write('d/e/new', 'x');
      await draft.delete('d/e/new');
      await draft.deleteAll('d/e/none');
      await (await draft.lock('d/e/f')).close();
      await draft.utimes('d/e', new Date(0), new Date(0));
      await draft.read('d/e/f');
      expect(await told(draft)).toEqual([]);
    });

    it('tells the mode of the root', async () => {
      const { draft } = layers({});
      await draft.chmod('', 0o700);
      expect(await draft.changes()).toEqual([{ type: 'change', path: '', kind: 'dir' }] satisfies Change[]);
    });
  });

  describe('Bad', () => {
    it('rejects with the reason of the signal', async () => {
      const { draft } = layers({});
      await expect(draft.changes({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
    });

    it('tells which medium refused', async () => {
      const base = new MemoryMedium({ f: '' });
      const draft = overlay(base, failingAfter(new MemoryMedium(), 0, ['list']));
      const error = await refusalOf(() => draft.changes(), 'EIO');
      expect(error.op).toBe('io.changes');
    });
  });
});

describe('OverlayMedium.commit', () => {
  describe('Good', () => {
    it('does in the base what was done here, and empties the top', async () => {
      const { base, top, draft } = layers({ a: { b: 'x', c: { d: 'x' } }, gone: { f: '' }, run: '' });
      const past = new Date('2001-02-03T04:05:06Z');
      await draft.write('a/new/f', 'x', { mode: 0o600 });
      await draft.utimes('a/new/f', past, past);
      await draft.chmod('a/new', 0o500);
      await draft.rename('a/c', 'moved');
      await draft.deleteAll('gone');
      await draft.symlink('a/b', 'link');
      await draft.chmod('', 0o711);
      await draft.commit();
      expect(base.toJSON()).toEqual({
        a: { b: 'x', new: { f: 'x' } },
        link: new MemoryLink('a/b'),
        moved: { d: 'x' },
        run: '',
      });
      expect(await base.stat('a/new/f')).toMatchObject({ mode: 0o600, mtime: past });
      expect([(await base.stat('a/new')).mode, (await base.stat('')).mode]).toEqual([0o500, 0o711]);
      expect([top.toJSON(), await draft.changes()]).toEqual([{}, []]);
    });

    it('can be gone on with, and committed again', async () => {
      const { base, draft } = layers({ f: 'one' });
      for (const text of ['two', 'three']) {
        await draft.write('f', text);
        await draft.delete('f');
        await draft.write('f', text);
        await draft.commit();
        expect([await base.read('f'), await draft.read('f')]).toEqual([text, text]);
      }
      await draft.delete('f');
      await draft.commit();
      expect(base.toJSON()).toEqual({});
    });

    it('does nothing where nothing changed', async () => {
      const base = new MemoryMedium({ f: 'x' });
      await overlay(readonly(base)).commit();
      expect(base.toJSON()).toEqual({ f: 'x' });
    });
  });

  describe('Bad', () => {
    it('refuses with EBUSY while a stream is open, however streams ended before', async () => {
      const { draft } = layers({ d: {} });
      await expect(finished(draft.writeStream('d').end('x'))).rejects.toMatchObject({ code: 'EISDIR' });
      const stream = draft.writeStream('f');
      await new Promise((resolve) => stream.write('x', resolve));
      await refusalOf(() => draft.commit(), 'EBUSY');
      await finished(stream.end());
      await draft.commit();
    });

    it('refuses what the base refuses and keeps everything', async () => {
      const base = new MemoryMedium({ f: 'x' });
      const draft = overlay(readonly(base));
      await draft.write('f', 'y');
      const error = await refusalOf(() => draft.commit(), 'EROFS');
      expect(error.op).toBe('io.commit');
      expect([base.toJSON(), await draft.read('f')]).toEqual([{ f: 'x' }, 'y']);
    });
  });

  describe('Ugly', () => {
    it('is finished by a second one wherever the base stops working, and loses nothing meanwhile', async () => {
      const tree = { a: { b: 'x', c: { d: 'x' } }, gone: { f: '' }, kind: 'file' };
      for (let calls = 0, isDone = false; !isDone; calls += 1) {
        const [base, top] = [new MemoryMedium(tree), new MemoryMedium()];
        const draft = overlay(base, top);
        await draft.write('a/new/f', 'x');
        await draft.rename('a/c', 'moved');
        await draft.deleteAll('gone');
        await draft.delete('kind');
        await draft.write('kind/now', 'dir');
        const wanted = await snapshot(draft);
        isDone = await overlay(failingAfter(base, calls), top)
          .commit()
          .then(
            () => true,
            () => false,
          );
        expect(await snapshot(overlay(base, top))).toEqual(wanted);
        await overlay(base, top).commit();
        expect([base.toJSON(), top.toJSON()]).toEqual([wanted, {}]);
      }
    });

    it('stops at the signal with its reason, and can be called again', async () => {
      const { base, draft } = layers({});
      for (let i = 0; i < 5; i += 1) await draft.write(`f${String(i)}`, 'x');
      const controller = new AbortController();
      const reason = new Error('enough');
      const stopping = overlay(
        defineMedium({
          ...driverOf(base),
          create: (path, options) => {
            if (path === 'f2') controller.abort(reason);
            return driverOf(base).create(path, options);
          },
        }),
        draft.top,
      );
      await expect(stopping.commit({ signal: controller.signal })).rejects.toBe(reason);
      expect((await base.list('')).length).toBe(3);
      await draft.commit();
      expect((await base.list('')).length).toBe(5);
    });

    it('lets reads go on meanwhile', async () => {
      const { draft } = layers({ f: 'old', other: 'x' });
      await draft.write('f', 'new');
      await draft.delete('other');
      const seen = new Set<unknown>();
      const state = { isDone: false };
      const reading = (async (): Promise<void> => {
        while (!state.isDone) seen.add(`${await draft.read('f')} ${String(await draft.exists('other'))}`);
      })();
      await draft.commit();
      state.isDone = true;
      await reading;
      expect([...seen]).toEqual(['new false']);
    });

    it('puts back a link that was moved to where it could not be made', async () => {
      const { base, draft } = layers({ d: { e: { link: new MemoryLink('../../f') } }, f: 'x' });
      await draft.rename('d/e/link', 'link');
      await draft.commit();
      expect(await snapshot(base)).toEqual({ d: { e: {} }, f: 'x', link: new MemoryLink('../../f') });
    });
  });
});

describe('OverlayMedium.watch', () => {
  describe('Good', () => {
    it('tells its own changes and those of the base that can be seen', async () => {
      const { base, draft } = layers({ d: { a: '', hidden: '', x: { y: '' } } });
      await draft.delete('d/hidden');
      const events = draft.watch('d')[Symbol.asyncIterator]();
      const take = async (): Promise<string> => {
        const { value } = (await events.next()) as { value: { type: string; path: string } };
        return `${value.type} ${value.path}`;
      };
      const first = take();
      await draft.write('d/b', 'x');
      expect(await first).toBe('create d/b');
      await draft.append('d/a', 'x');
      expect(await take()).toBe('change d/a');
      await base.write('d/hidden', 'unseen');
      await base.write('d/c', 'seen');
      expect(await take()).toBe('create d/c');
      await draft.rename('d/x', 'd/z');
      expect([await take(), await take(), await take(), await take()].sort()).toEqual([
        'create d/z',
        'create d/z/y',
        'delete d/x',
        'delete d/x/y',
      ]);
      await draft.deleteAll('d/z');
      expect([await take(), await take()]).toEqual(['delete d/z/y', 'delete d/z']);
      await events.return?.();
    });

    it('watches a directory that only the top has, and cannot where the base cannot', async () => {
      const { draft } = layers({});
      await draft.ensureDir('d');
      const events = draft.watch('d')[Symbol.asyncIterator]();
      const next = events.next();
      await draft.write('d/f', 'x');
      expect(await next).toEqual({ done: false, value: { type: 'create', path: 'd/f' } });
      await events.return?.();
      const deaf = overlay(defineMedium(bareDriver()));
      expect(deaf.capabilities.watch).toBe(false);
      await refusalOf(() => deaf.watch('')[Symbol.asyncIterator]().next(), 'ERR_NOT_SUPPORTED');
    });
  });

  describe('Ugly', () => {
    it('ends with the failure of the base', async () => {
      const base = defineMedium({
        ...driverOf(new MemoryMedium()),
        async *watch() {
          await Promise.resolve();
          yield { type: 'create' as const, path: 'f' };
          throw Object.assign(new Error('broken'), { code: 'EIO' });
        },
      });
      const seen: string[] = [];
      await refusalOf(async () => {
        for await (const { path } of overlay(base).watch('')) seen.push(path);
      }, 'EIO');
    });
  });
});

/** Whether all of it could be done. */
async function doAll(history: readonly ((draft: Medium) => Promise<unknown>)[], draft: Medium): Promise<boolean> {
  try {
    for (const change of history) await change(draft);
    return true;
  } catch {
    return false;
  }
}

/** Counts how often a content is read. */
function countReads(medium: MemoryMedium): { readonly medium: Medium; readonly count: () => number } {
  let count = 0;
  const driver = driverOf(medium);
  return {
    count: () => count,
    medium: defineMedium({
      ...driver,
      read: (path, signal, borrow) => {
        count += 1;
        return driver.read(path, signal, borrow);
      },
    }),
  };
}

const WRITING = ['write', 'append', 'create', 'mkdir', 'remove', 'removeAll', 'rename', 'chmod', 'utimes', 'symlink'];

/** Does so many of the named calls, and refuses every one after them, as if the process had ended there. */
function failingAfter(medium: MemoryMedium, calls: number, names: readonly string[] = WRITING): Medium {
  let left = calls;
  const driver = driverOf(medium);
  const failing = Object.entries(driver).map(([name, primitive]): [string, unknown] => {
    if (!names.includes(name)) return [name, primitive];
    const call = (...args: unknown[]): unknown => {
      left -= 1;
      if (left < 0) throw Object.assign(new Error('the end'), { code: 'EIO' });
      return (primitive as (...args: unknown[]) => unknown)(...args);
    };
    return [name, call];
  });
  return defineMedium(Object.fromEntries(failing) as unknown as typeof driver);
}
