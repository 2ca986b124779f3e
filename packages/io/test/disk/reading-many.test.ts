import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from '@jest/globals';

import { type Medium, sub } from '@core/io';

import { disks, newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

async function opened(medium: Medium, path: string, walker: object): Promise<string> {
  await using handle = await medium.open(path, { walker });
  const buffer = Buffer.alloc(100);
  return buffer.toString('utf8', 0, await handle.read(buffer, 0, buffer.length, 0));
}

for (const { name, create } of disks) {
  describe(name, () => {
    describe('Good', () => {
      it('open() with one walker opens what open() alone does, in any order', async () => {
        const root = newFolder();
        const medium = create(root);
        const paths = ['f', 'a/f', 'a/b/f', 'a/b/c/d/f', 'a/b/e/f', 'g/f', 'a/b/g', 'h'];
        for (const path of paths) await medium.write(path, path);
        const walker = {};
        for (const path of [...paths, ...paths.toReversed()]) expect(await opened(medium, path, walker)).toBe(path);
        const folder = sub(medium, 'a/b');
        for (const path of ['c/d/f', 'e/f', 'g']) expect(await opened(folder, path, walker)).toBe(`a/b/${path}`);
      });

      it('open() with a walker follows links, on the way and at the end', async () => {
        const root = newFolder();
        const medium = create(root);
        await medium.write('real/deep/f', 'content');
        symlinkSync('real', `${root}/way`);
        symlinkSync('deep/f', `${root}/real/end`);
        const walker = {};
        for (const path of ['real/deep/f', 'way/deep/f', 'way/end', 'real/end']) {
          expect(await opened(medium, path, walker)).toBe('content');
        }
      });

      it('read() of thousands of small files lets others have their turn', async () => {
        const root = newFolder();
        const medium = create(root);
        for (let i = 0; i < 200; i += 1) writeFileSync(`${root}/${String(i)}`, 'x'.repeat(i));
        let turns = 0;
        const ticking = setInterval(() => (turns += 1));
        let reads = 0;
        for (; turns < 3; reads += 1) expect((await medium.readBytes(String(reads % 200))).length).toBe(reads % 200);
        clearInterval(ticking);
        expect(reads).toBeGreaterThan(0);
      });
    });

    describe('Bad', () => {
      it('open() with a walker says of what is missing, or no file, what open() alone does', async () => {
        const root = newFolder();
        const medium = create(root);
        await medium.write('a/f', 'x');
        mkdirSync(`${root}/a/d`);
        const walker = {};
        for (const [path, code] of [
          ['a/none', 'ENOENT'],
          ['none/f', 'ENOENT'],
          ['a/f/g', 'ENOTDIR'],
          ['a/d', 'EISDIR'],
          ['', 'EISDIR'],
        ] as const) {
          await expect(medium.open(path, { walker })).rejects.toMatchObject({ code, op: 'io.open' });
          expect(await opened(medium, 'a/f', walker)).toBe('x');
        }
      });
    });

    describe('Ugly', () => {
      it('open() with a walker sees what any medium of this process has moved', async () => {
        const root = newFolder();
        const [medium, other] = [create(root), create(root)];
        for (const path of ['a/b/f', 'c/b/f']) await medium.write(path, path);
        const walker = {};
        expect(await opened(medium, 'a/b/f', walker)).toBe('a/b/f');
        await other.rename('a', 'd');
        await other.rename('c', 'a');
        expect(await opened(medium, 'a/b/f', walker)).toBe('c/b/f');
        await other.deleteAll('a/b');
        await expect(opened(medium, 'a/b/f', walker)).rejects.toMatchObject({ code: 'ENOENT' });
      });
    });
  });
}
