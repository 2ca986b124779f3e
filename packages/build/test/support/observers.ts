import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DiskMedium, type Medium, MemoryMedium } from '@core/io';

import { type BuildEvent, type BuildProjectResult, loadConfig } from '../../src/index.ts';
import { checkSigners, notarizeBinaries, signBinaries } from '../../src/signing/index.ts';
import { registry } from '../builders/node/executable/support/registry.ts';
import { docker } from '../builders/docker/support/stand-ins.ts';
import { build, printed } from './read-release.ts';
import { type ScriptedTools, scriptedTools, type ToolCall } from './scripted-tools.ts';
import { type Settings, together } from './settings.ts';
import { type Files, tempDir } from './temp-project.ts';

/** What a release with these settings shows; a test compares it for two settings. */
export type See = (settings: Settings) => Promise<unknown>;

/** A release, and where it was made. */
export interface Seen extends BuildProjectResult {
  readonly medium: Medium;
  readonly events: readonly BuildEvent[];
  /** What the stand-ins of its tools were told. */
  readonly calls: readonly ToolCall[];
}

type Look = (seen: Seen) => unknown;

/** A JSON text is YAML, too. */
const configuration = (settings: Settings): Record<string, string> => ({
  '.core/build.yaml': JSON.stringify(settings),
});

const SCRIPT = {
  'package.json': JSON.stringify({ name: 'hello', version: '1.2.3', bin: 'cli.js' }),
  'cli.js': 'console.log("cli");',
  'other.js': 'console.log("other");',
  'README.md': 'read me',
  'notes.txt': 'notes',
};

/** A Node program that becomes a script. */
export function script(pick: Look, given: Settings = {}): See {
  return async (settings) => {
    const base = together({ node: { output: 'script' } }, given);
    const medium = new MemoryMedium({ ...SCRIPT, ...configuration(together(base, settings)) });
    const targets = 'targets' in settings ? undefined : [{ os: 'linux', arch: 'amd64' }];
    return pick({ ...(await build(medium, { targets })), medium, calls: [] });
  };
}

/** What a line of the shell prints before a script is built. */
export function said(line: string): See {
  return script(({ events }) => printed(events), { build: { hooks: { before: [`echo "out:${line}"`] } } });
}

/** What is refused, by its message without the file and the place. */
export const accepted: See = async (settings) => {
  try {
    await loadConfig(new MemoryMedium(configuration(settings)), '');
    return 'accepted';
  } catch (error) {
    return String(error).replace(/^.*column \d+: /, '');
  }
};

/** A Node program that becomes an executable, of Nodes that a stand-in for npm has. */
export function executable(pick: Look): See {
  return (settings) => {
    const from = registry();
    return releaseOnDisk(together({ build: { env: pathsOf(from.env) } }, settings), SCRIPT, from).then(pick);
  };
}

/** Go writes down how it was called in the place of a program. */
const GO = `
if (args[0] === 'env') console.log('go1.22.0');
if (args[0] === 'build') fs.writeFileSync(args[args.indexOf('-o') + 1], JSON.stringify([env.CGO_ENABLED, ...args]));
`;

const MODULE = { 'go.mod': 'module example.com/hello\n', 'main.go': 'package main\n\nfunc main() {}\n' };

/** The call of Go that makes a program: whether cgo is on, and its arguments. */
export function go(pick: (call: readonly string[]) => unknown): See {
  const tools = { go: GO };
  return onDisk(MODULE, tools, async ({ artifacts, medium }) =>
    pick(JSON.parse(await medium.read(artifacts[0]?.path ?? '')) as string[]),
  );
}

/** It keeps the recipe that it is given. */
const DOCKER = `${docker()}
if (args[1] === 'build') fs.copyFileSync(args[args.indexOf('--file') + 1], 'recipe.txt');`;

const IMAGES = { Dockerfile: 'FROM scratch\nARG A\n', 'image/Containerfile': 'FROM scratch\nLABEL a=b\n' };

/** An image that a stand-in for docker makes. */
export function image(pick: Look, given: Settings = {}): See {
  return onDisk(IMAGES, { docker: DOCKER }, pick, given);
}

const LINUXKIT = `
if (args[0] === 'version') console.log('linuxkit version v1.5.3');
const value = (flag) => args[args.indexOf(flag) + 1];
const ends = { vmdk: '.vmdk', 'iso-efi': '-efi.iso' };
if (args[0] === 'build') for (const format of value('--format').split(',')) {
  fs.copyFileSync(args.at(-1), path.join(value('--dir'), value('--name') + ends[format]));
}
`;

const MACHINES = { 'linuxkit.yml': 'kernel: { image: one }\n', 'vm.yml': 'kernel: { image: other }\n' };

/** Images of machines that a stand-in for linuxkit makes. */
export function machine(pick: Look, given: Settings = {}): See {
  return onDisk(MACHINES, { linuxkit: LINUXKIT }, pick, given);
}

/** A project on the disk whose tools are stand-ins. */
function onDisk(files: Files, scripts: Readonly<Record<string, string>>, pick: Look, given: Settings = {}): See {
  return async (settings) => {
    const tools = scriptedTools(scripts);
    const found = together({ build: { env: pathsOf(tools.env) } }, given);
    return pick(await releaseOnDisk(together(found, settings), files, tools));
  };
}

/** Where tools and what they make are found; and a C compiler that nobody calls, whatever the machine is. */
function pathsOf({ PATH = '', CORE_BUILD_CACHE = '' }: Readonly<Record<string, string>>): string[] {
  return [`PATH=${PATH}`, `CORE_BUILD_CACHE=${CORE_BUILD_CACHE}`, 'CC_FOR_linux_amd64=cc'];
}

async function releaseOnDisk(settings: Settings, files: Files, tools: Pick<ScriptedTools, 'calls'>): Promise<Seen> {
  const medium = new DiskMedium({ root: tempDir({ ...files, ...configuration(settings) }) });
  return { ...(await build(medium)), medium, calls: tools.calls() };
}

/** They sign, and keep what they read from their stdin in `heard.txt`. */
const hear = (file: string, ready = 'true'): string =>
  `if (${ready}) fs.appendFileSync(${JSON.stringify(file)}, fs.readFileSync(0, 'utf8'));`;

/** What the tools for signing are told: their calls, and what they hear on their stdin. */
export function signing(pick: (calls: readonly string[], heard: string) => unknown, given: Settings = {}): See {
  return async (settings) => {
    const heard = join(tempDir({ 'heard.txt': '' }), 'heard.txt');
    const tools = scriptedTools({
      gpg: `console.log('sec:u:')`,
      gpgconf: '',
      codesign: '',
      ditto: '',
      xcrun: `${hear(heard, 'args[1] === "submit"')} if (args[1] === 'submit') console.log('{"id":"1","status":"Accepted"}');`,
      osslsigncode: `${hear(heard, 'args.includes("-readpass")')}
        if (args[0] === 'sign') fs.copyFileSync('app.exe', args[args.indexOf('-out') + 1]);`,
    });
    const file = configuration(together(together({ sign: { enabled: true } }, given), settings));
    const { sign } = await loadConfig(new MemoryMedium(file), '', { env: {} });
    const certificates = tempDir({ 'one.pfx': '', 'other.pfx': '' });
    const host = { env: tools.env, platform: 'darwin', dir: certificates } as const;
    const { medium, artifacts } = programs();
    await checkSigners(sign, artifacts, host);
    await signBinaries(medium, artifacts, sign, host);
    await notarizeBinaries(medium, artifacts, sign, host);
    const lines = tools.calls().map(({ tool, args }) => [tool, ...args].join(' ').replaceAll(certificates, ''));
    return pick(lines, readFileSync(heard, 'utf8'));
  };
}

const MACH_O = Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe, 1);

function programs(): { medium: Medium; artifacts: { path: string; os: string; arch: string }[] } {
  const medium = new MemoryMedium({ 'darwin_arm64/app': MACH_O, 'windows_amd64/app.exe': 'MZ' });
  const artifacts = [
    { path: 'darwin_arm64/app', os: 'darwin', arch: 'arm64' },
    { path: 'windows_amd64/app.exe', os: 'windows', arch: 'amd64' },
  ];
  return { medium, artifacts };
}
