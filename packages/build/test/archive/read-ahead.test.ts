import { describe, expect, it } from '@jest/globals';
import { defineMedium, type Medium, MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';

import { archive } from '../../src/archive/archive.ts';
import { ReadAhead } from '../../src/archive/read-ahead.ts';

const SMALL = 1 << 16;
const request = (path: string, size: number) => ({ path, size, op: 'build.archive', signal: undefined });

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

/** A medium that tells which whole files it was asked for. */
function watched(memory: MemoryMedium): { medium: Medium; asked: string[] } {
  const asked: string[] = [];
  const { driver } = memory;
  const read = (path: string, signal: AbortSignal | undefined): ReturnType<typeof driver.read> => {
    asked.push(path);
    return driver.read(path, signal);
  };
  return { medium: defineMedium({ ...driver, read }), asked };
}

describe('ReadAhead', () => {
  describe('Good', () => {
    it('ReadAhead gives every content, small and large, and nothing for a gap', async () => {
      const files = { a: 'a', large: 'x'.repeat(SMALL + 1), edge: 'y'.repeat(SMALL), empty: '' };
      const requests = Object.entries(files).map(([path, content]) => request(path, content.length));
      await using ahead = new ReadAhead(new MemoryMedium(files), [...requests, undefined]);
      for (const [index, content] of Object.values(files).entries()) {
        expect(await text(ahead.content(index))).toBe(content);
      }
      expect(await text(ahead.content(4))).toBe('');
    });

    it('ReadAhead reads small files before their turn, 32 at most, and none twice', async () => {
      const names = Array.from({ length: 100 }, (_, i) => `f${String(i)}`);
      const { medium, asked } = watched(new MemoryMedium(Object.fromEntries(names.map((name) => [name, name]))));
      await using ahead = new ReadAhead(
        medium,
        names.map((name) => request(name, name.length)),
      );
      const first = ahead.content(0);
      expect(await text(first)).toBe('f0');
      expect(asked).toEqual(names.slice(0, 32));
      for (const [index, name] of names.entries()) if (index > 0) expect(await text(ahead.content(index))).toBe(name);
      expect(asked).toEqual(names);
    });

    it('ReadAhead holds no more than about a megabyte', async () => {
      const names = Array.from({ length: 30 }, (_, i) => `f${String(i)}`);
      const content = Buffer.alloc(SMALL);
      const { medium, asked } = watched(new MemoryMedium(Object.fromEntries(names.map((name) => [name, content]))));
      await using ahead = new ReadAhead(
        medium,
        names.map((name) => request(name, SMALL)),
      );
      await text(ahead.content(0));
      expect(asked).toHaveLength(16);
    });

    it('ReadAhead leaves out what nobody asks for', async () => {
      const { medium, asked } = watched(new MemoryMedium({ a: 'a', b: 'b', c: 'c' }));
      await using ahead = new ReadAhead(
        medium,
        ['a', 'b', 'c'].map((name) => request(name, 1)),
      );
      expect(await text(ahead.content(2))).toBe('c');
      expect(asked).toEqual(['c']);
    });
  });

  describe('Ugly', () => {
    it('ReadAhead tells of a file that has changed when its turn comes', async () => {
      const medium = new MemoryMedium({ a: 'a', b: 'longer than it was' });
      await using ahead = new ReadAhead(medium, [request('a', 1), request('b', 3)]);
      expect(await text(ahead.content(0))).toBe('a');
      await expect(text(ahead.content(1))).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_CHANGED', path: 'b' });
    });

    it('archive whose file cannot be read leaves nothing, and nothing running', async () => {
      const memory = new MemoryMedium({ app: 'x'.repeat(100), b: 'b', c: 'c' });
      const medium = faulty(memory, [{ op: 'read', path: 'b', error: 'EIO' }]);
      const artifact = { path: 'app', os: 'linux', arch: 'amd64' };
      await expect(archive(medium, artifact, { files: ['b', 'c'] })).rejects.toMatchObject({ code: 'EIO', path: 'b' });
      expect((await memory.list('')).map(({ name }) => name)).toEqual(['app', 'b', 'c']);
    });
  });
});
