import { describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';

import { DenoBuilder } from '../../../src/builders/deno/deno-builder.ts';
import {
  type BuilderConfig,
  type BuildEvent,
  buildProject,
  parseTargets,
  registerBuilder,
} from '../../../src/index.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';
import { scriptedTools, type ScriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

/** What Deno does, as far as a build sees it: it makes the file, and refuses a module that it cannot parse. */
const DENO = `
if (args[0] === '--version') console.log('deno 2.5.6 (stable, release, x86_64-unknown-linux-gnu)\\nv8 14.0.365.5');
if (args[0] === 'task') fs.writeFileSync('made.ts', 'made by the task');
if (args[0] === 'compile') {
  const module = args.find((word) => word.endsWith('.ts'));
  const text = fs.readFileSync(module, 'utf8');
  if (text.includes('(((')) { console.error("error: Expected ',', got '<eof>' at " + module); process.exit(1); }
  fs.writeFileSync(args[args.indexOf('--output') + 1], args[args.indexOf('--target') + 1] + text, { mode: 0o755 });
}
`;

const ALL = 'linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64';

interface Built {
  readonly tools: ScriptedTools;
  readonly dir: string;
  readonly events: readonly BuildEvent[];
}

async function build(files: Files, change: Partial<BuilderConfig> = {}, targets = 'linux/amd64'): Promise<Built> {
  const tools = scriptedTools({ deno: DENO });
  const dir = tempDir(files);
  const events: BuildEvent[] = [];
  await using config = await builderConfig(dir, { env: tools.env, ...change });
  await new DenoBuilder().build(config, parseTargets(targets), { onEvent: (event) => events.push(event) });
  return { tools, dir, events };
}

/** The command lines, with the folder of the release left out. */
async function commands(files: Files, change: Partial<BuilderConfig> = {}, targets?: string): Promise<string[]> {
  const { dir, tools } = await build(files, change, targets);
  return tools.calls().map(({ args }) => args.join(' ').replaceAll(`${dir}/out/`, ''));
}

const MAIN = { 'main.ts': 'console.log(1)' };

const TO_LINUX = '--target x86_64-unknown-linux-gnu --output linux_amd64/hello';

describe('DenoBuilder', () => {
  describe('Good', () => {
    const subject: BuilderSubject = {
      builder: new DenoBuilder(),
      project: { 'deno.json': '{}', ...MAIN },
      broken: { 'deno.json': '{}', 'main.ts': 'console.log(((' },
      targets: parseTargets('linux/arm64,windows/amd64'),
      unsupported: { os: 'freebsd', arch: 'amd64' },
      tools: ['deno'],
      config: { env: scriptedTools({ deno: DENO }).env },
    };
    it.each(builderConformance().map((one) => [one.name, one] as const))('DenoBuilder %s', (_, { run }) =>
      run(subject),
    );

    it('DenoBuilder compiles for every target of Deno', async () => {
      const lines = await commands({ 'deno.json': {}, ...MAIN }, {}, ALL);
      expect(lines.sort()).toEqual([
        'compile --no-lock --target aarch64-apple-darwin --output darwin_arm64/hello main.ts',
        'compile --no-lock --target aarch64-unknown-linux-gnu --output linux_arm64/hello main.ts',
        'compile --no-lock --target x86_64-apple-darwin --output darwin_amd64/hello main.ts',
        'compile --no-lock --target x86_64-pc-windows-msvc --output windows_amd64/hello.exe main.ts',
        'compile --no-lock --target x86_64-unknown-linux-gnu --output linux_amd64/hello main.ts',
      ]);
    });

    it.each<[string, object, string]>([
      [
        'the task "compile", whose output and target it replaces',
        {
          tasks: {
            compile: 'FOO=1 deno compile --allow-net=a.com -R --include "my data" -o x --target=y app.ts --port 80',
          },
        },
        `compile --allow-net=a.com -R --include=my data --no-lock ${TO_LINUX} app.ts --port 80`,
      ],
      [
        'the task "start", of which only permissions count',
        { tasks: { start: { command: 'deno run --watch -A --unstable-kv app.ts serve' } } },
        `compile -A --unstable-kv --no-lock ${TO_LINUX} app.ts`,
      ],
      [
        'a task of several commands',
        { tasks: { build: "deno fmt && deno compile --allow-env='A,B' app.ts | tee log" } },
        `compile --allow-env=A,B --no-lock ${TO_LINUX} app.ts`,
      ],
      [
        'the permissions of deno.json',
        { compile: { permissions: { read: true } } },
        `compile -P --no-lock ${TO_LINUX} main.ts`,
      ],
      [
        'the permissions of a task before those of deno.json',
        { compile: { permissions: 'all' }, tasks: { compile: 'deno compile -N app.ts' } },
        `compile -N --no-lock ${TO_LINUX} app.ts`,
      ],
      ['permissions that are empty', { compile: { permissions: {} } }, `compile --no-lock ${TO_LINUX} main.ts`],
      ['exports', { exports: { '.': './app.ts' } }, `compile --no-lock ${TO_LINUX} app.ts`],
      ['a project without lock files', { lock: false, exports: 'app.ts' }, `compile ${TO_LINUX} app.ts`],
    ])('DenoBuilder follows %s', async (_, json, line) => {
      expect(await commands({ 'deno.json': json, 'app.ts': '1', ...MAIN })).toEqual([line]);
    });

    it('DenoBuilder keeps to the lock file, also to that of the workspace around', async () => {
      const files = { 'deno.json': {}, ...MAIN };
      expect(await commands({ ...files, 'deno.lock': '{}' })).toEqual([`compile --frozen ${TO_LINUX} main.ts`]);
      const above = tempDir({ 'deno.lock': '{}', 'app/deno.json': {}, 'app/main.ts': '1' });
      const tools = scriptedTools({ deno: DENO });
      await using config = await builderConfig(`${above}/app`, { env: tools.env });
      await new DenoBuilder().build(config, parseTargets('linux/amd64'));
      expect(tools.calls()[0]?.args).toContain('--frozen');
    });

    it('DenoBuilder takes the flags of the configuration, but for those that are only Go’s default', async () => {
      const files = { 'deno.json': { tasks: { compile: 'deno compile -A main.ts' } }, ...MAIN };
      const line = (flags: string) => [`compile ${flags} --no-lock ${TO_LINUX} main.ts`];
      expect(await commands(files, { flags: ['-trimpath'], ldflags: ['-s', '-w'] })).toEqual(line('-A'));
      expect(await commands(files, { flags: ['--allow-read', '--output=x'] })).toEqual(line('--allow-read'));
    });

    it('DenoBuilder runs the task "build" once before it compiles what that makes', async () => {
      const json = { tasks: { build: 'deno run -A tools/make.ts' }, exports: './made.ts' };
      const lines = await commands({ 'deno.json': json }, {}, 'linux/amd64,linux/arm64');
      expect(lines[0]).toBe('task build');
      expect(lines.slice(1).every((line) => line.endsWith(' made.ts'))).toBe(true);
      expect(lines).toHaveLength(3);
    });

    it('DenoBuilder compiles what the configuration names, also from a registry', async () => {
      const files = { 'deno.json': {}, 'src/-cli.ts': '1', '-x.ts': '', 'app.ts': '' };
      expect(await commands(files, { main: './src/-cli.ts' })).toEqual([`compile --no-lock ${TO_LINUX} src/-cli.ts`]);
      expect(await commands(files, { main: '-x.ts' })).toEqual([`compile --no-lock ${TO_LINUX} ./-x.ts`]);
      const remote = scriptedTools({ deno: 'fs.writeFileSync(args[args.indexOf("--output") + 1], "made")' });
      expect((await commandsOf(remote, { main: 'jsr:@std/http/file-server' })).at(-1)).toBe(
        'jsr:@std/http/file-server',
      );
    });

    it('DenoBuilder makes a release of it', async () => {
      const tools = scriptedTools({ deno: DENO });
      const dir = tempDir({ 'deno.json': { name: '@me/tool', version: '2.0.1' }, ...MAIN });
      const path = process.env['PATH'];
      const undo = registerBuilder('deno', new DenoBuilder());
      try {
        process.env['PATH'] = tools.env['PATH'];
        const { archives, manifest } = await buildProject({ medium: localMedium(), dir, targets: parseTargets(ALL) });
        expect(archives.map((one) => one.path.slice(dir.length))).toEqual([
          '/dist/tool_linux_amd64.tar.gz',
          '/dist/tool_linux_arm64.tar.gz',
          '/dist/tool_darwin_amd64.tar.gz',
          '/dist/tool_darwin_arm64.tar.gz',
          '/dist/tool_windows_amd64.zip',
        ]);
        expect([manifest.project.version, manifest.tools['deno']]).toEqual(['2.0.1', '2.5.6']);
      } finally {
        process.env['PATH'] = path;
        undo();
      }
    });
  });

  describe('Bad', () => {
    it.each<[string, Files, Partial<BuilderConfig>, string]>([
      ['names no program', { 'deno.json': {} }, {}, 'it names no program'],
      ['exports what is not there', { 'deno.json': { exports: './x.ts' } }, {}, 'exports of'],
      [
        'has a module outside',
        { 'deno.json': {} },
        { main: '../../../../../../../../etc/passwd' },
        'not in the project',
      ],
      ['is asked for a module that is not there', { 'deno.json': {}, ...MAIN }, { main: 'no.ts' }, 'project.main'],
    ])('DenoBuilder refuses a project that %s', async (_, files, change, why) => {
      const error = { code: 'ERR_BUILD_NO_ENTRY', message: expect.stringContaining(why) as unknown };
      await expect(build(files, change)).rejects.toMatchObject(error);
    });

    it('DenoBuilder refuses a deno.json that is none', async () => {
      await expect(build({ 'deno.jsonc': '{\n  // nothing\n  "name": oops\n}' })).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
        line: 3,
        column: 11,
      });
      await expect(build({ 'deno.json': '[]' })).rejects.toMatchObject({ code: 'ERR_BUILD_PACKAGE_INVALID' });
      await expect(build({ 'main.ts': '' })).rejects.toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
    });

    it.each([
      ['The lockfile is out of date. Run `deno install --frozen=false`', /deno.lock/],
      ['error sending request for url (https://dl.deno.land/release/v2/denort.zip)', /network/],
      ['error: something else', /Correct what it reports/],
    ])('DenoBuilder tells what to do about %j', async (said, hint) => {
      const deno = `console.error(${JSON.stringify(said)}); process.exit(1)`;
      const error = { code: 'ERR_BUILD_COMMAND_FAILED', exitCode: 1, hint: expect.stringMatching(hint) as unknown };
      await expect(commandsOf(scriptedTools({ deno }), {})).rejects.toMatchObject(error);
    });
  });

  describe('Ugly', () => {
    it('DenoBuilder hands names with spaces and quotes to Deno as they are', async () => {
      const { tools } = await build({ 'deno.json': {}, 'my "main" $(x).ts': '1' }, { main: 'my "main" $(x).ts' });
      expect(tools.calls()[0]?.args.at(-1)).toBe('my "main" $(x).ts');
    });
  });
});

/** The last call that these tools got for a small project. */
async function commandsOf(tools: ScriptedTools, change: Partial<BuilderConfig>): Promise<readonly string[]> {
  await using config = await builderConfig(tempDir({ 'deno.json': {}, ...MAIN }), { env: tools.env, ...change });
  await new DenoBuilder().build(config, parseTargets('linux/amd64'));
  return tools.calls().at(-1)?.args ?? [];
}
