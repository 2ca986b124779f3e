import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  copy,
  type CopyProgress,
  defineMedium,
  DiskMedium,
  driverOf,
  type Medium,
  MemoryLink,
  MemoryMedium,
  snapshot,
  sub,
} from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { foreign } from './layers/support/foreign.ts';
import { bareDriver } from './support/bare-driver.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

async function onDisk(work: (root: string) => Promise<void>): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'core-io-copy-')));
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Bytes that no shifted or swapped copy of themselves equals. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE(i, i);
  return bytes;
}

describe('copy', () => {
  describe('Good', () => {
    it.each([
      0,
      1,
      64 * KIB - 1,
      64 * KIB,
      64 * KIB + 1,
      MIB + 1,
      4 * MIB - 1,
      4 * MIB,
      4 * MIB + 1,
      8 * MIB,
      13 * MIB + 123,
    ])('copies a file of %d bytes', async (length) => {
      const src = new MemoryMedium({ f: pattern(length) });
      const dst = new MemoryMedium();
      await copy(src, 'f', dst, 'made/g');
      expect(Buffer.compare(await dst.readBytes('made/g'), pattern(length))).toBe(0);
    });

    it('copies a tree with empty directories, modes and links', async () => {
      const tree = { a: { b: 'x', empty: {}, link: new MemoryLink('b') }, dangling: new MemoryLink('none'), c: 'y' };
      const src = new MemoryMedium({ tree });
      await src.chmod('tree/a/b', 0o755);
      await src.chmod('tree/a', 0o700);
      const dst = new MemoryMedium({ tree: { a: { kept: 'k' }, c: 'replaced' } });
      await dst.chmod('tree/a', 0o777);
      await copy(src, 'tree/', dst, '/tree');
      expect(dst.toJSON()).toEqual({ tree: { ...tree, a: { ...tree.a, kept: 'k' } } });
      expect([(await dst.stat('tree/a/b')).mode, (await dst.stat('tree/a')).mode]).toEqual([0o755, 0o777]);
      await copy(src, '', dst, 'all');
      expect((await dst.stat('all/tree/a')).mode).toBe(0o700);
    });

    it('copies a medium to the root of another', async () => {
      const src = new MemoryMedium({ a: { b: 'x' }, c: 'y' });
      const dst = new MemoryMedium({ d: 'kept' });
      await copy(src, '', dst, '');
      expect(dst.toJSON()).toEqual({ a: { b: 'x' }, c: 'y', d: 'kept' });
    });

    it.each([
      ['disk to memory', (root: string): [Medium, Medium] => [new DiskMedium({ root }), new MemoryMedium()]],
      ['memory to disk', (root: string): [Medium, Medium] => [new MemoryMedium(), new DiskMedium({ root })]],
      ['a foreign to a bare medium', (): [Medium, Medium] => [foreign(new MemoryMedium()), defineMedium(bareDriver())]],
    ])('copies from %s', async (_title, create) => {
      await onDisk(async (root) => {
        const [src, dst] = create(root);
        const tree = { big: 'x'.repeat(3 * MIB), d: { binary: Uint8Array.of(0, 255, 128), e: {} } };
        await copy(new MemoryMedium({ s: tree }), 's', src, 's');
        await copy(src, 's', dst, 't');
        expect(await snapshot(dst, 't')).toEqual(tree);
      });
    });

    it('copies what links lead to, where the other medium has no links', async () => {
      const src = new MemoryMedium({
        s: { d: { f: 'x' }, dir: new MemoryLink('d'), file: new MemoryLink('../out') },
        out: 'o',
      });
      const dst = defineMedium(bareDriver());
      await copy(src, 's', dst, 't');
      expect(await snapshot(dst, 't')).toEqual({ d: { f: 'x' }, dir: { f: 'x' }, file: 'o' });
    });

    it('follows the source itself, and writes through a link at the target', async () => {
      const src = new MemoryMedium({ d: { f: 'x' }, link: new MemoryLink('d') });
      const dst = new MemoryMedium({ real: { f: 'old' }, to: new MemoryLink('real') });
      await copy(src, 'link', dst, 'd');
      await copy(src, 'link/f', dst, 'to/f');
      expect(dst.toJSON()).toEqual({ d: { f: 'x' }, real: { f: 'x' }, to: new MemoryLink('real') });
    });

    it('tells how far it is', async () => {
      const src = new MemoryMedium({ s: { a: 'x'.repeat(9 * MIB + 5), b: 'yy' } });
      const seen: CopyProgress[] = [];
      await copy(src, 's', new MemoryMedium(), 't', { onProgress: (progress) => seen.push(progress) });
      expect(seen.at(-1)).toMatchObject({ copiedBytes: 9 * MIB + 7, totalBytes: 9 * MIB + 7, files: 2 });
      expect(seen.every(({ copiedBytes }, i) => copiedBytes >= (seen[i - 1]?.copiedBytes ?? 0))).toBe(true);
      expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(['s/a', 's/b']));
    });
  });

  describe('Bad', () => {
    it('refuses a directory into itself with EINVAL, also through links and other media', async () => {
      await onDisk(async (root) => {
        const disk = new DiskMedium({ root });
        await disk.write('d/f', 'x');
        await disk.symlink('d', 'link');
        for (const [dst, path] of [
          [disk, 'd'],
          [disk, 'd/below/deep'],
          [disk, 'link/below'],
          [disk, 'x/../d'],
          [new DiskMedium({ root: join(root, 'd') }), 'below'],
        ] as const) {
          await refusalOf(() => copy(disk, 'd', dst, path), 'EINVAL');
        }
        expect(readdirSync(join(root, 'd'))).toEqual(['f']);
        await copy(disk, 'd', disk, 'd2');
        expect(readdirSync(join(root, 'd2'))).toEqual(['f']);
      });
    });

    it('refuses what is missing, and kinds that do not fit, and leaves all as it is', async () => {
      const src = new MemoryMedium({ f: 'x', d: { e: 'x' } });
      const dst = new MemoryMedium({ f: 'x', d: { e: {} } });
      const before = dst.toJSON();
      await refusalOf(() => copy(src, 'missing', dst, 'g'), 'ENOENT');
      await refusalOf(() => copy(src, 'f', dst, 'd'), 'EISDIR');
      await refusalOf(() => copy(src, 'd', dst, 'f'), 'EEXIST');
      await refusalOf(() => copy(src, 'd', dst, 'd'), 'EISDIR');
      await refusalOf(() => copy(src, 'f', dst, 'f/g'), 'ENOTDIR');
      expect(dst.toJSON()).toEqual(before);
    });

    it('refuses what is no file, by name', async () => {
      const inner = new MemoryMedium({ d: { fifo: '' } });
      const driver = driverOf(inner);
      const src = defineMedium({
        ...driver,
        stat: async (path, follow) => {
          const stat = await driver.stat(path, follow);
          return path.endsWith('fifo') ? { ...stat, kind: 'other' } : stat;
        },
        list: async (path) =>
          (await driver.list(path)).map((entry) => (entry.name === 'fifo' ? { ...entry, kind: 'other' } : entry)),
      });
      for (const path of ['d', 'd/fifo']) {
        const error = await refusalOf(() => copy(src, path, new MemoryMedium(), 'x'), 'ERR_NOT_REGULAR_FILE');
        expect(error.message).toContain('d/fifo');
      }
    });

    it('refuses a link that leads into itself, where links must be followed', async () => {
      const dst = defineMedium(bareDriver());
      const up = new MemoryMedium({ s: { d: { up: new MemoryLink('..') } } });
      await refusalOf(() => copy(up, 's', dst, 't'), 'ELOOP');
      const dangling = new MemoryMedium({ s: { none: new MemoryLink('gone') } });
      await refusalOf(() => copy(dangling, 's', dst, 't'), 'ENOENT');
    });

    it('refuses a link that would lead out of the other medium', async () => {
      const src = new MemoryMedium({ a: { b: { link: new MemoryLink('../../x') } } });
      await refusalOf(() => copy(src, 'a/b', new MemoryMedium(), 'c'), 'ERR_PATH_ESCAPES_ROOT');
    });
  });

  describe('Ugly', () => {
    it('leaves a file onto itself as it is, however it is spelled', async () => {
      await onDisk(async (root) => {
        const disk = new DiskMedium({ root });
        await disk.write('d/f', 'x'.repeat(3 * MIB));
        symlinkSync('d/f', join(root, 'link'));
        const { mtime } = await disk.stat('d/f');
        await copy(disk, 'd/f', disk, './d/f');
        await copy(disk, 'd/f', disk, 'link');
        await copy(disk, 'link', new DiskMedium({ root: join(root, 'd') }), 'f');
        expect((await disk.stat('d/f')).mtime).toEqual(mtime);
        // where it cannot be seen that both are one, nothing is lost either
        const memory = new MemoryMedium({ d: { f: 'x'.repeat(3 * MIB) } });
        await copy(memory, 'd/f', sub(memory, 'd'), 'f');
        await copy(memory, 'd', sub(memory, 'd'), 'inside');
        expect(await memory.read('d/f')).toBe('x'.repeat(3 * MIB));
        expect((await memory.list('d/inside')).map(({ name }) => name)).toEqual(['f']);
      });
    });

    it('leaves the old file and nothing beside it when it is stopped in the middle', async () => {
      await onDisk(async (root) => {
        const disk = new DiskMedium({ root });
        await disk.write('dst/f', 'old');
        const src = new MemoryMedium({ f: pattern(16 * MIB) });
        const controller = new AbortController();
        const reason = new Error('enough');
        const stopped = copy(src, 'f', disk, 'dst/f', {
          signal: controller.signal,
          onProgress: ({ copiedBytes }) => {
            if (copiedBytes >= 5 * MIB) controller.abort(reason);
          },
        });
        await expect(stopped).rejects.toBe(reason);
        expect(readdirSync(join(root, 'dst'))).toEqual(['f']);
        expect(readFileSync(join(root, 'dst/f'), 'utf8')).toBe('old');
        await expect(copy(src, 'f', disk, 'new', { signal: controller.signal })).rejects.toBe(reason);
        expect(existsSync(join(root, 'new'))).toBe(false);
      });
    });

    it('ends with the first failure when nothing is under way any more, and what its listener throws is one', async () => {
      const src = new MemoryMedium({
        s: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${String(i)}`, 'x'])),
      });
      const dst = new MemoryMedium({ t: { f20: {} } });
      let underWay = 0;
      const driver = driverOf(dst);
      const counting = defineMedium({
        ...driver,
        write: async (path, bytes, options) => {
          underWay += 1;
          await new Promise(setImmediate);
          try {
            await driver.write(path, bytes, options);
          } finally {
            underWay -= 1;
          }
        },
      });
      await refusalOf(() => copy(src, 's', counting, 't'), 'EISDIR');
      expect(underWay).toBe(0);
      const broken = new Error('broken');
      const onProgress = (): void => {
        throw broken;
      };
      await expect(copy(src, 's', counting, 'u', { onProgress })).rejects.toBe(broken);
      expect(underWay).toBe(0);
    });

    it('closes every file that it opened, also where it fails', async () => {
      let open = 0;
      const inner = driverOf(new MemoryMedium({ s: { a: pattern(9 * MIB), b: 'x' } }));
      const src = defineMedium({
        ...inner,
        open: async (path) => {
          const handle = await inner.open(path);
          open += 1;
          return {
            stat: () => handle.stat(),
            read: (...args) => handle.read(...args),
            close: () => {
              open -= 1;
              return handle.close();
            },
          };
        },
      });
      await copy(src, 's', new MemoryMedium(), 't');
      await refusalOf(() => copy(src, 's', new MemoryMedium({}, { maxBytes: 6 * MIB }), 't'), 'ENOSPC');
      expect(open).toBe(0);
    });

    it('asks a medium that keeps it waiting for big pieces, and now and then for a small one', async () => {
      const length = 9 * 4 * MIB;
      const inner = driverOf(new MemoryMedium({ f: pattern(length) }));
      const asked: number[] = [];
      const src = defineMedium({
        ...inner,
        open: async (path) => {
          const handle = await inner.open(path);
          return {
            stat: () => handle.stat(),
            close: () => handle.close(),
            read: (...args) => {
              asked.push(args[2]);
              return handle.read(...args);
            },
          };
        },
      });
      const dst = new MemoryMedium();
      let [now, stepMs] = [0, 0];
      const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += stepMs));
      try {
        await copy(src, 'f', dst, 'quick');
        expect(new Set(asked)).toEqual(new Set([64 * KIB]));
        asked.length = 0;
        stepMs = 10;
        await copy(src, 'f', dst, 'slow');
      } finally {
        clock.mockRestore();
      }
      const sizes = [...[64, 64].map((kib) => kib * KIB), ...Array.from({ length: 8 }, () => 4 * MIB), 64 * KIB];
      expect(asked.slice(0, sizes.length)).toEqual(sizes);
      expect(Buffer.compare(await dst.readBytes('slow'), pattern(length))).toBe(0);
    });

    it('lets others have their turn while it copies what never keeps it waiting', async () => {
      await onDisk(async (root) => {
        const disk = new DiskMedium({ root });
        writeFileSync(join(root, 'large'), '');
        truncateSync(join(root, 'large'), 64 * MIB);
        const controller = new AbortController();
        const reason = new Error('enough');
        const onProgress = (): void => {
          setImmediate(() => {
            controller.abort(reason);
          });
        };
        let now = 0;
        const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 0.01));
        try {
          const stopped = copy(disk, 'large', disk, 'copy', { signal: controller.signal, onProgress });
          await expect(stopped).rejects.toBe(reason);
        } finally {
          clock.mockRestore();
        }
        expect(readdirSync(root)).toEqual(['large']);
      });
    });

    it('copies a file that grows meanwhile to its end', async () => {
      const src = new MemoryMedium({ f: pattern(9 * MIB) });
      const dst = new MemoryMedium();
      let isFirst = true;
      await copy(src, 'f', dst, 'f', {
        onProgress: () => {
          if (isFirst) void src.append('f', 'more');
          isFirst = false;
        },
      });
      expect(Buffer.compare(await dst.readBytes('f'), Buffer.concat([pattern(9 * MIB), Buffer.from('more')]))).toBe(0);
    });

    it('replaces a link by a file, a file by a link, and a link by a link', async () => {
      const src = new MemoryMedium({ s: { a: 'file', b: new MemoryLink('a'), c: new MemoryLink('a') } });
      const dst = new MemoryMedium({ t: { b: 'file', c: new MemoryLink('old') } });
      await copy(src, 's', dst, 't');
      expect(await snapshot(dst, 't')).toEqual(await snapshot(src, 's'));
      await refusalOf(() => copy(src, 's', new MemoryMedium({ t: { b: {} } }), 't'), 'EISDIR');
    });

    it('makes any tree again', async () => {
      const name = fc.constantFrom('a', 'b', 'é', '__proto__', ' ');
      const { tree } = fc.letrec((tie) => ({
        tree: fc.dictionary(
          name,
          fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'grapheme' }), fc.uint8Array(), tie('tree')),
        ),
      }));
      await fc.assert(
        fc.asyncProperty(tree, async (literal) => {
          const src = new MemoryMedium({ s: literal as Record<string, string> });
          const dst = new MemoryMedium();
          await copy(src, 's', dst, 's');
          expect(JSON.stringify(dst)).toBe(JSON.stringify(src));
        }),
        { seed: 7, numRuns: 60 },
      );
    });
  });
});
