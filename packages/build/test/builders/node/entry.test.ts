import { describe, expect, it } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';

import { findEntry, type NodeEntry } from '../../../src/builders/node/entry.ts';
import { locateEntry } from '../../../src/builders/node/locate-entry.ts';
import { readPackage } from '../../../src/package-json.ts';
import { tempDir } from '../../support/temp-project.ts';

async function entry(manifest: object, binary?: string, main = '.'): Promise<NodeEntry | undefined> {
  const medium = new MemoryMedium({ 'package.json': JSON.stringify(manifest) });
  const found = await readPackage(medium, '');
  if (found === undefined) throw new Error('no package');
  return findEntry(found, { main, ...(binary === undefined ? {} : { binary }) });
}

const SEVERAL = { name: '@me/two', bin: { one: 'one.js', two: 'two.js' } };

describe('findEntry', () => {
  describe('Good', () => {
    it.each<[string, object, string | undefined, string, string, string | undefined]>([
      ['bin that is a text', { name: '@me/hello', bin: 'cli.js' }, undefined, '.', 'cli.js', 'hello'],
      ['the only one of bin', { bin: { x: 'x.js' } }, undefined, '.', 'x.js', 'x'],
      ['bin as npm does: no way leads out of the package', { bin: { x: '../../x.js' } }, undefined, '.', 'x.js', 'x'],
      ['bin with the slashes of Windows', { bin: { x: '.\\bin\\x.js' } }, undefined, '.', 'bin/x.js', 'x'],
      ['bin that begins at the root', { name: 'y', bin: '/x.js' }, undefined, '.', 'x.js', 'y'],
      ['the only one of bin under another name', { bin: { x: 'x.js' } }, 'y', '.', 'x.js', 'x'],
      ['that of bin which is asked for', SEVERAL, 'one', '.', 'one.js', 'one'],
      ['that of bin which is called as the package', SEVERAL, undefined, '.', 'two.js', 'two'],
      ['the first of bin', { ...SEVERAL, name: 'x' }, undefined, '.', 'one.js', 'one'],
      ['project.main before bin', SEVERAL, undefined, './src/x.js', './src/x.js', 'two'],
      ['project.main with a name of its own', SEVERAL, 'other', './src/x.js', './src/x.js', 'two'],
      ['main of the package', { main: 'lib/index.js' }, undefined, '.', 'lib/index.js', undefined],
    ])('findEntry takes %s', async (_, manifest, binary, main, file, name) => {
      const found = await entry(manifest, binary, main);
      expect([found?.file, found?.binary]).toEqual([file, name]);
    });

    it('locateEntry finds a file as Node does', async () => {
      const dir = tempDir({ 'bin/a': '', 'b.js': '', 'c.cjs': '', 'd/index.js': '', 'index.js': '' });
      const locate = async (manifest: object, main = '.') => {
        const found = await readPackage(new MemoryMedium({ 'package.json': JSON.stringify(manifest) }), '');
        if (found === undefined) throw new Error('no package');
        return (await locateEntry(dir, found, { settings: { main } })).slice(dir.length + 1);
      };
      expect(await locate({ bin: './bin/a' })).toBe('bin/a');
      expect(await locate({ main: 'b' })).toBe('b.js');
      expect(await locate({}, './c')).toBe('c.cjs');
      expect(await locate({ main: './d/' })).toBe('d/index.js');
      expect(await locate({})).toBe('index.js');
    });
  });

  describe('Bad', () => {
    it('findEntry finds nothing where nothing is named', async () => {
      expect(await entry({ bin: {}, main: '' })).toBeUndefined();
      expect(await entry({ bin: ['x'], main: 3 })).toBeUndefined();
    });

    it('locateEntry refuses a project that names nothing, and one whose program is not there', async () => {
      const dir = tempDir();
      const locate = async (manifest: object) => {
        const found = await readPackage(new MemoryMedium({ 'package.json': JSON.stringify(manifest) }), '');
        if (found === undefined) throw new Error('no package');
        return locateEntry(dir, found, { settings: { main: '.' } });
      };
      await expect(locate({})).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        message: 'Cannot build "package.json": it names no program',
      });
      await expect(locate({ main: 'gone' })).rejects.toMatchObject({ code: 'ERR_BUILD_NO_ENTRY', path: 'gone' });
    });

    it('locateEntry names the members of a workspace that have programs where the workspace has none', async () => {
      const dir = tempDir();
      const files = { 'apps/cli/package.json': { bin: 'cli.js' }, 'apps/lib/package.json': { main: 'lib.js' } };
      for (const [path, content] of Object.entries(files))
        await localMedium().write(`${dir}/${path}`, JSON.stringify(content));
      await localMedium().write(`${dir}/apps/broken/package.json`, '{');
      const root = await readPackage(new MemoryMedium({ 'package.json': '{ "workspaces": ["apps/*"] }' }), '');
      if (root === undefined) throw new Error('no package');
      await expect(locateEntry(dir, root, { settings: { main: '.' } })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        hint: 'There are programs in apps/cli: build one of these folders.',
      });
    });

    it('findEntry refuses a program that bin does not have', async () => {
      await expect(entry(SEVERAL, 'three')).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        key: 'project.binary',
        message: expect.stringMatching(/has only one, two/),
      });
    });
  });
});
