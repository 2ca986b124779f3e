import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, type Medium, MemoryLink, MemoryMedium } from '@core/io';
import { afterEach, describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { RunSpec } from '../../../src/runner/run-spec.ts';
import { Rig, timesOf } from './support.ts';

const SPEC: RunSpec = { name: 'build', command: 'make', inputs: ['src/**'], outputs: ['dist/**'] };
const OLD = new Date('2001-01-01T00:00:00Z');

const left: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of left.splice(0).reverse()) await close();
});

async function disk(): Promise<DiskMedium> {
  const root = await mkdtemp(join(tmpdir(), 'core-task-cache-'));
  const medium = new DiskMedium({ root });
  left.push(async () => {
    await medium.close();
    await rm(root, { recursive: true });
  });
  return medium;
}

const media: [string, () => Promise<Medium>][] = [
  ['memory', () => Promise.resolve(new MemoryMedium())],
  ['disk', disk],
];

/** Makes what a build makes: a program, a link, an empty directory and a file of some size. */
async function build(medium: Medium): Promise<string> {
  const source = await medium.read('src/a.txt');
  await medium.write('dist/a.js', `made of ${source}`, { mode: 0o640 });
  await medium.write('dist/bin/run', '#!', { mode: 0o755 });
  if (!(await medium.exists('dist/latest'))) await medium.symlink('bin/run', 'dist/latest');
  await medium.ensureDir('dist/empty');
  await medium.write('dist/big', Buffer.alloc(3_000_000, source));
  return 'built\n';
}

describe.each(media)('Good: %s', (_, create) => {
  const rigWith = async (source: string): Promise<Rig> => {
    const medium = await create();
    await medium.write('src/a.txt', source);
    return new Rig(medium);
  };

  it('TaskCache.restore puts back what the task left: content, modes, links, empty directories, and its output', async () => {
    const rig = await rigWith('one');
    const { workspace } = rig;
    const made = await rig.run(SPEC, () => build(workspace));
    await workspace.deleteAll('dist');
    const again = await rig.run(SPEC, () => Promise.reject(new Error('not to be run')));
    expect(again).toEqual({ ...made, status: 'cached' });
    expect(await workspace.read('dist/a.js')).toBe('made of one');
    const modes = await Promise.all(['dist/a.js', 'dist/bin/run'].map((path) => workspace.stat(path)));
    expect(modes.map(({ mode }) => mode)).toEqual([0o640, 0o755]);
    expect(await workspace.readLink('dist/latest')).toBe('bin/run');
    expect(await workspace.isDir('dist/empty')).toBe(true);
    expect(Buffer.from(await workspace.readBytes('dist/big')).equals(Buffer.alloc(3_000_000, 'one'))).toBe(true);
    expect(rig.problems).toEqual([]);
  });

  it('TaskCache.restore touches nothing that is right, and nothing in the cache', async () => {
    const rig = await rigWith('one');
    const { workspace } = rig;
    await rig.run(SPEC, () => build(workspace));
    for await (const { path, kind } of workspace.walk('dist')) {
      if (kind === 'file') await workspace.utimes(path, OLD, OLD);
    }
    const before = await timesOf(workspace, '');
    expect((await rig.run(SPEC, () => build(workspace))).status).toBe('cached');
    expect(await timesOf(workspace, '')).toEqual(before);
  });

  it('TaskCache.restore repairs what was changed by hand, and only that', async () => {
    const rig = await rigWith('one');
    const { workspace } = rig;
    await rig.run(SPEC, () => build(workspace));
    await workspace.utimes('dist/big', OLD, OLD);
    await workspace.write('dist/a.js', 'broken');
    await workspace.chmod('dist/bin/run', 0o600);
    await workspace.delete('dist/latest');
    await workspace.symlink('a.js', 'dist/latest');
    await workspace.delete('dist/empty');
    expect((await rig.run(SPEC, () => build(workspace))).status).toBe('cached');
    expect(await workspace.read('dist/a.js')).toBe('made of one');
    expect((await workspace.stat('dist/bin/run')).mode).toBe(0o755);
    expect(await workspace.readLink('dist/latest')).toBe('bin/run');
    expect(await workspace.isDir('dist/empty')).toBe(true);
    expect((await workspace.stat('dist/big')).mtime).toEqual(OLD);
  });

  it('TaskCache.restore goes back and forth between states, and takes away what only the other one had', async () => {
    const rig = await rigWith('one');
    const { workspace } = rig;
    const write =
      (...names: string[]) =>
      async (): Promise<void> => {
        await workspace.deleteAll('dist');
        for (const name of names) await workspace.write(`dist/${name}`, name);
      };
    await rig.run(SPEC, write('common', 'only/in/one'));
    await workspace.write('src/a.txt', 'two');
    await rig.run(SPEC, write('common', 'only-in-two'));
    await workspace.write('src/a.txt', 'one');
    expect((await rig.run(SPEC, write())).status).toBe('cached');
    expect(Object.keys(await timesOf(workspace, 'dist'))).toEqual(['dist/common', 'dist/only/in/one']);
    await workspace.write('src/a.txt', 'two');
    expect((await rig.run(SPEC, write())).status).toBe('cached');
    expect(Object.keys(await timesOf(workspace, 'dist'))).toEqual(['dist/common', 'dist/only-in-two']);
    expect(await workspace.exists('dist/only')).toBe(false);
  });

  it('TaskCache.restore puts a file where a directory was, and a directory where a file was', async () => {
    const rig = await rigWith('one');
    const { workspace } = rig;
    const make = (path: string) => async (): Promise<void> => {
      await workspace.deleteAll('dist');
      await workspace.write(path, 'x');
    };
    await rig.run(SPEC, make('dist/a/b/c'));
    await workspace.write('src/a.txt', 'two');
    await rig.run(SPEC, make('dist/a'));
    await workspace.write('src/a.txt', 'one');
    expect((await rig.run(SPEC, make('dist/x'))).status).toBe('cached');
    expect(await workspace.read('dist/a/b/c')).toBe('x');
    await workspace.write('src/a.txt', 'two');
    expect((await rig.run(SPEC, make('dist/x'))).status).toBe('cached');
    expect(await workspace.read('dist/a')).toBe('x');
    expect(rig.problems).toEqual([]);
  });

  it('TaskCache.prune keeps what was used last within its limits, and contents that are still needed', async () => {
    const rig = await rigWith('0');
    const { workspace } = rig;
    const make = (source: string) => async (): Promise<void> => {
      await workspace.write('dist/own', Buffer.alloc(10_000, source));
      await workspace.write('dist/shared', Buffer.alloc(50_000));
    };
    for (const source of ['0', '1', '2']) {
      await workspace.write('src/a.txt', source);
      await rig.run(SPEC, make(source));
      const age = new Date(Date.now() - (3 - Number(source)) * 1_000_000);
      for await (const { path, kind } of workspace.walk('.core/cache/v1/records')) {
        const isNew = kind === 'file' && (await workspace.stat(path)).mtime.getTime() > age.getTime();
        if (isNew && (await workspace.read(path)).includes(String(10_000))) await ageOnce(workspace, path, age);
      }
    }
    const cache = rig.cache();
    expect(await cache.prune({})).toMatchObject({ results: 0, freedBytes: 0 });
    const { results, freedBytes, keptBytes } = await cache.prune({ maxBytes: 75_000 });
    expect(results).toBe(1);
    expect(freedBytes).toBeGreaterThan(10_000);
    expect(freedBytes).toBeLessThan(12_000);
    expect(keptBytes).toBeLessThan(75_000);
    await cache.prune({ maxAgeMs: 1_500_000 });
    const states: string[] = [];
    for (const source of ['2', '1', '0']) {
      await workspace.write('src/a.txt', source);
      states.push((await rig.run(SPEC, make(source))).status);
    }
    expect(states).toEqual(['cached', 'passed', 'passed']);
    expect(await cache.prune({ maxBytes: 0 })).toMatchObject({ results: 3, keptBytes: 0 });
  });
});

const aged = new WeakMap<Medium, Set<string>>();

/** Gives a file this age, unless it got one before. */
async function ageOnce(medium: Medium, path: string, age: Date): Promise<void> {
  const known = aged.get(medium) ?? new Set();
  aged.set(medium, known.add(path));
  await medium.utimes(path, age, age);
}

describe('Good', () => {
  it('TaskCache.store keeps one content once', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    await rig.run(SPEC, async () => {
      for (const name of ['a', 'b', 'c']) await rig.workspace.write(`dist/${name}`, 'the same');
    });
    expect(Object.keys(await timesOf(rig.workspace, '.core/cache/v1/blobs'))).toHaveLength(1);
  });

  it('TaskCache keeps results in another medium, and one place can serve many workspaces', async () => {
    const medium = new MemoryMedium();
    const [one, other] = ['one', 'other'].map(() => new Rig({ src: { 'a.txt': 'a' } }, { medium, dir: '' }));
    await one?.run(SPEC, async () => one.workspace.write('dist/a', 'made'));
    expect((await other?.run(SPEC, () => Promise.resolve()))?.status).toBe('cached');
    expect(await other?.workspace.read('dist/a')).toBe('made');
    expect(await one?.workspace.exists('.core')).toBe(false);
  });

  it('TaskCache works in the `dir` of a spec and sees nothing outside it', async () => {
    const rig = new Rig({ app: { src: { 'a.txt': 'a' } }, src: { 'a.txt': 'outside' } });
    const spec = { ...SPEC, dir: 'app' };
    await rig.run(spec, () => rig.workspace.write('app/dist/a', 'made'));
    await rig.workspace.write('src/a.txt', 'changed');
    await rig.workspace.deleteAll('app/dist');
    expect((await rig.run(spec, () => Promise.resolve())).status).toBe('cached');
    expect(await rig.workspace.read('app/dist/a')).toBe('made');
  });

  it('TaskCache without a workspace takes directories of the host, and leaves its own folder in them out', async () => {
    const medium = await disk();
    await medium.write('src/a.txt', 'a');
    const dir = (await medium.realPath('')) ?? '';
    const rig = new Rig(medium, { workspace: undefined, medium });
    const spec = { ...SPEC, dir, inputs: ['**', '!dist/**'], outputs: ['dist/**'] };
    await rig.run(spec, () => medium.write('dist/a', 'made'));
    await medium.deleteAll('dist');
    expect((await rig.run(spec, () => Promise.resolve())).status).toBe('cached');
    expect(await medium.read('dist/a')).toBe('made');
  });

  it('TaskCache.restore notes that a result was of use, once a day', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    await rig.run(SPEC, () => rig.workspace.write('dist/a', 'made'));
    const [path = ''] = Object.keys(await timesOf(rig.workspace, '.core/cache/v1/records'));
    const usedAgain = async (age: number): Promise<boolean> => {
      const before = new Date(Date.now() - age);
      await rig.workspace.utimes(path, before, before);
      await rig.run(SPEC, () => Promise.reject(new Error('not to be run')));
      return (await rig.workspace.stat(path)).mtime.getTime() !== before.getTime();
    };
    expect([await usedAgain(3_600_000), await usedAgain(25 * 3_600_000)]).toEqual([false, true]);
  });

  it('TaskCache.store keeps what a task does to its own inputs once that changes nothing any more', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    const format = { ...SPEC, outputs: ['src/**'] };
    const work = (): Promise<void> => rig.workspace.write('src/a.txt', 'A');
    const states = [];
    for (let round = 0; round < 3; round += 1) states.push((await rig.run(format, work)).status);
    expect(states).toEqual(['passed', 'passed', 'cached']);
  });

  it('TaskCache.restore leaves what the task did not make where it is', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    await rig.run(SPEC, () => rig.workspace.write('dist/a', 'made'));
    await rig.workspace.write('dist/notes.txt', 'mine');
    await rig.run(SPEC, () => Promise.resolve());
    expect(await rig.workspace.read('dist/notes.txt')).toBe('mine');
  });

  it('TaskCache never takes a service from the cache, and it hands on what decides about it', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    const service = { ...SPEC, outputs: undefined, readyWhen: { port: 80 } };
    const [first, second] = [
      await rig.run(service, () => Promise.resolve()),
      await rig.run(service, () => Promise.resolve()),
    ];
    expect([first.status, second.status]).toEqual(['passed', 'passed']);
    expect(first.effect).toMatch(/^[0-9a-f]{64}$/);
    expect(second.effect).toBe(first.effect);
  });
});

describe('Bad', () => {
  needs('linux')('TaskCache.store keeps nothing of a task that leaves what is no file, and says so', async () => {
    const medium = await disk();
    const rig = new Rig(medium);
    await medium.write('src/a.txt', 'a');
    const root = (await medium.realPath('')) ?? '';
    const work = async (): Promise<void> => {
      await medium.write('dist/a', 'made');
      spawnSync('mkfifo', [join(root, 'dist/pipe')]);
    };
    const { effect } = await rig.run(SPEC, work);
    expect(effect).toMatch(/^[0-9a-f]{64}$/); // those that depend on it can be kept all the same
    expect(rig.problems).toEqual([
      { op: 'store', task: 'build', reason: 'its output "dist/pipe" is neither a file nor a directory nor a link' },
    ]);
  });

  it('TaskCache does without, and says so, where the directory of a task is that of the cache', async () => {
    const rig = new Rig({ src: {} });
    const spec = { ...SPEC, dir: '.core/cache', inputs: ['**'] };
    expect((await rig.run(spec, () => Promise.resolve())).status).toBe('passed');
    expect(rig.problems[0]).toMatchObject({ op: 'fingerprint', reason: 'its directory is that of the cache' });
  });

  it('TaskCache.store keeps nothing where an input changed while the task ran, and says which', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    const work = (): Promise<void> => rig.workspace.write('src/late.txt', 'x');
    expect((await rig.run({ ...SPEC, outputs: [] }, work)).effect).toBeUndefined();
    expect(rig.problems).toEqual([
      {
        op: 'store',
        task: 'build',
        reason: 'its input "src/late.txt" changed while it ran; what a task makes should not be among its `inputs`',
      },
    ]);
    expect((await rig.run(SPEC, () => Promise.resolve())).status).toBe('passed');
  });

  it('TaskCache.store keeps neither of two tasks that leave the same file, and says how to tell them apart', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    const other = { ...SPEC, name: 'bundle', command: 'bundle' };
    const round = async (): Promise<string[]> => {
      const cache = rig.cache();
      const one = await rig.run(SPEC, () => rig.workspace.write('dist/a', 'a'), { cache });
      const two = await rig.run(other, () => rig.workspace.write('dist/b', 'b'), { cache });
      return [one.status, two.status];
    };
    expect([await round(), await round()]).toEqual([
      ['passed', 'passed'],
      ['passed', 'passed'],
    ]);
    expect(rig.problems[0]).toEqual({
      op: 'store',
      task: 'bundle',
      reason: 'its output "dist/a" is one of "build", too: take it out of the `outputs` of one of them with "!dist/a"',
    });
  });

  it('TaskCache.restore never deletes an input, also where it stands in the way', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    const spec = { ...SPEC, inputs: ['src/**', 'dist/b/keep'] };
    await rig.run(spec, () => rig.workspace.write('dist/b', 'a file'));
    await rig.workspace.delete('dist/b');
    const fingerprint = await rig.cache().fingerprint(spec, { dependencies: [] });
    await rig.workspace.write('dist/b/keep', 'an input');
    expect(await rig.cache().restore(spec, fingerprint)).toBeUndefined();
    expect(await rig.workspace.read('dist/b/keep')).toBe('an input');
    expect(rig.problems).toMatchObject([
      { op: 'restore', reason: expect.stringContaining('was not made by the task') },
    ]);
  });

  it('TaskCache.restore never deletes an input that the task had left before', async () => {
    const rig = new Rig({ src: { 'a.txt': 'a' } });
    const spec = { ...SPEC, inputs: ['src/**', 'dist/keep'] };
    const make = (): Promise<void> => rig.workspace.write('dist/made', 'made');
    await rig.run(spec, make);
    await rig.workspace.write('dist/keep', 'an input');
    await rig.run(spec, make); // leaves it where it is, and so it is among what was left
    await rig.workspace.delete('dist/keep');
    const fingerprint = await rig.cache().fingerprint(spec, { dependencies: [] });
    await rig.workspace.write('dist/keep', 'an input');
    expect(await rig.cache().restore(spec, fingerprint)).toBeDefined();
    expect(await rig.workspace.read('dist/keep')).toBe('an input');
  });

  it('TaskCache.restore never leads out of the directory, whatever a record says', async () => {
    const medium = await disk();
    await medium.write('src/a.txt', 'a');
    const rig = new Rig(medium);
    await rig.run(SPEC, async () => {
      await medium.write('dist/a', 'made');
      await medium.symlink('../src', 'dist/link');
    });
    await medium.deleteAll('dist');
    await medium.write('secret', 'x');
    for await (const { path, kind } of medium.walk('.core/cache/v1/records')) {
      if (kind !== 'file') continue;
      const [, body = ''] = (await medium.read(path)).split('\n');
      await medium.write(path, await sealed(body.replaceAll('dist/a', '../escaped')));
    }
    expect((await rig.run(SPEC, () => Promise.resolve())).status).toBe('passed');
    expect(await medium.exists('escaped')).toBe(false);
  });

  it('TaskCache.fingerprint has no key where inputs cannot be read, and says why', async () => {
    const rig = new Rig({ loop: new MemoryLink('loop') });
    const spec = { ...SPEC, inputs: ['loop/x/*'] };
    expect((await rig.run(spec, () => Promise.resolve())).status).toBe('passed');
    expect(rig.problems[0]).toMatchObject({ op: 'fingerprint', task: 'build', error: { code: 'ELOOP' } });
  });
});

/** A text with the checksum that the cache puts before it. */
async function sealed(body: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', Buffer.from(body));
  return `${Buffer.from(hash).toString('hex')}\n${body}\n`;
}
