import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, localMedium, MemoryMedium, overlay } from '@core/io';

import { openWorkspace } from '../../src/index.ts';
import { tempDir } from '../support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

describe('openWorkspace', () => {
  describe('Good', () => {
    it('openWorkspace gives the folder itself where the medium is on a disk', async () => {
      const dir = tempDir({ 'app/x': '' });
      await using workspace = await openWorkspace(new DiskMedium({ root: dir }), 'app');
      expect(workspace).toMatchObject({ path: join(dir, 'app'), origin: join(dir, 'app'), inPlace: true });
      expect(workspace.locate('app/dist')).toBe(join(dir, 'app/dist'));
      expect(workspace.locate('/other')).toBe(join(dir, 'other'));
      await workspace.load('app');
      await workspace.save();
      await workspace.close();
      expect(existsSync(join(dir, 'app/x'))).toBe(true);
    });

    it('openWorkspace makes a private copy of what is in memory, and removes it', async () => {
      const medium = new MemoryMedium({ app: { 'a.txt': 'a', 'bin/run': '#!', 'node_modules/d/x': 'd' } });
      await medium.chmod('app/bin/run', 0o755);
      await medium.symlink('a.txt', 'app/link');
      const workspace = await openWorkspace(medium, 'app');
      expect(readFileSync(join(workspace.path, 'link'), 'utf8')).toBe('a');
      expect(statSync(join(workspace.path, 'bin/run')).mode & 0o777).toBe(0o755);
      expect(existsSync(join(workspace.path, 'node_modules/d/x'))).toBe(true);
      expect(statSync(join(workspace.path, '../..')).mode & 0o777).toBe(0o700);
      await workspace.close();
      await workspace.close();
      expect(existsSync(workspace.path)).toBe(false);
    });

    it('Workspace.save brings changes back, except in node_modules', async () => {
      const medium = new MemoryMedium({ app: { 'a.txt': 'a', 'b.txt': 'b' } });
      await using workspace = await openWorkspace(medium, 'app');
      writeFileSync(join(workspace.path, 'a.txt'), 'changed');
      mkdirSync(join(workspace.path, 'node_modules/d'), { recursive: true });
      writeFileSync(join(workspace.path, 'node_modules/d/x'), 'installed');
      await workspace.save();
      expect(medium.toJSON()).toEqual({ app: { 'a.txt': 'changed', 'b.txt': 'b' } });
    });

    it('Workspace.load shows commands what was written through the medium, inside the project and beside it', async () => {
      const medium = new MemoryMedium({ app: { 'a.txt': 'a' } });
      await using workspace = await openWorkspace(medium, 'app');
      for (const dir of ['app/dist', 'out/dist']) {
        await medium.write(`${dir}/x/made`, 'made');
        await workspace.load(dir);
        const file = join(workspace.locate(dir), 'x/made');
        expect(readFileSync(file, 'utf8')).toBe('made');
        writeFileSync(file, 'stamped');
        await workspace.save();
        expect(await medium.read(`${dir}/x/made`)).toBe('stamped');
      }
      await workspace.load('nowhere');
      expect(await medium.read('app/a.txt')).toBe('a');
    });

    it('openWorkspace puts the monorepo of the project around its copy', async () => {
      const repo = tempDir({
        'package.json': { workspaces: ['packages/*'] },
        'tsconfig.json': '{}',
        'node_modules/dep/package.json': '{}',
        'packages/app/package.json': '{}',
        'packages/lib/index.js': 'lib',
      });
      symlinkSync('../../node_modules/dep', join(repo, 'packages/app/dep'));
      const local = localMedium();
      const dir = join(repo, 'packages/app');
      await using workspace = await openWorkspace(overlay(local, new MemoryMedium()), dir, { origin: local });
      expect(workspace.origin).toBe(dir);
      expect(realpathSync(join(workspace.path, '../lib'))).toBe(join(repo, 'packages/lib'));
      expect(existsSync(join(workspace.path, '../../tsconfig.json'))).toBe(true);
      expect(existsSync(join(workspace.path, 'dep/package.json'))).toBe(true);
      expect(realpathSync(workspace.path)).toBe(workspace.path);
    });

    it.each<[string, Record<string, object | string>]>([
      ['go.work', { 'go.work': 'go 1.21\n\nuse ./tools/app\n', 'tools/app/go.mod': 'module app' }],
      ['Cargo.toml', { 'Cargo.toml': '[workspace]\nmembers = ["tools/*"]\n', 'tools/app/Cargo.toml': '' }],
    ])('openWorkspace puts the neighbours around the copy of a member of a %s', async (_, files) => {
      const repo = tempDir({ ...files, 'lib/code': 'lib' });
      const local = localMedium();
      const layer = overlay(local, new MemoryMedium());
      await using workspace = await openWorkspace(layer, join(repo, 'tools/app'), { origin: local });
      expect(realpathSync(join(workspace.path, '../../lib'))).toBe(join(repo, 'lib'));
    });

    it('openWorkspace shows only node_modules of the folders above a project that is in no monorepo', async () => {
      const above = tempDir({ 'node_modules/dep/x': '', 'secret.txt': '', 'project/package.json': '{}' });
      const local = localMedium();
      const layer = overlay(local, new MemoryMedium());
      await using workspace = await openWorkspace(layer, join(above, 'project'), { origin: local });
      expect(existsSync(join(workspace.path, '../node_modules/dep/x'))).toBe(true);
      expect(existsSync(join(workspace.path, '../secret.txt'))).toBe(false);
    });
  });

  describe('Bad', () => {
    it('openWorkspace refuses a folder that is not there, and leaves no copy', async () => {
      await expect(openWorkspace(new MemoryMedium(), 'nowhere')).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('openWorkspace rejects with the reason of its signal', async () => {
      const reason = new Error('enough');
      const opened = openWorkspace(new MemoryMedium({ app: { x: '' } }), 'app', { signal: AbortSignal.abort(reason) });
      await expect(opened).rejects.toBe(reason);
    });
  });
});
