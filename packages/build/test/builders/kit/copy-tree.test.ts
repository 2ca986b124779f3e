import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { copyTree, type Skip } from '../../../src/builders/kit/copy-tree.ts';
import { tempDir } from '../../support/temp-project.ts';

const ALL: Skip = () => false;

/** Everything in a folder, links by what they say. */
function treeOf(dir: string, below = ''): Record<string, string> {
  return Object.assign(
    {},
    ...readdirSync(join(dir, below)).map((name) => {
      const path = join(below, name);
      const full = join(dir, path);
      const info = lstatSync(full);
      if (info.isDirectory()) return treeOf(dir, path);
      return { [path]: info.isSymbolicLink() ? `-> ${readlinkSync(full)}` : readFileSync(full, 'utf8') };
    }),
  ) as Record<string, string>;
}

describe('copyTree', () => {
  describe('Good', () => {
    it('copyTree copies files with their modes, and leaves aside what is skipped and what is empty', async () => {
      const from = tempDir({ 'a.txt': 'a', 'bin/run': 'x', 'skip/me': '', 'b/skip/me': 'stays' });
      chmodSync(join(from, 'bin/run'), 0o755);
      mkdirSync(join(from, 'empty/too'), { recursive: true });
      const large = 'x'.repeat(2 ** 20 + 1);
      writeFileSync(join(from, 'large'), large, { mode: 0o600 });
      const to = join(tempDir(), 'new');
      expect(await copyTree(from, to, { skip: ({ path }) => path === 'skip' })).toEqual([]);
      expect(treeOf(to)).toEqual({ 'a.txt': 'a', 'bin/run': 'x', 'b/skip/me': 'stays', large });
      expect(statSync(join(to, 'large')).mode & 0o777).toBe(0o600);
      expect(statSync(join(to, 'bin/run')).mode & 0o777).toBe(0o755);
      expect(existsSync(join(to, 'empty'))).toBe(false);
    });

    it('copyTree keeps links inside, and follows those to the rest of the repository', async () => {
      const root = tempDir({ '.git/config': '', 'shared/x/a.txt': 'shared', LICENSE: 'free', 'app/src/a.txt': 'a' });
      symlinkSync('src/a.txt', join(root, 'app/relative'));
      symlinkSync(join(root, 'app/src'), join(root, 'app/absolute'));
      symlinkSync('../LICENSE', join(root, 'app/LICENSE'));
      symlinkSync('../shared', join(root, 'app/shared'));
      const to = join(tempDir(), 'new');
      expect(await copyTree(join(root, 'app'), to, { skip: ALL })).toEqual([]);
      expect(treeOf(to)).toEqual({
        ...{ 'src/a.txt': 'a', relative: '-> src/a.txt', absolute: '-> src' },
        ...{ LICENSE: 'free', 'shared/x/a.txt': 'shared' },
      });
    });
  });

  describe('Bad', () => {
    it('copyTree does what is told by its signal', async () => {
      const reason = new Error('enough');
      const options = { skip: ALL, signal: AbortSignal.abort(reason) };
      await expect(copyTree(tempDir({ a: '' }), join(tempDir(), 'new'), options)).rejects.toBe(reason);
    });
  });

  describe('Ugly', () => {
    it('copyTree leaves out links that lead away, in circles or up', async () => {
      const root = tempDir({ '.git/config': '', 'app/a.txt': 'a', 'other/b.txt': 'b' });
      const outside = tempDir({ secret: 'secret' });
      symlinkSync(join(outside, 'secret'), join(root, 'app/secret'));
      symlinkSync(outside, join(root, 'app/folder'));
      symlinkSync('self', join(root, 'app/self'));
      symlinkSync('../other', join(root, 'app/other'));
      symlinkSync('.', join(root, 'other/again'));
      symlinkSync('..', join(root, 'app/top'));
      const to = join(tempDir(), 'new');
      const left = await copyTree(join(root, 'app'), to, { skip: ALL });
      expect(left).toEqual(['folder', 'other/again', 'secret', 'self', 'top']);
      const copied = treeOf(to);
      expect(Object.values(copied)).not.toContain('secret');
      expect(copied).toMatchObject({ 'a.txt': 'a', 'other/b.txt': 'b' });
    });
  });
});
