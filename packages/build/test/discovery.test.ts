import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import {
  discover,
  discoverDetailed,
  isCppProject,
  isDenoProject,
  isDockerProject,
  isGoProject,
  isLinuxKitProject,
  isNodeProject,
  isPhpProject,
  isPythonProject,
  isRustProject,
  isTaskfileProject,
  isWailsProject,
  primaryType,
  PROJECT_MARKERS,
} from '../src/index.ts';

const ORDER = ['wails', 'go', 'node', 'php', 'rust', 'python', 'deno', 'cpp', 'linuxkit', 'docker', 'taskfile'];

const MARKERS = [
  ['wails.json', 'wails'],
  ['go.mod', 'go'],
  ['package.json', 'node'],
  ['composer.json', 'php'],
  ['Cargo.toml', 'rust'],
  ['pyproject.toml', 'python'],
  ['setup.py', 'python'],
  ['deno.json', 'deno'],
  ['deno.jsonc', 'deno'],
  ['CMakeLists.txt', 'cpp'],
  ['linuxkit.yml', 'linuxkit'],
  ['.core/linuxkit/server.yml', 'linuxkit'],
  ['Dockerfile', 'docker'],
  ['Containerfile', 'docker'],
  ['Taskfile.yml', 'taskfile'],
  ['Taskfile.yaml', 'taskfile'],
  ['taskfile.yml', 'taskfile'],
  ['taskfile.yaml', 'taskfile'],
] as const;

describe('discover', () => {
  describe('Good', () => {
    it.each(MARKERS)('discover finds by %s that the project is %s', async (marker, type) => {
      expect(await discover(new MemoryMedium({ [`app/${marker}`]: '' }), 'app')).toEqual([type]);
    });

    it('discover gives all types, the most specific first', async () => {
      const everything = Object.fromEntries(MARKERS.map(([marker]) => [marker, '']));
      expect(await discover(new MemoryMedium(everything), '')).toEqual(ORDER);
      expect(PROJECT_MARKERS.map(({ type }) => type)).toEqual(ORDER);
    });

    it('primaryType gives the first, or nothing', async () => {
      expect(await primaryType(new MemoryMedium({ 'go.mod': '', 'package.json': '{}' }), '')).toBe('go');
      expect(await primaryType(new MemoryMedium({ 'notes.txt': '' }), '')).toBeUndefined();
    });

    it('is…Project say yes to their own marker only', async () => {
      const predicates = {
        ...{ 'wails.json': isWailsProject, 'go.mod': isGoProject, 'package.json': isNodeProject },
        ...{ 'composer.json': isPhpProject, 'Cargo.toml': isRustProject, 'setup.py': isPythonProject },
        ...{ 'deno.json': isDenoProject, 'CMakeLists.txt': isCppProject, 'linuxkit.yml': isLinuxKitProject },
        ...{ Dockerfile: isDockerProject, 'Taskfile.yml': isTaskfileProject },
      };
      for (const marker of Object.keys(predicates)) {
        const medium = new MemoryMedium({ [marker]: '' });
        const yes: string[] = [];
        for (const [name, is] of Object.entries(predicates)) if (await is(medium, '')) yes.push(name);
        expect(yes).toEqual(marker === 'wails.json' ? ['wails.json', 'go.mod'] : [marker]);
      }
    });

    it('discoverDetailed tells the marker, the package manager and the projects inside', async () => {
      const medium = new MemoryMedium({
        'package.json': '{ "workspaces": ["packages/*"] }',
        'yarn.lock': '',
        Dockerfile: '',
        'packages/a/package.json': '{}',
        'packages/b/package.json': '{}',
        'packages/b/pnpm-lock.yaml': '',
        'native/CMakeLists.txt': '',
        'node_modules/dep/package.json': '{}',
        '.cache/go.mod': '',
        'a/b/c/d/e/go.mod': '',
      });
      const found = await discoverDetailed(medium, '');
      expect(found.types).toEqual(['node', 'docker']);
      expect(found.matches).toEqual([
        { type: 'node', marker: 'package.json' },
        { type: 'docker', marker: 'Dockerfile' },
      ]);
      expect(found.packageManager).toEqual({ name: 'yarn', lockFile: 'yarn.lock' });
      expect(found.nested.map(({ dir, packageManager }) => [dir, packageManager?.name])).toEqual([
        ['native', undefined],
        ['packages/a', 'yarn'],
        ['packages/b', 'pnpm'],
      ]);
    });

    it('discoverDetailed goes as deep as it is told', async () => {
      const medium = new MemoryMedium({ 'a/go.mod': '', 'a/b/go.mod': '' });
      const depth = async (maxDepth: number) => (await discoverDetailed(medium, '', { maxDepth })).nested.length;
      expect([await depth(0), await depth(1), await depth(2)]).toEqual([0, 1, 2]);
    });
  });

  describe('Bad', () => {
    it('discover gives nothing for a missing folder, and for a file', async () => {
      const medium = new MemoryMedium({ 'file.txt': '' });
      expect(await discover(medium, 'nowhere')).toEqual([]);
      expect(await discover(medium, 'file.txt')).toEqual([]);
      expect((await discoverDetailed(medium, 'nowhere')).nested).toEqual([]);
    });

    it('discover does not take a folder for a marker', async () => {
      const medium = new MemoryMedium({ 'go.mod/x': '', 'package.json/x': '', '.core/linuxkit/a.yml/x': '' });
      expect(await discover(medium, '')).toEqual([]);
    });

    it('discoverDetailed refuses a depth that is none', async () => {
      await expect(discoverDetailed(new MemoryMedium(), '', { maxDepth: -1 })).rejects.toThrow(RangeError);
    });

    it('discover rejects with the reason of its signal', async () => {
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      await expect(discover(new MemoryMedium({ 'go.mod': '' }), '', { signal })).rejects.toBe(reason);
    });
  });

  describe('Ugly', () => {
    it('discover does not take a dangling link for a marker, and takes one that leads to a file', async () => {
      const medium = new MemoryMedium({ 'real/mod': '' });
      await medium.symlink('nowhere', 'go.mod');
      await medium.symlink('real/mod', 'package.json');
      expect(await discover(medium, '')).toEqual(['node']);
    });

    it('discoverDetailed does not follow links into a loop', async () => {
      const medium = new MemoryMedium({ 'a/go.mod': '' });
      await medium.symlink('..', 'a/up');
      expect((await discoverDetailed(medium, '')).nested.map(({ dir }) => dir)).toEqual(['a']);
    });
  });
});
