import { MemoryMedium } from '@core/io';
import { mediumConformance } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { inodeOf } from '../../src/identity.ts';

/** A clock that a test moves. */
function clock(): { now: () => Date; set: (ms: number) => void } {
  let ms = 0;
  return {
    now: () => new Date(ms),
    set: (to) => {
      ms = to;
    },
  };
}

async function textOf(handle: Awaited<ReturnType<MemoryMedium['open']>>): Promise<string> {
  const buffer = new Uint8Array(64);
  return Buffer.from(buffer.subarray(0, await handle.read(buffer, 0, 64, 0))).toString();
}

describe('MemoryMedium keeps the contract:', () => {
  it.each(mediumConformance().map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    await one.run(() => new MemoryMedium());
  });
});

describe('MemoryMedium', () => {
  describe('Good', () => {
    it('claims every capability that needs no disk', () => {
      expect(new MemoryMedium().capabilities).toEqual({
        mode: true,
        mtime: true,
        symlink: true,
        lock: true,
        sharedLock: false,
        watch: true,
        realPath: false,
        durable: false,
        readOnly: false,
        sandbox: 'isolated',
      });
    });

    it('gives new files 0o644 and new directories 0o755', async () => {
      const medium = new MemoryMedium();
      await medium.write('d/f', 'x');
      await medium.append('d/g', 'x');
      expect((await medium.stat('')).mode).toBe(0o755);
      expect((await medium.stat('d')).mode).toBe(0o755);
      expect((await medium.stat('d/f')).mode).toBe(0o644);
      expect((await medium.stat('d/g')).mode).toBe(0o644);
    });

    it('keeps permission bits and never enforces them', async () => {
      const medium = new MemoryMedium({ d: { f: 'x' } });
      await medium.chmod('d/f', 0);
      await medium.chmod('d', 0);
      await medium.write('d/f', 'y');
      expect(await medium.read('d/f')).toBe('y');
      expect((await medium.stat('d/f')).mode).toBe(0);
    });

    it('takes every time from its clock, and touches a directory when its entries change', async () => {
      const { now, set } = clock();
      const medium = new MemoryMedium({ d: {} }, { now });
      const times = async (): Promise<number[]> =>
        Promise.all(['', 'd', 'd/f'].map(async (path) => (await medium.stat(path)).mtime.getTime()));
      set(1000);
      await medium.write('d/f', 'x');
      expect(await times()).toEqual([0, 1000, 1000]);
      set(2000);
      await medium.append('d/f', 'y');
      expect(await times()).toEqual([0, 1000, 2000]);
      set(3000);
      await medium.write('d/f', 'z');
      expect(await times()).toEqual([0, 3000, 3000]);
      set(4000);
      await medium.rename('d/f', 'f');
      await medium.symlink('f', 'd/link');
      expect((await medium.stat('f')).mtime.getTime()).toBe(3000);
      expect((await medium.stat('d/link', { follow: false })).mtime.getTime()).toBe(4000);
      expect((await medium.stat('')).mtime.getTime()).toBe(4000);
      set(5000);
      await medium.deleteAll('d/link');
      expect((await medium.stat('d')).mtime.getTime()).toBe(5000);
    });

    it('leaves the time of a file to which nothing is appended', async () => {
      const { now, set } = clock();
      const medium = new MemoryMedium({ f: 'x' }, { now });
      set(1000);
      await medium.append('f', '');
      expect((await medium.stat('f')).mtime.getTime()).toBe(0);
    });

    it('gives a path a new inode with every write, as an atomic write on a disk does, and keeps it otherwise', async () => {
      const medium = new MemoryMedium({ f: 'x' });
      const ino = async (path: string): Promise<number | undefined> => inodeOf(await medium.stat(path));
      const first = await ino('f');
      await medium.append('f', 'y');
      await medium.chmod('f', 0o600);
      await medium.rename('f', 'g');
      expect(await ino('g')).toBe(first);
      await medium.write('g', 'z');
      expect(await ino('g')).not.toBe(first);
    });

    it('shows open handles what is appended, and keeps from them what replaces or deletes the file', async () => {
      const medium = new MemoryMedium({ f: 'one' });
      await using handle = await medium.open('f');
      await medium.append('f', ' two');
      expect(await textOf(handle)).toBe('one two');
      await medium.write('f', 'three');
      await medium.delete('f');
      expect(await textOf(handle)).toBe('one two');
      expect((await handle.stat()).size).toBe(7);
    });

    it('gives every reader bytes of its own', async () => {
      const medium = new MemoryMedium({ text: 'abc', bytes: Uint8Array.of(1, 2, 3) });
      for (const path of ['text', 'bytes']) {
        const before = Buffer.from(await medium.readBytes(path));
        (await medium.readBytes(path)).fill(0);
        expect(Buffer.from(await medium.readBytes(path))).toEqual(before);
        expect(new Uint8Array((await medium.readBytes(path)).buffer)).toHaveLength(3); // no pool behind it
      }
    });

    it('reads as text what was written as bytes, and as bytes what was written as text', async () => {
      const medium = new MemoryMedium();
      await medium.write('bytes', Buffer.from('é€'));
      await medium.write('text', 'é€');
      expect(await medium.read('bytes')).toBe('é€');
      expect(Buffer.from(await medium.readBytes('text')).toString()).toBe('é€');
      expect(await medium.read('text')).toBe('é€');
      expect((await medium.stat('text')).size).toBe(5);
    });

    it('clone() gives the same files, of which neither side sees the changes of the other', async () => {
      const medium = new MemoryMedium({ d: { f: 'one', g: 'two' }, log: 'a' });
      await medium.chmod('d/f', 0o600);
      const copy = medium.clone();
      await medium.append('log', 'b');
      await copy.append('log', 'c');
      await copy.write('d/f', 'other');
      await copy.rename('d', 'e');
      await medium.delete('d/g');
      expect(medium.toJSON()).toEqual({ d: { f: 'one' }, log: 'ab' });
      expect(copy.toJSON()).toEqual({ e: { f: 'other', g: 'two' }, log: 'ac' });
      expect((await copy.stat('e/f')).mode).toBe(0o600);
    });

    it('clone() copies no contents', async () => {
      const medium = new MemoryMedium({ large: new Uint8Array(50_000_000) });
      const before = process.memoryUsage().arrayBuffers;
      const copies = Array.from({ length: 20 }, () => medium.clone());
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
      await copies[0]?.append('large', 'x');
      expect((await medium.stat('large')).size).toBe(50_000_000);
    });

    it('clone() keeps the clock and the limit, also what is used of it', async () => {
      const medium = new MemoryMedium({ f: 'four' }, { now: () => new Date(7), maxBytes: 6 }).clone();
      await expect(medium.write('g', 'xyz')).rejects.toMatchObject({ code: 'ENOSPC' });
      await medium.write('g', 'xy');
      expect((await medium.stat('g')).mtime.getTime()).toBe(7);
    });
  });

  describe('Bad', () => {
    it('refuses what would exceed maxBytes with ENOSPC and leaves what was there', async () => {
      const medium = new MemoryMedium({ a: '12345', b: '12345' }, { maxBytes: 12 });
      await expect(medium.write('a', '12345678')).rejects.toMatchObject({ code: 'ENOSPC', path: 'a' });
      await expect(medium.write('a', Buffer.alloc(8))).rejects.toMatchObject({ code: 'ENOSPC', path: 'a' });
      await expect(medium.append('b', '123')).rejects.toMatchObject({ code: 'ENOSPC', path: 'b' });
      await expect(medium.write('c', '123')).rejects.toThrow('Cannot write "c": no space left on device');
      expect(medium.toJSON()).toEqual({ a: '12345', b: '12345' });
    });

    it('counts bytes, not characters, and gives back what is replaced, deleted or overwritten by a rename', async () => {
      const medium = new MemoryMedium({}, { maxBytes: 6 });
      const isFull = (): Promise<void> => expect(medium.append('full', 'x')).rejects.toMatchObject({ code: 'ENOSPC' });
      await medium.write('a', '€€');
      await isFull();
      await medium.write('a', '€');
      await medium.write('b', '€');
      await isFull();
      await medium.rename('a', 'b');
      await medium.write('d/e/c', '€');
      await isFull();
      await medium.rename('d', 'f');
      await isFull();
      await medium.deleteAll('f');
      await medium.delete('b');
      await medium.write('all', '€€');
      await isFull();
    });

    it('counts what a write through a link replaces', async () => {
      const medium = new MemoryMedium({ f: '1234' }, { maxBytes: 6 });
      await medium.symlink('f', 'link');
      await medium.write('link', '123456');
      await expect(medium.append('link', 'x')).rejects.toMatchObject({ code: 'ENOSPC' });
    });

    it('refuses a stream as soon as it cannot fit, and frees what it had collected', async () => {
      const medium = new MemoryMedium({ old: '1234' }, { maxBytes: 6 });
      const stream = medium.writeStream('old');
      const failed = new Promise((resolve) => stream.once('error', resolve));
      stream.write('1234567');
      expect(await failed).toMatchObject({ code: 'ENOSPC', op: 'io.writeStream', path: 'old' });
      expect(medium.toJSON()).toEqual({ old: '1234' });
    });

    it('takes impossible options for a misuse', () => {
      for (const maxBytes of [-1, Number.NaN, 'x' as unknown as number]) {
        expect(() => new MemoryMedium({}, { maxBytes })).toThrow(RangeError);
      }
      expect(() => new MemoryMedium({}, { now: 5 as unknown as () => Date })).toThrow(
        'now must be a function that gives a Date, not number',
      );
    });

    it('refuses writes to the root and of broken text on the short way as on the long', async () => {
      const medium = new MemoryMedium({ f: 'x' });
      await expect(medium.write('', 'x')).rejects.toMatchObject({ code: 'EISDIR', path: '' });
      await expect(medium.write('f', '\ud800')).rejects.toThrow(TypeError);
      await expect(medium.write(5 as unknown as string, 'x')).rejects.toThrow(TypeError);
      await expect(medium.read('missing')).rejects.toMatchObject({ code: 'ENOENT', path: 'missing', op: 'io.read' });
      expect(medium.toJSON()).toEqual({ f: 'x' });
    });
  });

  describe('Ugly', () => {
    it('follows forty links and refuses the next with ELOOP', async () => {
      const medium = new MemoryMedium({ l0: 'end' });
      for (let i = 1; i <= 41; i += 1) await medium.symlink(`l${String(i - 1)}`, `l${String(i)}`);
      expect(await medium.read('l40')).toBe('end');
      await expect(medium.read('l41')).rejects.toMatchObject({ code: 'ELOOP' });
    });

    it('takes back, by way of a link, nothing that climbs over the root', async () => {
      const medium = new MemoryMedium({ 'a/b': {}, secret: 'x' });
      await medium.symlink('../../secret', 'a/b/link');
      expect(await medium.read('a/b/link')).toBe('x');
      await medium.rename('a/b/link', 'link'); // from here it climbs
      for (const refused of [
        medium.read('link'),
        medium.write('link', 'y'),
        medium.list('link'),
        medium.exists('link'),
      ]) {
        await expect(refused).rejects.toMatchObject({ code: 'ERR_PATH_ESCAPES_ROOT', path: 'link' });
      }
      await medium.delete('link');
      expect(medium.toJSON()).toEqual({ a: { b: {} }, secret: 'x' });
    });

    it('reads an absolute link from its own root', async () => {
      const medium = new MemoryMedium({ 'etc/passwd': 'mine', deep: {} });
      await medium.symlink('/etc/passwd', 'deep/link');
      expect(await medium.read('deep/link')).toBe('mine');
      await expect(medium.symlink('/../etc', 'up')).rejects.toMatchObject({ code: 'ERR_PATH_ESCAPES_ROOT' });
    });

    it('gives a link the size of what it says', async () => {
      const medium = new MemoryMedium();
      await medium.symlink('é€', 'link');
      expect((await medium.stat('link', { follow: false })).size).toBe(5);
      expect(await medium.clone().readLink('link')).toBe('é€');
    });

    it('refuses a target over 4095 bytes with ENAMETOOLONG', async () => {
      const target = Array.from({ length: 1400 }, () => '€')
        .map((name) => `${name}/`)
        .join('')
        .slice(0, 2730);
      const medium = new MemoryMedium();
      await expect(medium.symlink(`${target}€€`, 'link')).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
      expect(medium.toJSON()).toEqual({});
    });

    it('appends a hundred thousand lines without copying them each time', async () => {
      const medium = new MemoryMedium();
      const lines = 100_000;
      for (let i = 0; i < lines; i += 1) await medium.append('log', `line ${String(i).padStart(6, '0')}\n`);
      expect((await medium.stat('log')).size).toBe(lines * 12);
      expect((await medium.read('log')).endsWith('line 099999\n')).toBe(true);
    });

    it('survives names that mean something to objects', async () => {
      const medium = new MemoryMedium();
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        expect(await medium.exists(name)).toBe(false);
        await medium.write(`${name}/${name}`, name);
        expect(await medium.read(`${name}/${name}`)).toBe(name);
      }
      expect(Object.keys(new MemoryMedium(medium.toJSON()).toJSON())).toHaveLength(4);
    });

    it('makes, walks, clones and removes a tree of a thousand levels', async () => {
      const path = Array.from({ length: 1_000 }, () => 'd').join('/');
      const medium = new MemoryMedium();
      await medium.write(`${path}/f`, 'x');
      expect(await medium.clone().read(`${path}/f`)).toBe('x');
      await medium.deleteAll('d');
      expect(medium.toJSON()).toEqual({});
    });
  });
});
