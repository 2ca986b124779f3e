import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, type Medium, MemoryMedium } from '@core/io';
import { type Fault, faulty, type FaultyMedium } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { TaskCache } from '../../../src/runner/cache/task-cache.ts';
import type { RunSpec } from '../../../src/runner/run-spec.ts';
import { Rig, timesOf } from './support.ts';

const SPEC: RunSpec = { name: 'build', command: 'make', inputs: ['src/**'], outputs: ['dist/**'] };
const LARGE = 1_500_000;

/** What the build makes of a source. */
const made = (source: string): Record<string, string> => ({ a: `a of ${source}`, b: source.repeat(LARGE) });

async function build(workspace: Medium): Promise<string> {
  const source = await workspace.read('src/a.txt');
  for (const [name, content] of Object.entries(made(source))) await workspace.write(`dist/${name}`, content);
  return `built ${source}`;
}

/** Whether the outputs are those of this source, and no others. */
async function expectMade(workspace: Medium, source: string): Promise<void> {
  expect(Object.keys(await timesOf(workspace, 'dist'))).toEqual(['dist/a', 'dist/b']);
  for (const [name, content] of Object.entries(made(source))) {
    expect((await workspace.read(`dist/${name}`)) === content).toBe(true);
  }
}

const sources = (): MemoryMedium => new MemoryMedium({ src: { 'a.txt': 'x' } });

/** A cache that was filled by one run. */
async function filled(): Promise<MemoryMedium> {
  const medium = new MemoryMedium();
  const workspace = sources();
  await new Rig(workspace, { medium }).run(SPEC, () => build(workspace));
  return medium;
}

/** Plays something with one fault after the other, until the fault comes too late to happen. */
async function eachFault(
  fault: Omit<Fault, 'nth'>,
  play: (medium: (inner: Medium) => FaultyMedium) => Promise<void>,
): Promise<number> {
  for (let nth = 1; ; nth += 1) {
    let calls = 0;
    const probe: Fault[] = [{ ...fault, nth }];
    let last: FaultyMedium | undefined;
    await play((inner) => (last = faulty(inner, probe)));
    calls = last?.calls.filter(({ op }) => fault.op === undefined || [fault.op].flat().includes(op)).length ?? 0;
    if (calls < nth) return nth - 1;
  }
}

describe('Bad', () => {
  it.each(['ENOSPC', 'EIO', 'EROFS'])(
    'TaskCache runs a task as if there were no cache where that refuses all with %s',
    async (error) => {
      const workspace = sources();
      const medium = faulty(new MemoryMedium(), [{ op: ['write', 'mkdir', 'create', 'sink.write'], error }]);
      const rig = new Rig(workspace, { medium });
      const first = await rig.run(SPEC, () => build(workspace));
      const second = await rig.run(SPEC, () => build(workspace));
      expect([first.status, second.status]).toEqual(['passed', 'passed']);
      await expectMade(workspace, 'x');
      expect(rig.problems[0]).toMatchObject({ op: 'store', task: 'build', error: { code: error } });
      expect(rig.problems[0]?.reason).toContain('Cannot ');
    },
  );

  it('TaskCache runs a task where nothing of the cache can be read', async () => {
    const workspace = sources();
    const medium = faulty(await filled(), [{ op: ['read', 'stat', 'open'], error: 'EIO' }]);
    const rig = new Rig(workspace, { medium });
    expect((await rig.run(SPEC, () => build(workspace))).status).toBe('passed');
    expect(rig.problems.map(({ op }) => op)).toEqual(['restore', 'store']);
  });

  it('TaskCache keeps nothing of a task whose outputs change while they are kept', async () => {
    const workspace = sources();
    const changing = faulty(workspace, [
      { op: 'read', path: 'dist/a', nth: 2, hold: () => workspace.write('dist/a', 'changed') },
    ]);
    const medium = new MemoryMedium();
    const rig = new Rig(changing, { medium });
    await rig.run(SPEC, () => build(workspace));
    expect(rig.problems).toMatchObject([{ op: 'store', reason: 'The content of "dist/a" is not what it was' }]);
    expect(await medium.exists('.core/cache/v1/records')).toBe(false);
  });
});

describe('Ugly', () => {
  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ['emptied', () => new Uint8Array()],
    ['with one bit another', (bytes: Uint8Array) => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1)],
    ['no text', () => Uint8Array.of(0xff, 0xfe)],
    ['removed', () => undefined],
  ])('TaskCache takes a cache in which any one file is %s for one that misses, and repairs it', async (_, damage) => {
    const paths = Object.keys(await timesOf(await filled(), ''));
    expect(paths).toHaveLength(4); // two contents, the record, what was left
    for (const path of paths) {
      const medium = await filled();
      const bytes = damage(await medium.readBytes(path));
      if (bytes === undefined) await medium.delete(path);
      else await medium.write(path, bytes);
      const states: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        const workspace = sources();
        const rig = new Rig(workspace, { medium });
        states.push((await rig.run(SPEC, () => build(workspace))).status);
        await expectMade(workspace, 'x');
      }
      expect(states[1]).toBe('cached');
    }
  });

  it('TaskCache believes no record in which any one byte is another', async () => {
    const medium = new MemoryMedium();
    const play = async (): Promise<string> => {
      const workspace = sources();
      const made = await new Rig(workspace, { medium }).run(SPEC, async () => {
        await workspace.write('dist/a', 'made');
        return 'done';
      });
      return `${made.output} ${JSON.stringify(workspace.toJSON())}`;
    };
    const right = await play();
    const [path = ''] = Object.keys(await timesOf(medium, '.core/cache/v1/records'));
    const record = await medium.readBytes(path);
    for (const [at, byte] of record.entries()) {
      await medium.write(path, record.with(at, byte ^ 1));
      expect(await play()).toBe(right);
      expect(await medium.readBytes(path)).toEqual(record); // it was written anew
    }
  });

  it('TaskCache gives no wrong result after a crash at any step of keeping one', async () => {
    for (const crash of ['before', 'after'] as const) {
      const steps = await eachFault({ crash }, async (crashing) => {
        const inner = new MemoryMedium();
        const medium = crashing(inner);
        const first = sources();
        await new Rig(first, { medium }).run(SPEC, () => build(first));
        await expectMade(first, 'x');
        const second = sources();
        const { status } = await new Rig(second, { medium: inner }).run(SPEC, () => build(second));
        await expectMade(second, 'x');
        if (!medium.crashed) expect(status).toBe('cached');
      });
      expect(steps).toBeGreaterThan(10);
    }
  });

  it('TaskCache gives no wrong result after a write of the cache that is torn anywhere', async () => {
    for (const tornBytes of [0, 1, 100, 1_000_000]) {
      await eachFault({ op: ['write', 'sink.write'], tornBytes, crash: 'before' }, async (crashing) => {
        const inner = new MemoryMedium();
        const first = sources();
        await new Rig(first, { medium: crashing(inner) }).run(SPEC, () => build(first));
        const second = sources();
        await new Rig(second, { medium: inner }).run(SPEC, () => build(second));
        await expectMade(second, 'x');
      });
    }
  });

  it('TaskCache leaves the right outputs where any step of putting them back is refused', async () => {
    for (const error of ['EIO', 'ENOSPC']) {
      await eachFault({ error }, async (refusing) => {
        const workspace = sources();
        await workspace.write('dist/a', 'of another time');
        const rig = new Rig(refusing(workspace), { medium: await filled() });
        await rig.run(SPEC, () => build(workspace));
        await expectMade(workspace, 'x');
      });
    }
  });

  it('TaskCache rejects with the reason of its signal at any step, and nothing that it leaves is wrong', async () => {
    const reason = new Error('enough');
    for (let nth = 1, aborted = true; aborted; nth += 1) {
      const controller = new AbortController();
      const medium = faulty(new MemoryMedium(), [
        {
          nth,
          hold: () => {
            controller.abort(reason);
          },
        },
      ]);
      const workspace = sources();
      const { signal } = controller;
      const cache = new TaskCache({ workspace, medium });
      const fingerprint = await cache.fingerprint(SPEC, { dependencies: [], signal });
      const kept = (async () => {
        await cache.restore(SPEC, fingerprint, { signal });
        const output = await build(workspace);
        return cache.store(SPEC, fingerprint, { output, durationMs: 1, dependencies: [], signal });
      })();
      const outcome = await kept.catch((error: unknown) => error);
      aborted = signal.aborted;
      if (aborted && typeof outcome !== 'string') expect(outcome).toBe(reason);
      const next = sources();
      await new Rig(next, { medium }).run(SPEC, () => build(next));
      await expectMade(next, 'x');
    }
  });

  it('TaskCache reads and writes large files in pieces and never whole', async () => {
    const calls: string[] = [];
    const note = ({ calls: own }: FaultyMedium): void => {
      for (const { op, path } of own) calls.push(`${op} ${path}`);
    };
    const medium = faulty(new MemoryMedium());
    for (const states of [['passed'], ['cached']]) {
      const inner = sources();
      const workspace = faulty(inner);
      expect((await new Rig(workspace, { medium }).run(SPEC, () => build(inner))).status).toBe(states[0]);
      await expectMade(inner, 'x');
      note(workspace);
    }
    note(medium);
    expect(calls.filter((call) => /^(read|write) dist\/b$/.test(call))).toEqual([]);
    expect(calls.filter((call) => call === 'sink.commit dist/b')).toHaveLength(1);
    expect(calls.filter((call) => call === 'handle.read dist/b').length).toBeGreaterThan(8);
    const blob = medium.calls.find(({ op }) => op === 'create')?.path ?? '';
    expect(medium.calls.filter(({ op, path }) => path === blob && (op === 'read' || op === 'write'))).toEqual([]);
  });

  it('TaskCache serves many runs over one cache at the same time, also while it is pruned', async () => {
    const root = await mkdtemp(join(tmpdir(), 'core-shared-cache-'));
    const medium = new DiskMedium({ root });
    try {
      const runs = Array.from({ length: 12 }, async (_, i) => {
        const workspace = new MemoryMedium({ src: { 'a.txt': String(i % 3) } });
        for (let round = 0; round < 3; round += 1) {
          const rig = new Rig(workspace, { medium });
          await rig.run(SPEC, () => build(workspace));
          await expectMade(workspace, String(i % 3));
          await workspace.deleteAll('dist');
          if (i === 0) await rig.cache().prune({ maxBytes: round * 2_000_000 });
        }
      });
      await Promise.all(runs);
    } finally {
      await medium.close();
      await rm(root, { recursive: true });
    }
  });
});
