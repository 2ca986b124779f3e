import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server of the test's own, on loopback and in a temporary folder. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** A Redis that keeps nothing; at the port of an earlier one where that is given. */
export async function startRedis(atPort?: string): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'core-redis-'));
  const port = atPort ?? String(await freePort());
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await said(server, /Ready to accept connections/);
  return asServer(server, dir, `redis://127.0.0.1:${port}`);
}

/** A PostgreSQL of its own, with a database that everybody on this machine may use while it runs. */
export async function startPostgres(): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'core-postgres-'));
  const port = String(await freePort());
  if (isRoot()) spawnSync('chown', ['postgres', dir]);
  chmodSync(dir, 0o700);
  const [init = '', ...initArgs] = asPostgres(
    binary('initdb'),
    '-D',
    join(dir, 'data'),
    '-U',
    'core',
    '-A',
    'trust',
    '-N',
  );
  const made = spawnSync(init, initArgs, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const settings = ['fsync=off', 'max_connections=60', 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`];
  const options = [...settings, `port=${port}`].flatMap((setting) => ['-c', setting]);
  const [command = '', ...args] = asPostgres(binary('postgres'), '-D', join(dir, 'data'), ...options);
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await said(server, /database system is ready to accept connections/);
  return asServer(server, dir, `postgres://core@127.0.0.1:${port}/postgres`);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** PostgreSQL does not run as root. */
function asPostgres(...command: readonly string[]): readonly string[] {
  return isRoot() ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', ...command] : command;
}

/** Debian keeps the programs of its versions in folders of their own, off the PATH. */
function binary(name: string): string {
  const root = '/usr/lib/postgresql';
  const versions = readdirSync(root).toSorted((a, b) => Number(a) - Number(b));
  return join(root, versions.at(-1) ?? '', 'bin', name);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Resolves when the server has said it. */
async function said(server: ChildProcess, pattern: RegExp): Promise<void> {
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      if (stream === null) throw new Error('no pipes');
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (pattern.test(line)) resolve();
      });
    }
    server.once('error', reject);
    server.once('exit', () => {
      reject(new Error(`the server has ended: ${lines.join('\n')}`));
    });
  });
}

function asServer(server: ChildProcess, dir: string, url: string): TestServer {
  return {
    url,
    pid: server.pid ?? 0,
    async [Symbol.asyncDispose](): Promise<void> {
      const ended = once(server, 'close');
      server.kill('SIGINT');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
