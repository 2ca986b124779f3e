import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, jest } from '@jest/globals';
import { needs, type Tool } from '@core/tooling/needs';

import type { Job } from '../../src/dispatcher.ts';
import { startPostgres, startRedis, type TestServer } from './support/servers.ts';

jest.setTimeout(120_000); // servers and processes are started, and the machine may be busy

const KINDS: readonly { name: 'redis' | 'postgres'; tool: Tool; start: () => Promise<TestServer> }[] = [
  { name: 'redis', tool: 'redis-server', start: startRedis },
  { name: 'postgres', tool: 'postgres', start: startPostgres },
];

interface Said {
  readonly began?: string;
  readonly did?: string;
  readonly overlap?: string;
  readonly attempt?: number;
  readonly cutOff?: number;
}

/** A process of `fixtures/node.mjs`. */
class QueueNode {
  readonly #process: ChildProcess;
  readonly said: Said[] = [];
  readonly ended: Promise<unknown>;
  /** Resolves when it begins its first job. */
  readonly began: Promise<Said>;

  constructor(orders: Readonly<Record<string, unknown>>) {
    const program = fileURLToPath(new URL('fixtures/node.mjs', import.meta.url));
    this.#process = spawn(process.execPath, [program, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('no pipe');
    this.began = new Promise((resolve) => {
      createInterface({ input: stdout }).on('line', (line) => {
        const said = JSON.parse(line) as Said;
        this.said.push(said);
        if (said.began !== undefined) resolve(said);
      });
    });
    this.ended = once(this.#process, 'close');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

const cleanups: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

function jobs(count: number, repos: number): Job[] {
  const job = { source: 'github', handler: 'h', cycle: 1, attempt: 1, run: 1, payload: '{}' };
  return Array.from({ length: count }, (_, at) => ({ ...job, key: `k${String(at)}`, repo: `a/${String(at % repos)}` }));
}

/** Starts nodes that share a queue in a server of their own. */
async function setUp(kind: (typeof KINDS)[number]): Promise<(orders: Readonly<Record<string, unknown>>) => QueueNode> {
  const server = await kind.start();
  const locks = mkdtempSync(join(tmpdir(), 'core-locks-'));
  cleanups.push(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(locks, { recursive: true });
  });
  return (orders) => {
    const node = new QueueNode({ locks, options: { [kind.name]: server.url, leaseMs: 3000 }, ...orders });
    cleanups.push(() => {
      node.kill();
      return node.ended;
    });
    return node;
  };
}

function tooEarly(): never {
  throw new Error('the process ended before it began anything');
}

describe('BullmqDispatcher', () => {
  describe('Ugly', () => {
    for (const kind of KINDS) {
      needs(kind.tool)(
        `dispatch has 120 jobs done once by three processes in five cycles, on ${kind.name}`,
        async () => {
          const start = await setUp(kind);
          const nodes = [1, 2, 3].map(() => start({ cycles: 5, jobs: jobs(120, 4) }));
          await Promise.all(nodes.map(({ ended }) => ended));
          const said = nodes.flatMap((node) => node.said);
          const done = said.flatMap(({ did }) => did ?? []);
          expect(new Set(done).size).toBe(120);
          expect([done.length, said.filter(({ overlap }) => overlap !== undefined)]).toEqual([120, []]);
        },
      );

      needs(kind.tool)(`dispatch has the job of a killed process done by another one, on ${kind.name}`, async () => {
        const start = await setUp(kind);
        const first = start({ cycles: 1, jobs: jobs(1, 1), hangs: true });
        await Promise.race([first.began, first.ended.then(tooEarly)]);
        const second = start({ cycles: 1, jobs: jobs(2, 1), until: 'k0' }); // which comes behind k1 where the store says so
        first.kill();
        await second.ended;
        expect(second.said.filter(({ began }) => began === 'k0')).toEqual([{ began: 'k0', attempt: 2, cutOff: 1 }]);
        expect(second.said.flatMap(({ did }) => did ?? []).toSorted()).toEqual(['k0', 'k1']);
      });
    }
  });
});
