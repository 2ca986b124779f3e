import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import type { Medium } from '@core/io';
import { needs } from '@core/tooling/needs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';

import { watchAt } from '../../src/disk/watch.ts';
import { WatchTree } from '../../src/disk/watch-tree.ts';
import { descriptorSandbox } from '../../src/disk/sandbox/descriptor-walk.ts';
import { disks, newFolder, removeFolders } from './support/disks.ts';
import { Watching } from './support/watching.ts';

jest.setTimeout(60_000);

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  removeFolders();
});

describe.each(disks)('$name', (disk) => {
  let folder: string;
  let medium: Medium;

  beforeEach(() => {
    folder = newFolder();
    medium = disk.create(folder);
    put('d/e/f', 'x');
    put('d/g', 'x');
  });

  function put(path: string, content: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }

  function watching(path: string, at = path): Watching {
    const started = new Watching(medium, path, join(folder, at));
    stops.push(() => started.stop());
    return started;
  }

  const move = (from: string, to: string): void => {
    renameSync(join(folder, from), join(folder, to));
  };

  describe('Good', () => {
    it('watch() tells that a file was changed in place, replaced, touched, or got another mode', async () => {
      const watch = watching('d');
      appendFileSync(join(folder, 'd/g'), 'y');
      expect(await watch.told()).toEqual(['change d/g']);
      put('d/new', 'y');
      expect(await watch.told()).toEqual(['create d/new']);
      move('d/new', 'd/g');
      expect(await watch.told()).toEqual(['delete d/new', 'change d/g']);
      utimesSync(join(folder, 'd/g'), 1, 1);
      expect(await watch.told()).toEqual(['change d/g']);
      chmodSync(join(folder, 'd/e/f'), 0o600);
      chmodSync(join(folder, 'd/e'), 0o700);
      expect(await watch.told()).toEqual(['change d/e/f', 'change d/e']);
    });

    it('watch() tells what this medium does, and nothing of its own files', async () => {
      const watch = watching('d');
      await medium.write('d/a', 'x');
      await medium.write('d/g', 'longer');
      await medium.append('d/a', 'y');
      await (await medium.lock('d/g')).close();
      await medium.delete('d/g');
      const told = await watch.told();
      // how much of it is told in sum depends on how soon the reader comes
      expect(told.filter((event) => event.endsWith('d/a')).join()).toMatch(/^create d\/a(,change d\/a)*$/u);
      expect(told.filter((event) => !event.endsWith('d/a')).join()).toMatch(/^(change d\/g,)*delete d\/g$/u);
    });

    it('watch() tells a rename as a delete and a create', async () => {
      const watch = watching('d');
      move('d/g', 'd/h');
      expect(await watch.told()).toEqual(['delete d/g', 'create d/h']);
    });

    it('watch() tells a directory that comes or goes with everything in it', async () => {
      const watch = watching('d');
      put('d/n/m/f', 'x');
      put('d/n/a', 'x');
      expect(await watch.told()).toEqual(['create d/n', 'create d/n/a', 'create d/n/m', 'create d/n/m/f']);
      move('d/n', 'd/o');
      expect(await watch.told()).toEqual([
        ...['delete d/n/m/f', 'delete d/n/m', 'delete d/n/a', 'delete d/n'],
        ...['create d/o', 'create d/o/a', 'create d/o/m', 'create d/o/m/f'],
      ]);
      put('d/o/m/f', 'y');
      expect(await watch.told()).toEqual(['change d/o/m/f']);
      move('d/o', 'away');
      put('away/m/f', 'z');
      expect(await watch.told()).toEqual(['delete d/o/m/f', 'delete d/o/m', 'delete d/o/a', 'delete d/o']);
    });

    it('watch() of a file follows its name through replacement, deletion and return', async () => {
      const watch = new Watching(medium, 'd/g', folder);
      stops.push(() => watch.stop());
      put('d/other', 'x');
      put('d/g.new', 'x');
      move('d/g.new', 'd/g');
      await watch.until('change d/g');
      unlinkSync(join(folder, 'd/g'));
      await watch.until('delete d/g');
      put('d/g', 'x');
      await watch.until('create d/g');
    });

    it('watch() of the root tells everything', async () => {
      const watch = watching('');
      put('h', 'x');
      put('d/e/f', 'y');
      expect(await watch.told()).toEqual(['create h', 'change d/e/f']);
    });

    it('watch() spells events as the watched path, wherever links on it lead, and follows none below', async () => {
      symlinkSync('d/e', join(folder, 'link'));
      const watch = watching('link');
      symlinkSync('../..', join(folder, 'd/e/up'));
      put('d/e/f', 'y');
      put('d/g', 'y');
      expect(await watch.told()).toEqual(['create link/up', 'change link/f']);
    });

    it('watch() goes on when the path, or a directory on the way to it, is deleted and made again', async () => {
      const watch = watching('d/e');
      rmSync(join(folder, 'd'), { recursive: true });
      await watch.until('delete d/e');
      put('d/e/f', 'x');
      expect(await watch.told()).toEqual(['delete d/e/f', 'delete d/e', 'create d/e', 'create d/e/f']);
      move('d', 'moved');
      await watch.until('delete d/e');
      move('moved', 'd');
      expect(await watch.told()).toEqual(['delete d/e/f', 'delete d/e', 'create d/e', 'create d/e/f']);
    });
  });

  describe('Bad', () => {
    it.each([
      ['missing', 'ENOENT'],
      ['d/g/below', 'ENOTDIR'],
      ['out/x', 'ERR_PATH_ESCAPES_ROOT'],
      ['dangling', 'ENOENT'],
      ['.core-io-1-1-x-y.tmp', 'ERR_INVALID_PATH'],
    ])('watch() refuses %s with %s', async (path, code) => {
      symlinkSync('..', join(folder, 'out'));
      symlinkSync('nowhere', join(folder, 'dangling'));
      const next = medium.watch(path)[Symbol.asyncIterator]().next();
      await expect(next).rejects.toMatchObject({ code, op: 'io.watch', path });
    });

    it('watch() rejects with the reason of a signal, before and after it has begun', async () => {
      const reason = new Error('enough');
      const early = medium
        .watch('d', { signal: AbortSignal.abort(reason) })
        [Symbol.asyncIterator]()
        .next();
      await expect(early).rejects.toBe(reason);
      const watch = watching('d');
      expect(await watch.stop(reason)).toBe(reason);
    });
  });

  describe('Ugly', () => {
    it('watch() tells one thing of what happened to a path before it was read, and nothing of what came and went', async () => {
      const events = medium.watch('d')[Symbol.asyncIterator]();
      const first = events.next();
      for (let i = 0; i < 100; i += 1) put('d/new', String(i));
      expect((await first).value).toEqual({ type: 'create', path: 'd/new' });
      for (let i = 0; i < 100; i += 1) {
        put('d/new', String(i));
        put('d/came', 'x');
        unlinkSync(join(folder, 'd/came'));
        await turn();
      }
      unlinkSync(join(folder, 'd/g'));
      put('d/g', 'x');
      put('d/last', 'x');
      const told: unknown[] = [];
      for (let event = await events.next(); ; event = await events.next()) {
        const { value } = event as IteratorYieldResult<{ type: string; path: string }>;
        told.push(`${value.type} ${value.path}`);
        if (value.path === 'd/last') break;
      }
      expect(told).toEqual(['change d/new', 'change d/g', 'create d/last']);
      await events.return?.();
    });

    it('watch() sees the new directory where one was replaced in an instant', async () => {
      const watch = watching('d');
      rmSync(join(folder, 'd/e'), { recursive: true });
      mkdirSync(join(folder, 'd/e'));
      await watch.told();
      put('d/e/h', 'x');
      expect(await watch.told()).toEqual(['create d/e/h']);
      put('d/n/f', 'x');
      await watch.told();
      rmSync(join(folder, 'd/n'), { recursive: true });
      writeFileSync(join(folder, 'd/n'), 'a file now');
      expect(await watch.told()).toEqual(['delete d/n/f', 'change d/n']);
    });

    it('watch() says nothing of what was moved away and back in an instant', async () => {
      const watch = watching('d');
      move('d/g', 'd/h');
      move('d/h', 'd/g');
      expect(await watch.told()).toEqual([]);
    });

    it('watch() is not led outside by a link that takes the place of a directory', async () => {
      const outside = newFolder();
      mkdirSync(join(outside, 'e'));
      const watch = watching('d');
      rmSync(join(folder, 'd/e'), { recursive: true });
      symlinkSync(join(outside, 'e'), join(folder, 'd/e'));
      expect(await watch.told()).toEqual(['delete d/e/f', 'change d/e']);
      writeFileSync(join(outside, 'e', 'secret'), 'x');
      expect(await watch.told()).toEqual([]);
    });

    needs('linux')('watch() loses nothing when more happens at once than the system keeps', async () => {
      const most = Math.min(65_536, Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')));
      const watch = watching('d');
      for (let i = 0; i < most; i += 1) utimesSync(join(folder, i % 2 === 0 ? 'd/g' : 'd/e/f'), i, i);
      put('d/e/lost', 'x');
      put('d/e/n/lost', 'x');
      unlinkSync(join(folder, 'd/g'));
      // at the second time everything of the first has been told
      const told = [...(await watch.told()), ...(await watch.told())];
      expect(told.sort()).toEqual([
        ...['change d/e/f', 'create d/e/lost', 'create d/e/n', 'create d/e/n/lost', 'delete d/g'],
      ]);
    });

    needs('linux')('watch() leaves no descriptor and no system watch behind, however it ends', async () => {
      await medium.list('');
      const before = readdirSync('/proc/self/fd').length;
      const first = watching('d');
      await first.told();
      expect(systemWatches()).toBe(3);
      await first.stop();
      const open = readdirSync('/proc/self/fd').length;
      expect(systemWatches()).toBe(0);
      for (let i = 0; i < 50; i += 1) {
        const second = watching('d');
        put('d/e/f', String(i));
        if (i % 2 === 0) await second.until('change d/e/f');
        await second.stop();
        const third = pokedWatch(i);
        await third.next();
        await third.return?.();
      }
      expect(systemWatches()).toBe(0);
      // fewer where media of other tests were collected meanwhile
      expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(open);
      expect(open - before).toBeLessThanOrEqual(1); // that of the event loop itself, which stays
    });

    function pokedWatch(round: number): AsyncIterator<unknown> {
      setImmediate(() => {
        put('d/g', String(round));
      });
      return medium.watch('d')[Symbol.asyncIterator]();
    }

    it('watch() tells enough to know the tree, whatever happened', async () => {
      const name = fc.constantFrom('a', 'b', 'c');
      const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
      const step = fc.oneof(
        fc.record({ do: fc.constant('put' as const), path }),
        fc.record({ do: fc.constant('dir' as const), path }),
        fc.record({ do: fc.constant('remove' as const), path }),
        fc.record({ do: fc.constant('move' as const), path, to: path }),
        fc.record({ do: fc.constant('wait' as const), turns: fc.nat(3) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const root = join(folder, 't');
          rmSync(root, { recursive: true, force: true });
          mkdirSync(join(root, 'a', 'b'), { recursive: true });
          const watch = watching('t');
          const known = new Set(['t/a', 't/a/b']);
          for (const one of steps) {
            if (one.do === 'wait') for (let i = 0; i < one.turns; i += 1) await turn();
            else attempt(root, one);
          }
          for (const event of await watch.told()) {
            const [type = '', at = ''] = event.split(' ');
            if (type === 'create') expect(known.has(at)).toBe(false);
            else expect(known.has(at)).toBe(true);
            if (type === 'delete') known.delete(at);
            else known.add(at);
          }
          await watch.stop();
          const there = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((below) => `t/${below}`);
          expect([...known].sort()).toEqual(there.sort());
        }),
        { numRuns: 150 },
      );
    });
  });
});

interface Step {
  readonly do: 'put' | 'dir' | 'remove' | 'move';
  readonly path: string;
  readonly to?: string;
}

/** Does it, if it can be done. */
function attempt(root: string, step: Step): void {
  const at = join(root, step.path);
  try {
    if (step.do === 'put') writeFileSync(at, 'x');
    else if (step.do === 'dir') mkdirSync(at);
    else if (step.do === 'remove') rmSync(at, { recursive: true });
    else renameSync(at, join(root, step.to ?? ''));
  } catch {
    // what is impossible does not happen
  }
}

/** How many directories the kernel watches for this process. */
function systemWatches(): number {
  let count = 0;
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) !== 'anon_inode:inotify') continue;
      count += readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^inotify /gmu)?.length ?? 0;
    } catch {
      // the descriptor of the list itself
    }
  }
  return count;
}

describe('watchAt()', () => {
  needs('linux')('is in place as soon as next() was called', async () => {
    const folder = newFolder();
    const sandbox = descriptorSandbox(folder);
    const events = watchAt(sandbox, '', undefined);
    const next = events.next();
    writeFileSync(join(folder, 'f'), '');
    expect(await next).toEqual({ done: false, value: { type: 'create', path: 'f' } });
    await events.return();
    sandbox.close();
  });
});

describe('WatchTree', () => {
  needs('linux')('bear() ends the watch with a hint when the system has no more watches to give', async () => {
    const sandbox = descriptorSandbox(newFolder());
    let told: () => void = () => undefined;
    const tree = new WatchTree(sandbox, '', () => {
      told();
    });
    tree.bear(Object.assign(new Error('watch'), { code: 'EACCES' }), 'd');
    expect(tree.take()).toBeUndefined();
    const hearing = new Promise<void>((resolve) => (told = resolve));
    tree.bear(Object.assign(new Error('watch'), { code: 'ENOSPC' }), 'd');
    await hearing;
    const refusal = await Promise.resolve()
      .then(() => tree.take())
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'ENOSPC', hint: expect.stringContaining('max_user_watches') });
    tree.close();
    sandbox.close();
  });
});
