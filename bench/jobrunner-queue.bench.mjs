import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, promises as fs, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('support/queue-subject.mjs', import.meta.url));
const POSTGRES = '/usr/lib/postgresql';
const JOBS = 400;
const REPOS = 80;
const CONCURRENCY = 8;
const ROUNDS = 3;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Milliseconds that so many processes take to do all jobs, once the first of them has handed them over: the others only
 * work. Handing over is no part of it, as it takes one node the same time, however many work.
 */
async function milliseconds(store, workers, name) {
  const options = JSON.stringify({ ...store, name, concurrency: CONCURRENCY });
  const jobs = Array.from({ length: JOBS }, (_, at) => ({
    ...{ key: `${name}-${at}`, repo: `host-uk/repo-${at % REPOS}`, source: 'bench', handler: 'wait' },
    ...{ cycle: 1, attempt: 1, run: 1, payload: '{}' },
  }));
  const children = Array.from({ length: workers }, () =>
    spawn(process.execPath, [WORKER, options, JSON.stringify(jobs)]),
  );
  const lines = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
  await Promise.all(lines.map((line) => line.next()));
  children[0].stdin.write('hand over\n');
  await lines[0].next();
  const began = performance.now();
  for (const { stdin } of children) stdin.write('go\n');
  let done = 0;
  await new Promise((resolve) => {
    for (const line of lines) {
      void (async () => {
        for (let next = await line.next(); next.done !== true; next = await line.next()) {
          done += 1;
          if (done === JOBS) resolve();
        }
      })();
    }
  });
  const ms = performance.now() - began;
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  return ms;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return String(port);
}

/** Runs a server of the bench's own until the work is done. */
async function withServer({ dir, command, ready }, work) {
  const [program, ...args] = command;
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await new Promise((resolve, reject) => {
      for (const stream of [server.stdout, server.stderr]) {
        createInterface(stream).on('line', (line) => void (line.includes(ready) && resolve()));
      }
      server.once('exit', () => reject(new Error(`${program} has ended`)));
    });
    return await work();
  } finally {
    server.kill('SIGINT');
    if (server.exitCode === null) await once(server, 'exit');
    await fs.rm(dir, { recursive: true });
  }
}

async function withRedis(work) {
  const [dir, port] = [await fs.mkdtemp(join(tmpdir(), 'bench-redis-')), await freePort()];
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
  const command = ['redis-server', ...args];
  return withServer({ dir, command, ready: 'Ready to accept connections' }, () =>
    work({ redis: `redis://127.0.0.1:${port}` }),
  );
}

/** PostgreSQL does not run as root, and Debian keeps its programs off the PATH. */
function postgres(program, ...args) {
  const versions = readdirSync(POSTGRES).sort((a, b) => Number(a) - Number(b));
  const command = [join(POSTGRES, versions.at(-1), 'bin', program), ...args];
  return process.getuid() === 0
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', ...command]
    : command;
}

async function withPostgres(work) {
  const [dir, port] = [await fs.mkdtemp(join(tmpdir(), 'bench-postgres-')), await freePort()];
  if (process.getuid() === 0) spawnSync('chown', ['postgres', dir]);
  const data = join(dir, 'data');
  const [init, ...args] = postgres('initdb', '-D', data, '-U', 'core', '-A', 'trust', '-N');
  const made = spawnSync(init, args, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const settings = ['fsync=off', 'max_connections=60', 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`];
  const options = [...settings, `port=${port}`].flatMap((setting) => ['-c', setting]);
  const command = postgres('postgres', '-D', data, ...options);
  return withServer({ dir, command, ready: 'ready to accept connections' }, () =>
    work({ postgres: `postgres://core@127.0.0.1:${port}/postgres` }),
  );
}

const KINDS = [
  {
    name: 'Redis',
    hasTool: () => spawnSync('redis-server', ['--version']).status === 0,
    packageName: 'redis-server',
    within: withRedis,
  },
  { name: 'PostgreSQL', hasTool: () => existsSync(POSTGRES), packageName: 'postgresql', within: withPostgres },
];

async function compared(name, store) {
  const ratios = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = await milliseconds(store, 1, `one-${round}`);
    const two = await milliseconds(store, 2, `two-${round}`);
    ratios.push(two / one);
    console.log(`${JOBS} jobs of 100 ms: ${one.toFixed(0)} ms by one worker, ${two.toFixed(0)} ms by two`);
  }
  const question = `${JOBS} jobs of 100 ms in ${REPOS} repositories, 8 at once in a worker, on ${name}`;
  const ratio = median(ratios);
  console.log(`${question}: two workers take ${ratio.toFixed(2)} × the time of one (wanted ≤ 0.67)`);
  return { question, peer: 'one worker', want: '≤ 0.67', ratio };
}

export async function run() {
  const results = [];
  for (const { name, hasTool, packageName, within } of KINDS) {
    if (hasTool()) results.push(await within((store) => compared(name, store)));
    else console.log(`skipped: there is no ${name} (apt-get install ${packageName})`);
  }
  return results;
}
