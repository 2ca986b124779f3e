import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, MemoryMedium } from '@core/io';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { Logger } from '../../src/logger.ts';
import type { RunEvent } from '../../src/runner/run-event.ts';
import type { RunSpec } from '../../src/runner/run-spec.ts';
import type { RunnerOptions } from '../../src/runner/runner-options.ts';
import { Runner } from '../../src/runner/runner.ts';
import { Service } from '../../src/service.ts';
import { broken, failure, quick, recording, statuses } from './support/gate.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

let dir: string;
let workspace: DiskMedium;
let service: Service;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'core-runner-')));
  workspace = new DiskMedium({ root: dir });
  service = new Service();
});
afterEach(async () => {
  await service.close();
  await workspace.close();
  rmSync(dir, { recursive: true });
});

const compile: RunSpec = {
  ...{ name: 'compile', command: 'sh', args: ['-c', 'cat in.txt > out.txt; echo compiled; echo run >> runs.log'] },
  inputs: ['in.txt'],
  outputs: ['out.txt'],
};
const pack: RunSpec = {
  ...{ name: 'pack', command: 'sh', args: ['-c', 'wc -c < out.txt > size.txt; echo run >> runs.log'] },
  inputs: [],
  outputs: ['size.txt'],
  after: ['compile'],
};
const runs = (): number => readFileSync(join(dir, 'runs.log'), 'utf8').length / 'run\n'.length;

function listening(): { readonly warnings: string[]; readonly logger: Logger } {
  const warnings: string[] = [];
  const nothing = (): void => undefined;
  const warn = (text: string): void => void warnings.push(text);
  return { warnings, logger: { debug: nothing, info: nothing, error: nothing, warn } };
}

describe('Runner with a cache', () => {
  describe('Good', () => {
    it('Runner does not run again what has not changed, puts back its outputs, and replays what it wrote', async () => {
      const runner = new Runner(service, { workspace });
      writeFileSync(join(dir, 'in.txt'), 'abc');
      expect(statuses(await runner.runAll([pack, compile]))).toEqual({ compile: 'passed', pack: 'passed' });
      rmSync(join(dir, 'out.txt'));
      const heard = recording();
      const again = await runner.runAll([pack, compile], { onEvent: heard.hear });
      expect(again.results).toMatchObject([
        { name: 'pack', status: 'cached', attempts: 0, durationMs: 0, startedAt: undefined },
        { name: 'compile', status: 'cached', output: 'compiled\n' },
      ]);
      expect([again.passed, again.success, runs()]).toEqual([2, true, 2]);
      expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toBe('abc');
      expect(heard.story()).toEqual(['planned', 'finished compile', 'finished pack', 'ended']);
      expect(heard.events[1]).toMatchObject({
        ...{ type: 'output', name: 'compile', stream: 'stdout', lines: [{ stream: 'stdout', line: 'compiled' }] },
      });
    });

    it('Runner runs again what an input has changed for, and only what its outputs have changed for', async () => {
      const runner = new Runner(service, { workspace });
      writeFileSync(join(dir, 'in.txt'), 'abc');
      await runner.runAll([compile, pack]);
      writeFileSync(join(dir, 'in.txt'), 'abcd');
      expect(statuses(await runner.runAll([compile, pack]))).toEqual({ compile: 'passed', pack: 'passed' });
      expect(readFileSync(join(dir, 'size.txt'), 'utf8').trim()).toBe('4');
      const quiet = { ...compile, args: ['-c', 'cat in.txt > out.txt; echo run >> runs.log'] };
      expect(statuses(await runner.runAll([quiet, pack]))).toEqual({ compile: 'passed', pack: 'cached' });
    });

    it('Runner keeps results and durations in the medium that it was given, and nothing where it must not', async () => {
      writeFileSync(join(dir, 'in.txt'), 'abc');
      const cache = new MemoryMedium();
      const options: RunnerOptions[] = [
        { workspace, cache },
        { workspace, cache },
        { workspace, cache: false },
      ];
      const status: (string | undefined)[] = [];
      for (const each of options) status.push((await new Runner(service, each).runAll([compile])).results[0]?.status);
      expect(status).toEqual(['passed', 'cached', 'passed']);
      expect(await workspace.exists('.core')).toBe(false);
      expect(await cache.exists('.core/durations.json')).toBe(true);
    });

    it('Runner starts first what took long the last time', async () => {
      const order: string[] = [];
      const task = ({ name }: { readonly name: string }): void => void order.push(name);
      const durations = ['a', 'b', 'c'].map((name, at) => ({ name, duration_ms: [5, 20, 10][at] }));
      const cache = new MemoryMedium({ '.core': { 'durations.json': JSON.stringify({ version: 1, durations }) } });
      const runner = new Runner(service, { cache, concurrency: 1 });
      const specs = ['a', 'b', 'c', 'new', 'new too'].map((name) => quick(name, { task }));
      await runner.runAll(specs);
      expect(order).toEqual(['b', 'c', 'new', 'new too', 'a']);
      const { durations: kept } = await cache.read('.core/durations.json').then((text) => JSON.parse(text) as never);
      expect(kept).toHaveLength(5);
    });

    it('Runner runs commands in the directories of its workspace', async () => {
      await workspace.ensureDir('sub');
      const spec = { name: 'pwd', command: 'pwd', dir: 'sub' };
      const { results } = await new Runner(service, { workspace }).runAll([spec]);
      expect(results[0]?.output).toBe(`${dir}/sub\n`);
      await using inside = new Service({ medium: workspace });
      for (const options of [{}, { workspace }]) {
        expect((await new Runner(inside, options).runAll([spec])).results[0]?.output).toBe(`${dir}/sub\n`);
      }
    });
  });

  describe('Bad', () => {
    it('Runner keeps nothing of a task that failed', async () => {
      const runner = new Runner(service, { workspace });
      for (const allowFailure of [true, false]) {
        const spec = broken('bad', { inputs: ['*.txt'], outputs: ['x'], allowFailure });
        const status = allowFailure ? 'allowed-failure' : 'failed';
        for (let time = 0; time < 2; time += 1) expect(statuses(await runner.runAll([spec]))).toEqual({ bad: status });
      }
    });

    it('Runner refuses globs that lead outside, and a workspace that is not that of the service', async () => {
      const spec = quick('a', { inputs: ['../*'] });
      await expect(new Runner(service, { workspace }).runAll([spec])).rejects.toThrow(TypeError);
      await using inside = new Service({ medium: workspace });
      const other = new MemoryMedium();
      expect(() => new Runner(inside, { workspace: other })).toThrow('workspace must be the medium of the service');
    });

    it('Runner cannot run a command in a workspace that is on no disk', async () => {
      const runner = new Runner(service, { workspace: new MemoryMedium() });
      const { results } = await runner.runAll([{ name: 'a', command: 'true' }]);
      expect(results[0]).toMatchObject({
        status: 'failed',
        error: { code: 'ERR_PROCESS_SPAWN_FAILED', message: 'Cannot start true: the workspace is on no disk' },
      });
    });
  });

  describe('Ugly', () => {
    it('Runner says why it could not keep a result, and goes on', async () => {
      const { warnings, logger } = listening();
      const runner = new Runner(service, { workspace, logger });
      const spec = quick('odd', {
        inputs: ['in.txt'],
        task: () => {
          writeFileSync(join(dir, 'in.txt'), 'mine');
        },
      });
      expect(statuses(await runner.runAll([spec]))).toEqual({ odd: 'passed' });
      expect(warnings).toEqual([expect.stringMatching(/^Cannot store a result of "odd": its input "in.txt" changed/)]);
    });

    it('Runner says that the durations of the last run are broken, and runs without', async () => {
      const cache = new MemoryMedium({ '.core': { 'durations.json': 'torn' } });
      const { warnings, logger } = listening();
      const runner = new Runner(service, { workspace, cache, logger });
      writeFileSync(join(dir, 'in.txt'), 'abc');
      expect(statuses(await runner.runAll([compile]))).toEqual({ compile: 'passed' });
      expect(warnings).toEqual(['Cannot keep the durations of tasks']);
      await runner.runAll([compile]);
      expect(await cache.read('.core/durations.json')).toContain('"compile"');
    });

    it('Runner that is aborted while it looks into its cache starts nothing more', async () => {
      const controller = new AbortController();
      const heard = recording();
      let ran = false;
      const second = quick('second', { after: ['first'], inputs: ['*.txt'], task: () => void (ran = true) });
      const onEvent = (event: RunEvent): void => {
        heard.hear(event);
        if (event.type !== 'finished' || event.name !== 'first') return;
        queueMicrotask(() => {
          controller.abort(new Error('enough'));
        });
      };
      const runner = new Runner(service, { workspace });
      const call = runner.runAll([quick('first'), second], { signal: controller.signal, onEvent });
      expect(await failure(call)).toBe(controller.signal.reason);
      expect(ran).toBe(false);
      expect(statuses(heard.result())).toEqual({ first: 'passed', second: 'cancelled' });
      expect(heard.result().results[1]).toMatchObject({ attempts: 0, startedAt: undefined });
    });

    it('Runner that is aborted keeps what had passed', async () => {
      const controller = new AbortController();
      writeFileSync(join(dir, 'in.txt'), 'abc');
      const stop = quick('stop', {
        after: ['compile'],
        task: () => {
          controller.abort(new Error('enough'));
        },
      });
      const runner = new Runner(service, { workspace });
      const call = runner.runAll([compile, stop], { signal: controller.signal });
      expect(await failure(call)).toBe(controller.signal.reason);
      expect(statuses(await runner.runAll([compile]))).toEqual({ compile: 'cached' });
    });

    it('Runner knows what a service was made from for those that come after it', async () => {
      writeFileSync(join(dir, 'in.txt'), 'abc');
      const db: RunSpec = {
        ...{ name: 'db', command: 'sh', args: ['-c', 'echo ready; sleep 300'], readyWhen: { line: 'ready' } },
        inputs: ['in.txt'],
      };
      const test: RunSpec = { name: 'test', command: 'true', after: ['db'], inputs: [] };
      const runner = new Runner(service, { workspace });
      expect(statuses(await runner.runAll([db, test]))).toEqual({ db: 'passed', test: 'passed' });
      expect(statuses(await runner.runAll([db, test]))).toEqual({ db: 'passed', test: 'cached' });
      writeFileSync(join(dir, 'in.txt'), 'abcd');
      expect(statuses(await runner.runAll([db, test]))).toEqual({ db: 'passed', test: 'passed' });
    });
  });
});
