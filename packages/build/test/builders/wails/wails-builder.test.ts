import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium, MemoryMedium, type MemoryTree } from '@core/io';

import type { BuilderConfig } from '../../../src/builder.ts';
import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import { parseTaskfile } from '../../../src/builders/taskfile/read-taskfile.ts';
import { WailsBuilder } from '../../../src/builders/wails/wails-builder.ts';
import { wailsCommand } from '../../../src/builders/wails/wails-command.ts';
import { readWailsProject } from '../../../src/builders/wails/wails-project.ts';
import { obstacle } from '../../../src/builders/wails/wails-targets.ts';
import { type BuildEvent, buildProject } from '../../../src/index.ts';
import type { Target } from '../../../src/target.ts';
import { type BuilderSubject, builderConformance } from '../../../src/testing/index.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const WINDOWS = { os: 'windows', arch: 'amd64' };
const WINDOWS_ARM = { os: 'windows', arch: 'arm64' };
const MAC = { os: 'darwin', arch: 'arm64' };
const LINUX = { os: 'linux', arch: 'amd64' };

const V2: Files = {
  'wails.json':
    '{ "$schema": "https://wails.io/schemas/config.v2.json", "name": "Hello App", "outputfilename": "hello" }',
  'go.mod': 'module hello\n\nrequire github.com/wailsapp/wails/v2 v2.9.1\n',
};
const V3: Files = {
  'go.mod': 'module hello\n\nrequire (\n\tgithub.com/wailsapp/wails/v3 v3.0.0-alpha.9\n)\n',
  'Taskfile.yml':
    "version: '3'\nincludes: { windows: ./w, linux: ./l, darwin: ./d }\nvars: { APP_NAME: hello, BIN_DIR: bin }\ntasks: { build: { cmds: [ task: '{{OS}}:build' ] } }",
};

/** Puts its program where Wails does; `-clean` empties the folder before. */
const WAILS = `if (args[0] === 'version') { console.log('v2.9.1'); process.exit(); }
  if (fs.existsSync('broken')) { console.error('Error: exit status 1'); process.exit(1); }
  if (args.includes('-clean')) fs.rmSync('build/bin', { recursive: true, force: true });
  fs.mkdirSync('build/bin', { recursive: true });
  fs.writeFileSync('build/bin/' + args[args.indexOf('-o') + 1], args[args.indexOf('-platform') + 1], { mode: 0o755 });`;
const WAILS3 = `if (args[0] === 'version') { console.log('v3.0.0-alpha.9'); process.exit(); }
  fs.mkdirSync('bin', { recursive: true });
  fs.writeFileSync('bin/hello.exe', args.join(' '));`;

interface Order {
  readonly files?: Files;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly change?: Partial<BuilderConfig>;
}

async function build(
  targets: readonly Target[],
  { files = V2, scripts = { wails: WAILS, wails3: WAILS3 }, change }: Order = {},
) {
  const tools = scriptedTools(scripts);
  const dir = tempDir(files);
  await using config = await builderConfig(dir, {
    env: { ...tools.env, PATH: tools.env['PATH']?.split(':')[0] ?? '' },
    ...change,
  });
  const artifacts = await new WailsBuilder().build(config, targets);
  const names = artifacts.map(({ kind, path }) => `${kind ?? ''} ${path.slice(dir.length + 5)}`);
  return { dir, names, calls: tools.calls(), tools: await new WailsBuilder().tools(config) };
}

const read = (tree: MemoryTree) => readWailsProject(new MemoryMedium(tree), '');
const identify = (tree: MemoryTree) => new WailsBuilder().describe(new MemoryMedium(tree), '', { main: '.' });

describe('WailsBuilder', () => {
  describe('Good', () => {
    it('WailsBuilder builds version 2 with wails build, one target after the other', async () => {
      const { calls, dir, names, tools } = await build([WINDOWS, WINDOWS_ARM], {
        files: { ...V2, 'build/bin/old.exe': 'old' },
      });
      expect(names).toEqual(['binary windows_amd64/hello.exe', 'binary windows_arm64/hello.exe']);
      expect(calls.slice(0, 2).map(({ args, tool }) => [tool, ...args])).toEqual([
        [
          'wails',
          'build',
          '-clean',
          '-m',
          '-platform',
          'windows/amd64',
          '-o',
          'hello.exe',
          '-trimpath',
          '-ldflags',
          '-s -w',
        ],
        [
          'wails',
          'build',
          '-clean',
          '-m',
          '-s',
          '-platform',
          'windows/arm64',
          '-o',
          'hello.exe',
          '-trimpath',
          '-ldflags',
          '-s -w',
        ],
      ]);
      expect(readFileSync(join(dir, 'out/windows_amd64/hello.exe'), 'utf8')).toBe('windows/amd64');
      expect(readFileSync(join(dir, 'out/windows_arm64/hello.exe'), 'utf8')).toBe('windows/arm64');
      expect(tools).toEqual({ wails: '2.9.1' });
    });

    it('WailsBuilder builds version 3 with its Taskfile, and takes only what is new', async () => {
      const { calls, dir, names, tools } = await build([WINDOWS, WINDOWS_ARM], {
        files: { ...V3, 'bin/stale.exe': 'old', 'bin/hello.exe': 'old' },
      });
      expect(names).toEqual(['binary windows_amd64/hello.exe', 'binary windows_arm64/hello.exe']);
      expect(calls.slice(0, 2).map(({ args, tool }) => [tool, ...args].join(' '))).toEqual([
        'wails3 task windows:build ARCH=amd64 PRODUCTION=true',
        'wails3 task windows:build ARCH=arm64 PRODUCTION=true',
      ]);
      expect(calls[0]?.env['GOFLAGS']).toBe("-trimpath '-ldflags=-s -w'");
      expect(readFileSync(join(dir, 'out/windows_amd64/hello.exe'), 'utf8')).toContain('ARCH=amd64');
      expect(existsSync(join(dir, 'bin/stale.exe'))).toBe(true);
      expect(tools).toEqual({ wails3: '3.0.0-alpha.9' });
    });

    it('WailsBuilder gives a program that is alone the name of the release, and others their own', async () => {
      const put = (...files: string[]) =>
        `fs.mkdirSync('build/bin', { recursive: true }); for (const file of ${JSON.stringify(files)}) fs.writeFileSync('build/bin/' + file, 'x');`;
      const version = `if (args[0] === 'version') process.exit();`;
      const alone = await build([WINDOWS], { scripts: { wails: `${version}${put('Other.exe')}` } });
      expect(alone.names).toEqual(['binary windows_amd64/hello.exe']);
      const several = await build([WINDOWS], {
        scripts: { wails: `${version}${put('hello.exe', 'a-installer.exe')}` },
      });
      expect(several.names).toEqual(['binary windows_amd64/hello.exe', 'binary windows_amd64/a-installer.exe']);
      expect(several.tools).toEqual({ wails: 'unknown' });
    });

    it('WailsBuilder takes the bundle where there is one', async () => {
      const script = `if (args[0] === 'version') process.exit();
        fs.mkdirSync('build/bin/Hello App.app/Contents/MacOS', { recursive: true });
        fs.writeFileSync('build/bin/hello', '');
        fs.writeFileSync('build/bin/Hello App.app/Contents/MacOS/hello', '');`;
      const { dir, names } = await build([WINDOWS], { scripts: { wails: script } });
      expect(names).toEqual(['bundle windows_amd64/Hello App.app']);
      expect(existsSync(join(dir, 'out/windows_amd64/Hello App.app/Contents/MacOS/hello'))).toBe(true);
    });

    it('WailsBuilder hands flags on', async () => {
      const change = { flags: ['-race', '-tags', 'a,b'], ldflags: [] };
      expect((await build([WINDOWS], { change })).calls[0]?.args.slice(-3)).toEqual(['-race', '-tags', 'a,b']);
      await using config = await builderConfig(tempDir(V3), {
        env: { GOFLAGS: '-mod=mod' },
        flags: ["-tags='a b'"],
        ldflags: [],
      });
      const { env } = wailsCommand(
        config,
        { wails: 3, taskfile: parseTaskfile('t', V3['Taskfile.yml'] as string) },
        { target: WINDOWS, isFirst: true },
      );
      expect(env).toEqual({ GOFLAGS: `-mod=mod "-tags='a b'"` });
    });

    it('WailsBuilder finds the task of every shape of Taskfile', async () => {
      await using config = await builderConfig(tempDir());
      const argsFor = (text: string, target: Target) => {
        const taskfile = parseTaskfile('Taskfile.yml', `version: '3'\n${text}`);
        return wailsCommand(config, { wails: 3, taskfile }, { target, isFirst: true }).args.join(' ');
      };
      const dispatching =
        "includes: { darwin: d, linux: l }\ntasks: { build: { cmds: [ task: '{{.GOOS}}:build' ] }, package: { cmds: [ task: '{{.GOOS}}:package' ] } }";
      expect(argsFor(dispatching, LINUX)).toBe('task build GOOS=linux ARCH=amd64 PRODUCTION=true');
      expect(argsFor(dispatching, MAC)).toBe('task package GOOS=darwin ARCH=arm64 PRODUCTION=true');
      expect(argsFor((V3['Taskfile.yml'] as string).replace(/^.*\n/, ''), MAC)).toBe(
        'task darwin:package ARCH=arm64 PRODUCTION=true',
      );
      expect(argsFor("tasks: { build: x, 'build:windows': x }", WINDOWS)).toBe(
        'task build:windows ARCH=amd64 PRODUCTION=true',
      );
      expect(argsFor('tasks: { build: just build }', WINDOWS)).toBe(
        'task build GOOS=windows ARCH=amd64 PRODUCTION=true',
      );
      expect(() => argsFor('tasks: {}', WINDOWS)).toThrow(
        expect.objectContaining({ code: 'ERR_BUILD_NO_ENTRY', path: 'Taskfile.yml' }),
      );
    });

    it('WailsBuilder chooses what this machine can build', async () => {
      const env = { PATH: '' };
      await using config = await builderConfig(tempDir(V2), { env });
      const host = hostTarget();
      const others = [LINUX, { os: 'linux', arch: 'arm64' }, MAC, WINDOWS].filter(
        ({ arch, os }) => os === 'windows' || (os === host.os && (os === 'darwin' || arch === host.arch)),
      );
      expect(
        await new WailsBuilder().chooseTargets(config, [LINUX, { os: 'linux', arch: 'arm64' }, MAC, WINDOWS]),
      ).toEqual(others);
    });

    it('WailsBuilder.detect and describe know both versions', async () => {
      expect(await new WailsBuilder().detect(new MemoryMedium(V3 as MemoryTree), '')).toBe(true);
      expect(await new WailsBuilder().detect(new MemoryMedium({ 'go.mod': 'module x' }), '')).toBe(false);
      expect(await identify(V2 as MemoryTree)).toEqual({ name: 'Hello App', binary: 'hello' });
      expect(
        await identify({
          'wails.json': '{ "name": "Hi", "outputfilename": "hi.exe", "info": { "productVersion": "1.0.0" } }',
        }),
      ).toEqual({ name: 'Hi', binary: 'hi', version: '1.0.0' });
      expect(await identify({ ...V3, build: { 'config.yml': "info: { version: '0.3.1' }" } })).toEqual({
        name: 'hello',
        binary: 'hello',
        version: '0.3.1',
      });
      expect(await identify({ 'wails.json': '{ "name": 1, "info": { "productVersion": "a b" } }' })).toEqual({});
    });
  });

  describe('Bad', () => {
    it('WailsBuilder refuses what only another system can build', () => {
      expect(obstacle(MAC, {}, LINUX)).toEqual({ why: 'that needs macOS', hint: 'Build it on a machine with macOS.' });
      expect(obstacle(LINUX, {}, WINDOWS)).toMatchObject({ why: 'that needs Linux' });
      expect(obstacle({ os: 'linux', arch: 'arm64' }, {}, LINUX)).toMatchObject({
        why: 'cgo needs a C compiler for it',
      });
      expect(obstacle({ os: 'plan9', arch: 'amd64' }, {}, LINUX)).toMatchObject({ why: 'Wails does not' });
      for (const [target, env, host] of [
        [WINDOWS, {}, LINUX],
        [LINUX, {}, LINUX],
        [{ os: 'linux', arch: 'arm64' }, { CC: 'gcc' }, LINUX],
        [{ os: 'darwin', arch: 'universal' }, {}, MAC],
        [{ os: 'darwin', arch: 'amd64' }, {}, MAC],
      ] as const) {
        expect(obstacle(target, env, host)).toBeUndefined();
      }
    });

    it('WailsBuilder refuses where nothing new was made', async () => {
      const files = { ...V2, 'build/bin/hello.exe': 'old' };
      await expect(build([WINDOWS], { files, scripts: { wails: '' } })).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        target: 'windows/amd64',
      });
    });

    it('WailsBuilder tells how to get the Wails of the project', async () => {
      await expect(build([WINDOWS], { scripts: {} })).rejects.toMatchObject({
        tool: 'wails',
        hint: expect.stringContaining('wails/v2/cmd/wails@latest'),
      });
      await expect(build([WINDOWS], { scripts: {}, files: V3 })).rejects.toMatchObject({
        tool: 'wails3',
        hint: expect.stringContaining('wails/v3/cmd/wails3@latest'),
      });
    });

    it('WailsBuilder refuses a folder that is no project of Wails', async () => {
      await expect(build([WINDOWS], { files: { 'go.mod': 'module x' } })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_PROJECT',
      });
      await expect(build([WINDOWS], { files: { 'wails.json': '{' } })).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
        path: expect.stringMatching(/wails\.json$/),
      });
    });
  });

  describe('Ugly', () => {
    it('WailsBuilder takes a program that was written again with the same bytes', async () => {
      const files = { ...V3, 'bin/hello.exe': 'task windows:build ARCH=amd64 PRODUCTION=true' };
      const { names } = await build([WINDOWS], { files });
      expect(names).toEqual(['binary windows_amd64/hello.exe']);
    });
  });
});

describe('buildProject with a Wails project', () => {
  it('buildProject takes Wails before Go, and builds what this machine can', async () => {
    const tools = scriptedTools({ wails: WAILS });
    const env = [`PATH=${tools.env['PATH']?.split(':')[0] ?? ''}`];
    const dir = tempDir({ ...V2, '.core/build.yaml': JSON.stringify({ build: { env } }) });
    const events: BuildEvent[] = [];
    const { manifest } = await buildProject({ medium: localMedium(), dir, onEvent: (event) => events.push(event) });
    expect(events[0]).toEqual({ type: 'project-found', dir, types: ['wails', 'go'] });
    expect(manifest.project).toEqual({ name: 'Hello App', version: '0.0.0', type: 'wails' });
    expect(manifest.archives.map(({ path }) => path)).toContain('hello_windows_amd64.zip');
    expect(manifest.archives.length).toBe(
      new Set(
        tools
          .calls()
          .filter(({ args }) => args[0] === 'build')
          .map(({ args }) => args[args.indexOf('-platform') + 1]),
      ).size,
    );
    expect(events.some(({ type }) => type === 'warning')).toBe(true);
    expect(manifest.tools).toMatchObject({ wails: '2.9.1' });
  });
});

describe('readWailsProject', () => {
  it('readWailsProject goes by go.mod, then by the schema, then by the Taskfile', async () => {
    const taskfile = { 'Taskfile.yml': "version: '3'" };
    const schema = (major: number) => ({
      'wails.json': `{ "$schema": "https://wails.io/schemas/config.v${String(major)}.json" }`,
    });
    expect(await read({ ...schema(3), 'go.mod': 'require github.com/wailsapp/wails/v2 v2.0.0' })).toMatchObject({
      wails: 2,
    });
    expect(await read({ ...schema(2), ...taskfile })).toMatchObject({ wails: 2 });
    expect(
      await read({ ...schema(2), ...taskfile, 'go.mod': 'require (\n github.com/wailsapp/wails/v3 v3\n)' }),
    ).toMatchObject({ wails: 3 });
    expect(await read({ 'wails.json': '{}', ...taskfile })).toMatchObject({ wails: 3 });
    expect(await read({ 'wails.json': '\uFEFF{}', 'go.mod': '// github.com/wailsapp/wails/v3 v3' })).toEqual({
      wails: 2,
    });
    expect(await read({ 'go.mod': 'module x' })).toBeUndefined();
  });
});

const stand = scriptedTools({ wails: WAILS, wails3: WAILS3 });

const SUBJECTS: Readonly<Record<string, BuilderSubject>> = {
  2: {
    builder: new WailsBuilder(),
    project: V2 as MemoryTree,
    broken: { ...(V2 as MemoryTree), broken: '' },
    targets: [WINDOWS, WINDOWS_ARM],
    unsupported: { os: 'plan9', arch: 'amd64' },
    tools: ['wails'],
    config: { env: stand.env },
    leaves: ['build'],
  },
  3: {
    builder: new WailsBuilder(),
    project: { ...(V3 as MemoryTree), 'wails.json': '{}' },
    broken: { ...(V3 as MemoryTree), 'wails.json': '{}', bin: 'no folder' },
    targets: [WINDOWS, WINDOWS_ARM],
    unsupported: { os: 'plan9', arch: 'amd64' },
    tools: ['wails3'],
    config: { env: stand.env },
    leaves: ['bin'],
  },
};

for (const [major, subject] of Object.entries(SUBJECTS)) {
  describe(`WailsBuilder with version ${major} as a Builder`, () => {
    for (const { name, run } of builderConformance()) it(name, () => run(subject));
  });
}
