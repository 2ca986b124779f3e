import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, localMedium, MemoryMedium, overlay } from '@core/io';
import { Service } from '@core/process';

import { installArguments } from '../../../src/builders/node/dependencies.ts';
import { prepareProject, requiredPackage } from '../../../src/builders/node/prepare.ts';
import { type BuildEvent, defaultConfig, openWorkspace } from '../../../src/index.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const { node, docker, linuxkit } = defaultConfig({});
const service = new Service();
afterAll(() => service.close());

/** Stand-ins that print how they are called, and install when they are told to. */
function managers(): string {
  const bin = tempDir();
  for (const name of ['npm', 'pnpm', 'yarn', 'bun']) {
    const script = `#!/bin/sh\necho "out:${name} $*"\n[ "$1" = run ] || { mkdir -p node_modules/dep && echo '{}' > node_modules/dep/package.json; }\n`;
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

const PATH = managers();

/** The commands that a project of these files is prepared with. */
async function prepare(files: Files, dir = tempDir(files)): Promise<string[]> {
  const medium = new DiskMedium({ root: dir });
  const lines: string[] = [];
  const onEvent = (event: BuildEvent): void => {
    if (event.type === 'command-output') lines.push(event.line.replace('out:', ''));
  };
  await using workspace = await openWorkspace(medium, '');
  const project = { name: 'x', version: '1', binary: 'x' };
  const config = {
    medium,
    dir: '',
    outputDir: 'dist',
    project,
    workspace,
    service,
    main: '.',
    cgo: false,
    flags: [],
    ldflags: [],
    ...{ node, docker, linuxkit, env: { PATH } },
  };
  await prepareProject(config, await requiredPackage(medium, '', {}), { onEvent });
  return lines;
}

const DEPENDS = { dependencies: { dep: '1' } };

describe('prepareProject', () => {
  describe('Good', () => {
    it.each<[string, Files, string]>([
      ['npm with a lock file', { 'package-lock.json': '' }, 'npm ci --no-audit --no-fund'],
      ['npm without one', {}, 'npm install --no-package-lock --no-audit --no-fund'],
      ['pnpm', { 'pnpm-lock.yaml': '' }, 'pnpm install --frozen-lockfile'],
      ['yarn 1', { 'yarn.lock': '' }, 'yarn install --frozen-lockfile'],
      ['a later yarn', { 'yarn.lock': '', '.yarnrc.yml': '' }, 'yarn install --immutable'],
      ['bun', { 'bun.lock': '' }, 'bun install --frozen-lockfile'],
    ])('prepareProject installs with %s, and once', async (_, files, command) => {
      const dir = tempDir({ 'package.json': DEPENDS, ...files });
      expect(await prepare({}, dir)).toEqual([command]);
      expect(await prepare({}, dir)).toEqual([]);
    });

    it('prepareProject runs the build script with the project’s own package manager', async () => {
      const files = { 'package.json': { scripts: { build: 'x' }, packageManager: 'yarn@4.0.0' } };
      expect(await prepare(files)).toEqual(['yarn run build']);
    });

    it('prepareProject installs what only the build script needs only where there is one', async () => {
      expect(await prepare({ 'package.json': { devDependencies: { dep: '1' } } })).toEqual([]);
      expect(await prepare({ 'package.json': { devDependencies: { dep: '1' }, scripts: { build: 'x' } } })).toEqual([
        'npm install --no-package-lock --no-audit --no-fund',
        'npm run build',
      ]);
    });

    it('prepareProject takes dependencies of the folders above, optional ones and Plug’n’Play for installed', async () => {
      const above = tempDir({ 'node_modules/dep/package.json': '{}', 'app/package.json': DEPENDS });
      expect(await prepare({}, join(above, 'app'))).toEqual([]);
      expect(
        await prepare({ 'package.json': { optionalDependencies: { dep: '1' }, dependencies: { dep: '1' } } }),
      ).toEqual([]);
      expect(await prepare({ 'package.json': DEPENDS, '.pnp.cjs': '' })).toEqual([]);
    });

    it('installArguments knows package managers without a lock file', () => {
      expect(installArguments({ name: 'pnpm' }, false)).toEqual(['install', '--no-lockfile']);
      expect(installArguments({ name: 'bun' }, false)).toEqual(['install', '--no-save']);
      expect(installArguments({ name: 'yarn' }, true)).toEqual(['install']);
      expect(installArguments({ name: 'yarn', lockFile: 'yarn.lock', version: '4.1.0' }, false)).toEqual([
        'install',
        '--immutable',
      ]);
    });
  });

  describe('Bad', () => {
    it('prepareProject does not install into the workspace around a copy', async () => {
      const repo = tempDir({
        'package.json': { workspaces: ['app'] },
        'package-lock.json': '{}',
        'app/package.json': DEPENDS,
      });
      const local = localMedium();
      const dir = join(repo, 'app');
      const medium = overlay(local, new MemoryMedium());
      await using workspace = await openWorkspace(medium, dir, { origin: local });
      const project = { name: 'x', version: '1', binary: 'x' };
      const config = {
        medium,
        dir,
        outputDir: 'dist',
        project,
        workspace,
        service,
        main: '.',
        cgo: false,
        flags: [],
        ldflags: [],
        ...{ node, docker, linuxkit, env: { PATH } },
      };
      await expect(prepareProject(config, await requiredPackage(medium, dir, {}), {})).rejects.toMatchObject({
        code: 'ERR_BUILD_DEPENDENCIES_MISSING',
      });
      expect(existsSync(join(repo, 'node_modules'))).toBe(false);
    });

    it('requiredPackage refuses a folder without package.json, and one that cannot be read', async () => {
      await expect(requiredPackage(new MemoryMedium(), 'x', {})).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_PROJECT',
      });
      for (const text of ['', '{', '[]', 'null', '3']) {
        const read = requiredPackage(new MemoryMedium({ 'package.json': text }), '', {});
        await expect(read).rejects.toMatchObject({ code: 'ERR_BUILD_PACKAGE_INVALID', path: 'package.json' });
      }
      expect((await requiredPackage(new MemoryMedium({ 'package.json': '\uFEFF{"name":"x"}' }), '', {})).name).toBe(
        'x',
      );
    });
  });
});
