import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { MemoryMedium, type MemoryTree } from '@core/io';

import type { BuilderConfig } from '../../../src/builder.ts';
import { readTaskfile } from '../../../src/builders/taskfile/read-taskfile.ts';
import { TaskfileBuilder } from '../../../src/builders/taskfile/taskfile-builder.ts';
import type { BuildEvent } from '../../../src/events.ts';
import { type BuilderSubject, builderConformance } from '../../../src/testing/index.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const LINUX = { os: 'linux', arch: 'amd64' };
const MAC = { os: 'darwin', arch: 'arm64' };
const WINDOWS = { os: 'windows', arch: 'amd64' };
const TASKFILE = "version: '3'\ntasks:\n  build:\n    cmds: [go build]\n";

/** Understands the command line as task does, and does what a task would. */
const TASK = `const vars = Object.fromEntries(args.filter((arg) => arg.includes('=')).map((arg) => arg.split(/=(.*)/s)));
  if (args[0] === '--version') { console.log('Task version: v3.44.0 (h1:x)'); process.exit(); }
  if (fs.readFileSync('Taskfile.yml', 'utf8').includes('exit 1')) { console.error('task: Failed to run task'); process.exit(201); }
  const file = path.join(vars.OUTPUT_DIR, 'hello' + (vars.GOOS === 'windows' ? '.exe' : ''));
  fs.writeFileSync(file, vars.GOOS, { mode: 0o755 });`;

interface Order {
  readonly files?: Files;
  readonly script?: string;
  readonly tool?: string;
  readonly change?: Partial<BuilderConfig>;
}

async function build(
  targets = [LINUX],
  { files = { 'Taskfile.yml': TASKFILE }, script = TASK, tool = 'task', change }: Order = {},
) {
  const tools = scriptedTools({ [tool]: script });
  const dir = tempDir(files);
  const events: BuildEvent[] = [];
  await using config = await builderConfig(dir, {
    env: { ...tools.env, PATH: tools.env['PATH']?.split(':')[0] ?? '' },
    ...change,
  });
  const builder = new TaskfileBuilder();
  const artifacts = await builder.build(config, targets, { onEvent: (event) => events.push(event) });
  const names = artifacts.map(({ kind, path }) => `${kind ?? ''} ${path.slice(dir.length + 5)}`);
  return { dir, names, events, calls: tools.calls(), builder, config };
}

const read = (tree: MemoryTree) => readTaskfile(new MemoryMedium(tree), '');

describe('TaskfileBuilder', () => {
  describe('Good', () => {
    it('TaskfileBuilder runs the task build for each target, one after the other, with its variables', async () => {
      const { calls, dir, names } = await build([LINUX, MAC, WINDOWS]);
      expect(names).toEqual([
        'binary linux_amd64/hello',
        'binary darwin_arm64/hello',
        'binary windows_amd64/hello.exe',
      ]);
      expect(calls.map(({ args, tool }) => [tool, ...args].join(' ').replaceAll(dir, '<dir>'))).toEqual([
        'task --force build GOOS=linux GOARCH=amd64 OUTPUT_DIR=<dir>/out/linux_amd64 NAME=hello VERSION=1.2.3',
        'task --force build GOOS=darwin GOARCH=arm64 OUTPUT_DIR=<dir>/out/darwin_arm64 NAME=hello VERSION=1.2.3',
        'task --force build GOOS=windows GOARCH=amd64 OUTPUT_DIR=<dir>/out/windows_amd64 NAME=hello VERSION=1.2.3',
      ]);
      expect(calls.map(({ dir: at }) => at)).toEqual([dir, dir, dir]);
      expect(calls[1]?.env).toMatchObject({
        GOOS: 'darwin',
        GOARCH: 'arm64',
        OUTPUT_DIR: `${dir}/out/darwin_arm64`,
        NAME: 'hello',
        VERSION: '1.2.3',
      });
    });

    it('TaskfileBuilder takes default where there is no build, or the task that main names', async () => {
      const run = async (text: string, main = '.') =>
        (await build([LINUX], { files: { 'Taskfile.yml': `version: '3'\n${text}` }, change: { main } })).calls[0]
          ?.args[1];
      expect(await run('tasks: { default: echo, other: x }')).toBe('default');
      expect(await run('tasks: { default: echo, build: x }')).toBe('build');
      expect(await run('tasks: { default: { aliases: [dist] }, build: x }', 'dist')).toBe('dist');
      expect(await run('includes: { app: ./app }\ntasks: {}', 'app:release')).toBe('app:release');
      expect(await run('includes: { app: { taskfile: ./app, flatten: true } }')).toBe('build');
    });

    it('TaskfileBuilder takes everything that is in the folder, bundles and links too', async () => {
      const script = `const out = env.OUTPUT_DIR;
        fs.mkdirSync(out + '/App.app/Contents', { recursive: true });
        fs.writeFileSync(out + '/App.app/Contents/x', '');
        fs.mkdirSync(out + '/share');
        fs.writeFileSync(out + '/share/data', 'data');
        fs.writeFileSync(out + '/a.txt', '');
        fs.symlinkSync('share/data', out + '/hello');`;
      const { dir, names } = await build([MAC], { script });
      expect(names).toEqual(
        ['App.app', 'hello', 'a.txt', 'share/data'].map(
          (name) => `${name.endsWith('.app') ? 'bundle' : 'binary'} darwin_arm64/${name}`,
        ),
      );
      expect(readFileSync(join(dir, 'out/darwin_arm64/hello'), 'utf8')).toBe('data');
    });

    it('TaskfileBuilder calls go-task where task has that name, and says its version', async () => {
      const { builder, calls } = await build([LINUX], { tool: 'go-task' });
      expect(calls[0]?.tool).toBe('go-task');
      const tools = scriptedTools({ task: TASK });
      await using config = await builderConfig(tempDir(), { env: tools.env });
      expect(await builder.tools(config)).toEqual({ task: '3.44.0' });
    });

    it('TaskfileBuilder warns of a program for another target', async () => {
      const script = `fs.copyFileSync(process.execPath, env.OUTPUT_DIR + '/hello.exe')`;
      const { events } = await build([{ os: 'windows', arch: '386' }], { script });
      expect(events).toContainEqual({
        type: 'warning',
        message: 'hello.exe was made for windows/386, and is a program for another system or processor.',
      });
      expect((await build()).events.filter(({ type }) => type === 'warning')).toEqual([]);
    });

    it('TaskfileBuilder.describe says what the Taskfile itself sets', async () => {
      const describe_ = (text: string) =>
        new TaskfileBuilder().describe(new MemoryMedium({ 'taskfile.yaml': `version: '3'\n${text}` }), '', {
          main: '.',
        });
      expect(await describe_('vars: { NAME: tool, VERSION: 1.5.0, BINARY: t }')).toEqual({
        name: 'tool',
        version: '1.5.0',
        binary: 't',
      });
      expect(await describe_("vars: { NAME: '{{.X}}', VERSION: { sh: git describe }, BINARY: [] }")).toEqual({});
      expect(await describe_('vars: { VERSION: not one }')).toEqual({});
      expect(await new TaskfileBuilder().describe(new MemoryMedium(), '', { main: '.', binary: 'b' })).toEqual({
        binary: 'b',
      });
    });
  });

  describe('Bad', () => {
    it('TaskfileBuilder refuses a task that makes nothing', async () => {
      await expect(build([LINUX], { script: `fs.mkdirSync(env.OUTPUT_DIR + '/empty')` })).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        target: 'linux/amd64',
        message: 'Cannot release for linux/amd64: the task build has made nothing',
        hint: 'Let it put the files of the release into {{.OUTPUT_DIR}}.',
      });
    });

    it('TaskfileBuilder refuses a Taskfile without such a task, and a folder without one', async () => {
      const none = { 'Taskfile.yml': "version: '3'\ntasks: { lint: x, build: { internal: true } }" };
      await expect(build([LINUX], { files: none })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        hint: 'Its tasks: lint. One can be named as project.main in .core/build.yaml.',
      });
      await expect(build([LINUX], { change: { main: 'nope' } })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        key: 'project.main',
      });
      await expect(build([LINUX], { files: {} })).rejects.toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
    });

    it('TaskfileBuilder tells how to get task', async () => {
      await expect(build([LINUX], { tool: 'other' })).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'task',
        hint: expect.stringContaining('https://taskfile.dev/docs/installation'),
      });
    });
  });

  describe('Ugly', () => {
    it('TaskfileBuilder refuses links to nothing and begins nothing after a failure', async () => {
      await expect(
        build([LINUX, MAC], { script: `fs.symlinkSync('nowhere', env.OUTPUT_DIR + '/x')` }),
      ).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FILE' });
    });
  });
});

describe('readTaskfile', () => {
  it('readTaskfile takes the name that task takes first', async () => {
    const text = "version: '3'";
    expect((await read({ 'taskfile.yaml': text, 'Taskfile.yaml': text, 'taskfile.yml': text }))?.path).toBe(
      'taskfile.yml',
    );
    expect((await read({ 'Taskfile.dist.yaml': text, 'Taskfile.dist.yml': text }))?.path).toBe('Taskfile.dist.yml');
    expect(await read({ 'Taskfile.yml': {} })).toBeUndefined();
  });

  it('readTaskfile reads tasks, includes and plain variables, whatever else there is', async () => {
    const text =
      "version: 3\nvars: { A: a, N: 1, T: '{{.X}}', L: [1] }\nincludes: { x: ./x, y: { taskfile: y } }\ntasks:\n  a: echo\n  b: [x]\n  c: { aliases: [d, 1] }\n  e: { internal: true }";
    const taskfile = await read({ 'Taskfile.yml': text });
    expect([...(taskfile?.tasks.keys() ?? [])]).toEqual(['a', 'b', 'c', 'd']);
    expect(taskfile?.includes).toEqual(new Set(['x', 'y']));
    expect(Object.fromEntries(taskfile?.variables ?? [])).toEqual({ A: 'a', N: '1' });
  });

  it('readTaskfile refuses what is no Taskfile of version 3', async () => {
    for (const text of [
      '',
      '[]',
      'text',
      'tasks: {}',
      "version: '2'",
      'version: []',
      'version: 3\n a: [',
      'a: &a [*a]\nversion: 3\n b: c: d',
      'version: 3\nversion: 3',
    ]) {
      await expect(read({ 'Taskfile.yml': text })).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
        path: 'Taskfile.yml',
      });
    }
    await expect(read({ 'Taskfile.yml': 'version: 3\ntasks: [' })).rejects.toMatchObject({ line: 2, column: 9 });
  });

  it('readTaskfile refuses a bomb in no time', async () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `a${String(i + 1)}: &a${String(i + 1)} [${`*a${String(i)},`.repeat(9)}]`,
    );
    await expect(read({ 'Taskfile.yml': `version: 3\na0: &a0 x\n${lines.join('\n')}` })).rejects.toMatchObject({
      code: 'ERR_BUILD_PACKAGE_INVALID',
    });
  });
});

const stand = scriptedTools({ task: TASK });

const SUBJECT: BuilderSubject = {
  builder: new TaskfileBuilder(),
  project: { 'Taskfile.yml': TASKFILE },
  broken: { 'Taskfile.yml': `${TASKFILE}# exit 1` },
  targets: [LINUX, WINDOWS],
  unsupported: LINUX,
  tools: ['task'],
  config: { env: stand.env },
  without: ['unsupported'],
};

describe('TaskfileBuilder as a Builder', () => {
  for (const { name, requires, run } of builderConformance()) {
    if (!requires.some((feature) => SUBJECT.without?.includes(feature))) it(name, () => run(SUBJECT));
  }
});
