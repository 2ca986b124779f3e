import { describe, expect, it } from '@jest/globals';
import { IoError, MemoryMedium } from '@core/io';

import { detectPackageManager } from '../src/index.ts';

const LOCKS = ['bun.lock', 'bun.lockb', 'pnpm-lock.yaml', 'yarn.lock', 'package-lock.json', 'npm-shrinkwrap.json'];
const NAMES = ['bun', 'bun', 'pnpm', 'yarn', 'npm', 'npm'];

describe('detectPackageManager', () => {
  describe('Good', () => {
    it('detectPackageManager takes the first of several lock files', async () => {
      for (const [index, name] of NAMES.entries()) {
        const medium = new MemoryMedium(Object.fromEntries(LOCKS.slice(index).map((lock) => [lock, ''])));
        expect(await detectPackageManager(medium, '')).toEqual({ name, lockFile: LOCKS[index] });
      }
    });

    it('detectPackageManager takes the field of package.json where there is no lock file', async () => {
      const medium = new MemoryMedium({ 'package.json': '{ "packageManager": "pnpm@9.1.0+sha512.abc" }' });
      expect(await detectPackageManager(medium, '')).toEqual({ name: 'pnpm', version: '9.1.0' });
    });

    it('detectPackageManager adds the version of the field to the lock file of the same name', async () => {
      const medium = new MemoryMedium({ 'package.json': '{ "packageManager": "yarn@4.1.0" }', 'yarn.lock': '' });
      expect(await detectPackageManager(medium, '')).toEqual({ name: 'yarn', lockFile: 'yarn.lock', version: '4.1.0' });
      await medium.write('bun.lock', '');
      expect(await detectPackageManager(medium, '')).toEqual({ name: 'bun', lockFile: 'bun.lock' });
    });

    it('detectPackageManager asks the workspace that a member belongs to', async () => {
      const npm = new MemoryMedium({
        'package.json': '{ "workspaces": { "packages": ["a"] } }',
        'yarn.lock': '',
        'a/package.json': '{}',
      });
      expect(await detectPackageManager(npm, 'a')).toEqual({ name: 'yarn', lockFile: 'yarn.lock' });
      const pnpm = new MemoryMedium({
        'pnpm-workspace.yaml': 'packages: ["x/**", "!x/z"]',
        'pnpm-lock.yaml': '',
        'x/y/package.json': '{}',
      });
      expect(await detectPackageManager(pnpm, 'x/y')).toEqual({ name: 'pnpm', lockFile: 'pnpm-lock.yaml' });
    });

    it('detectPackageManager says npm where nothing says anything', async () => {
      expect(await detectPackageManager(new MemoryMedium(), '')).toEqual({ name: 'npm' });
    });
  });

  describe('Bad', () => {
    it('detectPackageManager passes over a stray lock file further up', async () => {
      const medium = new MemoryMedium({ 'yarn.lock': '', 'project/package.json': '{}' });
      expect(await detectPackageManager(medium, 'project')).toEqual({ name: 'npm' });
    });

    it('detectPackageManager passes over workspaces that the project is no member of, or that say nonsense', async () => {
      for (const above of ['packages: ["other/*", "!proj*"]', 'packages: 3', 'a: [', '']) {
        const medium = new MemoryMedium({
          'pnpm-workspace.yaml': above,
          'pnpm-lock.yaml': '',
          'project/package.json': '{}',
        });
        expect(await detectPackageManager(medium, 'project')).toEqual({ name: 'npm' });
      }
      for (const above of ['{', '{ "workspaces": "project" }', '{ "workspaces": ["*", "!project"] }']) {
        const medium = new MemoryMedium({ 'package.json': above, 'yarn.lock': '', 'project/package.json': '{}' });
        expect(await detectPackageManager(medium, 'project')).toEqual({ name: 'npm' });
      }
    });

    it('detectPackageManager rejects with what the medium refuses', async () => {
      const medium = new MemoryMedium();
      const refusal = new IoError({ code: 'EACCES', op: 'read', path: 'package.json' });
      medium.read = () => Promise.reject(refusal);
      await expect(detectPackageManager(medium, '')).rejects.toBe(refusal);
    });

    it('detectPackageManager passes over package.json files that say nonsense', async () => {
      for (const text of ['', '{', 'null', '[]', '{ "packageManager": 3 }', '{ "packageManager": "deno@2" }']) {
        expect(await detectPackageManager(new MemoryMedium({ 'package.json': text }), '')).toEqual({ name: 'npm' });
      }
    });
  });
});
