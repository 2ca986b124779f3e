import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import { type ScriptedTools, scriptedTools } from '../../../../support/scripted-tools.ts';
import { tempDir } from '../../../../support/temp-project.ts';
import { tinyElf } from './tiny-elf.ts';

/** What a stand-in for npm has to offer. */
export interface Offer {
  /** All versions of every package, in the words of npm. */
  readonly versions?: unknown;
  /** What is the Node in a package. */
  readonly node?: Uint8Array;
  /** Where it is in the package. */
  readonly file?: string;
  /** What it does first of all: the body of a function, that has `args`, `env`, `fs` and `path`. */
  readonly first?: string;
}

/** Whether it is out of reach is a matter of this file, so that it can change between two calls. */
const BODY = (folder: string, first: string): string => `
const { execFileSync } = require('node:child_process');
const folder = ${JSON.stringify(folder)};
${first}
if (fs.existsSync(path.join(folder, 'offline'))) { console.error('npm error code ENOTFOUND'); process.exit(1); }
if (args[0] === 'view') console.log(fs.readFileSync(path.join(folder, 'versions.json'), 'utf8'));
if (args[0] === 'pack') {
  const file = args[1].replace('@', '-') + '.tgz';
  execFileSync('tar', ['czf', path.join(env.npm_config_pack_destination, file), '-C', folder, 'package']);
}
`;

/** An npm with a registry of its own: real archives, of a Node of a few kilobytes. */
export interface Registry extends ScriptedTools {
  /** The environment, with an empty cache of its own. */
  readonly env: Readonly<Record<string, string>>;
  readonly cache: string;
  /** From now on the registry cannot be reached. */
  goOffline(): void;
  /** `view a`, `pack a@1.0.0`, … */
  asked(): string[];
}

export function registry(offer: Offer = {}): Registry {
  const { versions = ['20.1.0', '22.14.0', '22.2.0'], node = tinyElf(), file = 'bin/node', first = '' } = offer;
  const folder = tempDir({ 'package/package.json': '{}', 'versions.json': JSON.stringify(versions) });
  mkdirSync(join(folder, 'package', file, '..'), { recursive: true });
  writeFileSync(join(folder, 'package', file), node);
  const cache = tempDir();
  const tools = scriptedTools({ npm: BODY(folder, first) });
  return {
    env: { ...tools.env, CORE_BUILD_CACHE: cache },
    cache,
    calls: () => tools.calls(),
    asked: () => tools.calls().map(({ args }) => args.slice(0, 2).join(' ')),
    goOffline: () => {
      writeFileSync(join(folder, 'offline'), '');
    },
  };
}

/** A place that programs come to and wait at. */
export interface Meeting extends AsyncDisposable {
  /** What a stand-in does that comes here when it is to fetch a package, as plain JavaScript. */
  readonly script: string;
  /** The id of the first process that comes. */
  readonly arrived: Promise<number>;
  /** Lets those that wait end with an exit code. */
  release(exitCode: number): void;
}

export async function meeting(): Promise<Meeting> {
  const path = join(tempDir(), 'socket');
  const sockets: Socket[] = [];
  const server = createServer();
  const arrived = new Promise<number>((resolve) => {
    server.on('connection', (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined); // its end is what the test is about
      socket.once('data', (data) => {
        resolve(Number(data.toString()));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const come = `const socket = require('node:net').connect(${JSON.stringify(path)});
    socket.write(String(process.pid));
    socket.on('data', (code) => process.exit(Number(code)));`;
  return {
    script: `if (args[0] === 'pack') { ${come} return; }`,
    arrived,
    release: (exitCode) => {
      for (const socket of sockets) socket.write(String(exitCode));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
