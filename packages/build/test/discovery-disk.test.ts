import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';

import { discover, discoverDetailed, primaryType } from '../src/index.ts';
import { type Files, tempDir } from './support/temp-project.ts';

const disk = localMedium();

/** The files of a project of each kind that others have beside it. */
const HYBRIDS: readonly (readonly [string, Files, readonly string[]])[] = [
  [
    'a Wails app with its frontend',
    { 'wails.json': '{}', 'go.mod': '', 'package.json': '{}' },
    ['wails', 'go', 'node'],
  ],
  ['a Go server in an image', { 'go.mod': '', Dockerfile: '', 'Taskfile.yml': '' }, ['go', 'docker', 'taskfile']],
  ['a PHP site with assets', { 'composer.json': '{}', 'package.json': '{}' }, ['node', 'php']],
  ['a Python package in Rust', { 'Cargo.toml': '', 'pyproject.toml': '' }, ['rust', 'python']],
  ['a library for Deno and Node', { 'deno.jsonc': '{}', 'package.json': '{}' }, ['node', 'deno']],
  ['a C++ project with a Python module', { 'setup.py': '', 'CMakeLists.txt': '' }, ['python', 'cpp']],
  ['a machine', { '.core/linuxkit/vm.yml': '', Containerfile: '' }, ['linuxkit', 'docker']],
];

describe('discover on a disk', () => {
  describe('Good', () => {
    it.each(HYBRIDS)('discover gives all types of %s in their order', async (_, files, types) => {
      const dir = tempDir(files);
      expect(await discover(disk, dir)).toEqual(types);
      expect(await primaryType(disk, dir)).toBe(types[0]);
      expect((await discoverDetailed(disk, dir)).matches.map(({ type }) => type)).toEqual(types);
    });

    it('discoverDetailed gives the projects of a monorepo, parents first and by name', async () => {
      const dir = tempDir({
        'package.json': { workspaces: ['packages/*'] },
        'pnpm-lock.yaml': '',
        'services/api/go.mod': '',
        'services/api/web/package.json': '{}',
        'services/api/web/yarn.lock': '',
        'packages/one/package.json': '{}',
        'packages/one/native/Cargo.toml': '',
        'packages/two/package.json': '{}',
        'packages/two/Dockerfile': '',
        'docs/notes.txt': '',
        'vendor/x/go.mod': '',
        'packages/two/node_modules/y/package.json': '{}',
        'packages/two/dist/package.json': '{}',
        '.hidden/go.mod': '',
      });
      const { nested, packageManager } = await discoverDetailed(disk, dir);
      expect(packageManager?.name).toBe('pnpm');
      expect(nested.map((one) => [one.dir.slice(dir.length + 1), one.types, one.packageManager?.name])).toEqual([
        ['packages/one', ['node'], 'pnpm'],
        ['packages/one/native', ['rust'], undefined],
        ['packages/two', ['node', 'docker'], 'pnpm'],
        ['services/api', ['go'], undefined],
        ['services/api/web', ['node'], 'yarn'],
      ]);
    });

    it('discoverDetailed takes the first marker of several, and tells its path', async () => {
      const dir = tempDir({
        'setup.py': '',
        'pyproject.toml': '',
        '.core/linuxkit/b.yml': '',
        '.core/linuxkit/a.yml': '',
        '.core/linuxkit/0.txt': '',
        'taskfile.yaml': '',
        'Taskfile.yaml': '',
      });
      expect((await discoverDetailed(disk, dir)).matches).toEqual([
        { type: 'python', marker: join(dir, 'pyproject.toml') },
        { type: 'linuxkit', marker: join(dir, '.core/linuxkit/a.yml') },
        { type: 'taskfile', marker: join(dir, 'Taskfile.yaml') },
      ]);
    });
  });

  describe('Bad', () => {
    it.each(['node_modules', 'bower_components', 'vendor', 'dist', 'target', 'venv', '__pycache__', '.venv'])(
      'discoverDetailed does not look into %s',
      async (folder) => {
        const medium = new MemoryMedium({
          [`${folder}/go.mod`]: '',
          [`${folder}/a/go.mod`]: '',
          [`a${folder}/go.mod`]: '',
        });
        expect((await discoverDetailed(medium, '')).nested.map(({ dir }) => dir)).toEqual([`a${folder}`]);
      },
    );

    it('discover takes folders, devices and names in other letters for no markers', async () => {
      const dir = tempDir({ 'GO.MOD': '', 'Package.json': '{}', dockerfile: '', '.core/linuxkit/a.yaml': '' });
      for (const name of ['go.mod', 'Cargo.toml', 'Dockerfile', '.core/linuxkit/x.yml']) mkdirSync(join(dir, name));
      symlinkSync('/dev/null', join(dir, 'setup.py'));
      expect(await discover(disk, dir)).toEqual([]);
    });

    it('discover rejects where the folder of the project may not be read', async () => {
      const medium = faulty(new MemoryMedium({ 'go.mod': '' }), [{ op: 'stat', path: 'go.mod', error: 'EACCES' }]);
      await expect(discover(medium, '')).rejects.toMatchObject({ code: 'EACCES', path: 'go.mod' });
    });

    it.each([1.5, -1, Number.NaN, Number.POSITIVE_INFINITY])(
      'discoverDetailed refuses to go %d deep, and says what it wants',
      async (maxDepth) => {
        await expect(discoverDetailed(disk, tempDir(), { maxDepth })).rejects.toThrow(
          `maxDepth must be a whole number of 0 or more, not ${String(maxDepth)}`,
        );
      },
    );
  });

  describe('Ugly', () => {
    it('discover takes links that lead back to themselves for no markers', async () => {
      const dir = tempDir({ 'package.json': '{}' });
      symlinkSync('go.mod', join(dir, 'go.mod'));
      symlinkSync('.core', join(dir, '.core'));
      symlinkSync('b', join(dir, 'Cargo.toml'));
      symlinkSync('Cargo.toml', join(dir, 'b'));
      expect(await discover(disk, dir)).toEqual(['node']);
      expect((await discoverDetailed(disk, dir)).nested).toEqual([]);
      symlinkSync('loop', join(dir, 'loop'));
      expect((await discoverDetailed(disk, join(dir, 'loop'))).types).toEqual([]);
    });

    it('discoverDetailed goes round no circle of links, and into no folder behind one', async () => {
      const dir = tempDir({ 'a/b/go.mod': '', 'other/package.json': '{}' });
      symlinkSync('../..', join(dir, 'a/b/up'));
      symlinkSync('../other', join(dir, 'a/link'));
      const { nested } = await discoverDetailed(disk, dir);
      expect(nested.map((one) => one.dir.slice(dir.length + 1))).toEqual(['a/b', 'other']);
    });

    it.each(['EACCES', 'EPERM'] as const)('discoverDetailed passes over folders of others: %s', async (error) => {
      const files = { 'go.mod': '', 'data/x/go.mod': '', 'lib/go.mod': '', 'secret/go.mod': '' };
      const medium = faulty(new MemoryMedium(files), [
        { op: 'list', path: 'data', error },
        { op: 'stat', path: 'secret/go.mod', error },
      ]);
      const { nested, types } = await discoverDetailed(medium, '');
      expect([types, nested.map(({ dir }) => dir)]).toEqual([['go'], ['lib']]);
    });

    it('discoverDetailed rejects where the disk fails, and where the project itself may not be listed', async () => {
      const files = { 'go.mod': '', 'data/x/go.mod': '' };
      const broken = faulty(new MemoryMedium(files), [{ op: 'list', path: 'data', error: 'EIO' }]);
      await expect(discoverDetailed(broken, '')).rejects.toMatchObject({ code: 'EIO', path: 'data' });
      const closed = faulty(new MemoryMedium(files), [{ op: 'list', path: /^$/, error: 'EACCES' }]);
      await expect(discoverDetailed(closed, '')).rejects.toMatchObject({ code: 'EACCES' });
      expect((await discoverDetailed(closed, '', { maxDepth: 0 })).nested).toEqual([]);
    });

    it('discoverDetailed that is cancelled on its way rejects with the reason itself', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const medium = new MemoryMedium({ 'a/b/c/go.mod': '' });
      const list = medium.list.bind(medium);
      medium.list = (path, options) => {
        if (path === 'a/b') controller.abort(reason);
        return list(path, options);
      };
      await expect(discoverDetailed(medium, '', { signal: controller.signal })).rejects.toBe(reason);
    });
  });
});
