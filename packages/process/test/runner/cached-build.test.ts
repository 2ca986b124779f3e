import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { DiskMedium } from '@core/io';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import type { RunEvent } from '../../src/runner/run-event.ts';
import type { RunSpec } from '../../src/runner/run-spec.ts';
import { Runner } from '../../src/runner/runner.ts';
import { Service } from '../../src/service.ts';
import { timesOf } from './cache/support.ts';

jest.setTimeout(120_000); // a compiler runs, on a machine that may be busy

const KILLED_STORE = fileURLToPath(new URL('fixtures/killed-store.mjs', import.meta.url));
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const OLD = new Date('2001-01-01T00:00:00Z');

const BUNDLE = `
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const files = readdirSync('dist').filter((name) => name.endsWith('.js')).sort();
mkdirSync('bundle', { recursive: true });
writeFileSync('bundle/app.js', process.env.BANNER + files.map((name) => readFileSync('dist/' + name, 'utf8')).join(''));
console.log('bundled ' + files.join(' '));`;
const CHECK = `
const { readFileSync } = require('node:fs');
if (!readFileSync('bundle/app.js', 'utf8').includes('answer')) process.exit(1);
console.log('checked');`;

/** Compile, bundle what came of it, check the bundle: three real programs. */
const BUILD: readonly RunSpec[] = [
  {
    name: 'compile',
    command: process.execPath,
    args: [TSC, '--project', 'tsconfig.json'],
    inputs: ['src/**', 'tsconfig.json'],
    outputs: ['dist/**'],
  },
  {
    name: 'bundle',
    command: process.execPath,
    args: ['-e', BUNDLE],
    after: ['compile'],
    env: { BANNER: '// one\n' },
    inputs: [],
    outputs: ['bundle/**'],
  },
  { name: 'check', command: process.execPath, args: ['-e', CHECK], after: ['bundle'], inputs: [] },
];

const left: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of left.splice(0).reverse()) await close();
});

/** A folder of the disk with a service in it. */
async function project(): Promise<{ root: string; medium: DiskMedium; service: Service }> {
  const root = await mkdtemp(join(tmpdir(), 'core-cached-build-'));
  const medium = new DiskMedium({ root });
  const service = new Service({ medium });
  left.push(
    () => rm(root, { recursive: true }),
    () => medium.close(),
    () => service.close(),
  );
  return { root, medium, service };
}

async function sources(medium: DiskMedium): Promise<void> {
  const compilerOptions = {
    outDir: 'dist',
    rootDir: 'src',
    types: [],
    strict: true,
    module: 'esnext',
    target: 'es2022',
  };
  await medium.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  await medium.write('src/answer.ts', 'export const answer: number = 42;\n');
  await medium.write('src/other.ts', 'export const other: string = "x";\n');
}

/** What became of the tasks, in the order of the plan. */
async function statuses(service: Service, specs: readonly RunSpec[] = BUILD): Promise<string> {
  const { results } = await new Runner(service).runAll(specs);
  return results.map(({ status, error }) => (status === 'failed' ? String(error) : status)).join(' ');
}

describe('Good', () => {
  it('Runner.runAll touches nothing in a second run of a build, and runs what a change concerns and only that', async () => {
    const { medium, service } = await project();
    await sources(medium);
    expect(await statuses(service)).toBe('passed passed passed');

    for await (const { path, kind } of medium.walk('')) if (kind === 'file') await medium.utimes(path, OLD, OLD);
    for await (const { path, kind } of medium.walk('.core/cache/v1/records')) {
      if (kind === 'file') await medium.utimes(path, new Date(), new Date()); // of use today
    }
    const before = await timesOf(medium, '');
    expect(await statuses(service)).toBe('cached cached cached');
    expect(await timesOf(medium, '')).toEqual(before);

    await medium.write('src/answer.ts', '// only a comment\nexport const answer: number = 42;\n');
    const compiled = await medium.read('dist/answer.js');
    expect(await statuses(service)).toBe('passed passed passed'); // tsc keeps comments
    await medium.write('src/answer.ts', 'export const answer = 42 as number;\n');
    expect(await statuses(service)).toBe('passed cached cached'); // it makes what it made at first
    expect(await medium.read('dist/answer.js')).toBe(compiled);

    const [compile, bundle, check] = BUILD as [RunSpec, RunSpec, RunSpec];
    expect(await statuses(service, [compile, { ...bundle, env: { BANNER: '// two\n' } }, check])).toBe(
      'cached passed passed',
    );
    expect(await statuses(service, [{ ...compile, args: [...(compile.args ?? []), '--pretty'] }, bundle, check])).toBe(
      'passed cached cached',
    );
    expect(await medium.read('bundle/app.js')).toMatch(/^\/\/ one\n/);
  });

  it('Runner.runAll puts all outputs back from the cache, and tells again what was written', async () => {
    const { medium, service } = await project();
    await sources(medium);
    const first = await new Runner(service).runAll(BUILD);
    const made = await medium.read('bundle/app.js');
    for (const folder of ['dist', 'bundle']) await medium.deleteAll(folder);
    const events: RunEvent[] = [];
    const again = await new Runner(service).runAll(BUILD, { onEvent: (event) => events.push(event) });
    expect(again.results.map(({ status }) => status)).toEqual(['cached', 'cached', 'cached']);
    expect(again.results.map(({ output }) => output)).toEqual(first.results.map(({ output }) => output));
    expect(await medium.read('bundle/app.js')).toBe(made);
    expect(await medium.list('dist')).toHaveLength(2);
    const lines = events.flatMap((event) => (event.type === 'output' ? event.lines : []));
    expect(lines.map(({ line }) => line)).toEqual(['bundled answer.js other.js', 'checked']);
  });

  it('Runner.runAll looks for inputs where the service starts its processes', async () => {
    const { root, medium } = await project();
    const service = new Service({ defaults: { dir: root, env: { BANNER: 'a' } } });
    left.push(() => service.close());
    await medium.write('in.txt', 'one');
    const copy = { name: 'copy', command: 'cp', args: ['in.txt', 'out.txt'], inputs: ['in.txt'], outputs: ['out.txt'] };
    const run = async (): Promise<string | undefined> =>
      (await new Runner(service, { cache: medium }).runAll([copy])).results[0]?.status;
    expect([await run(), await run()]).toEqual(['passed', 'cached']);
    await medium.write('in.txt', 'two');
    expect(await run()).toBe('passed');
    expect(await medium.read('out.txt')).toBe('two');
  });
});

describe('Bad', () => {
  it('Runner.runAll never keeps what a failed task left', async () => {
    const { medium, service } = await project();
    await medium.write('in.txt', 'one');
    const args = ['-c', 'echo made > out.txt; exit 3'];
    const spec = { name: 'fails', command: 'sh', args, inputs: ['in.txt'], outputs: ['out.txt'], allowFailure: true };
    const next = { name: 'next', command: 'true', after: ['fails'], inputs: [] };
    expect(await statuses(service, [spec, next])).toBe('allowed-failure passed');
    expect(await statuses(service, [spec, next])).toBe('allowed-failure passed');
    expect(await medium.exists('.core/cache/v1/records')).toBe(false);
  });
});

describe('Ugly', () => {
  it('Runner.runAll takes nothing wrong from a cache whose writer was killed in the middle', async () => {
    const states: string[] = [];
    for (let nth = 1, said = ''; said !== 'finished'; nth += 1) {
      const { root, medium, service } = await project();
      await medium.write('src/a.txt', 'x');
      said = await killedAt(root, nth);
      expect(['held', 'finished']).toContain(said);
      await medium.deleteAll('dist');
      const task = async (): Promise<void> => {
        await medium.write('dist/small', 'made again');
      };
      const spec = { name: 'build', task, inputs: ['src/**'], outputs: ['dist/**'] };
      const { results } = await new Runner(service).runAll([spec]);
      states.push(String(results[0]?.status));
      if (results[0]?.status === 'cached') {
        expect(await medium.read('dist/small')).toBe('small of x');
        expect((await medium.read('dist/large')) === 'x'.repeat(1_500_000)).toBe(true);
      } else {
        expect(await medium.list('dist')).toHaveLength(1);
        expect((await new Runner(service).runAll([spec])).results[0]?.status).toBe('cached');
      }
    }
    expect(states.length).toBeGreaterThan(4);
    expect(states.slice(0, -1).every((state) => state === 'passed')).toBe(true); // the record is the last step
    expect(states.at(-1)).toBe('cached');
  });
});

/** Runs the writer and kills it when it stands still; resolves with what it said last. */
async function killedAt(root: string, nth: number): Promise<string> {
  const child = spawn(process.execPath, [KILLED_STORE, root, String(nth)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    said = line;
    if (line === 'held') child.kill('SIGKILL');
  });
  await gone;
  return said;
}
