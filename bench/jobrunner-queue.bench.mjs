import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('support/queue-subject.mjs', import.meta.url));
const JOBS = 400;
const REPOS = 80;
const CONCURRENCY = 8;
const ROUNDS = 3;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds that so many processes take for all jobs, which each of them hands over, as nodes that poll do. */
async function milliseconds(redis, workers, name) {
  const options = JSON.stringify({ redis, name, concurrency: CONCURRENCY });
  const jobs = Array.from({ length: JOBS }, (_, at) => ({
    ...{ key: `${name}-${at}`, repo: `host-uk/repo-${at % REPOS}`, source: 'bench', handler: 'wait' },
    ...{ cycle: 1, attempt: 1, run: 1, payload: '{}' },
  }));
  const children = Array.from({ length: workers }, () =>
    spawn(process.execPath, [WORKER, options, JSON.stringify(jobs)]),
  );
  const lines = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
  await Promise.all(lines.map((line) => line.next()));
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

async function withRedis(work) {
  const dir = await fs.mkdtemp(join(tmpdir(), 'bench-redis-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(server.stdout)) if (line.includes('Ready to accept connections')) break;
  try {
    return await work(`redis://127.0.0.1:${port}`);
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
    await fs.rm(dir, { recursive: true });
  }
}

export async function run() {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    console.log('skipped: there is no redis-server (apt-get install redis-server)');
    return [];
  }
  return withRedis(async (redis) => {
    const ratios = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const one = await milliseconds(redis, 1, `one-${round}`);
      const two = await milliseconds(redis, 2, `two-${round}`);
      ratios.push(two / one);
      console.log(`${JOBS} jobs of 100 ms: ${one.toFixed(0)} ms by one worker, ${two.toFixed(0)} ms by two`);
    }
    const question = `${JOBS} jobs of 100 ms in ${REPOS} repositories, 8 at once in a worker, on Redis`;
    const ratio = median(ratios);
    console.log(`${question}: two workers take ${ratio.toFixed(2)} × the time of one (wanted ≤ 0.67)`);
    return [{ question, peer: 'one worker', want: '≤ 0.67', ratio }];
  });
}
