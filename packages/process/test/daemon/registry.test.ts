import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, type Medium, MemoryMedium, readonly } from '@core/io';
import { needs } from '@core/tooling/needs';

import { type DaemonEntry, Registry } from '../../src/daemon/index.ts';
import { Service } from '../../src/service.ts';
import { scriptedCommand } from '../../src/testing/index.ts';
import { Child } from './child.ts';
import { tempDir } from './temp-dir.ts';

jest.setTimeout(60_000); // programs are started, on a machine that may be busy

const ME = { code: 'shop', daemon: 'mailer' };
const names = (entries: readonly DaemonEntry[]): string[] => entries.map(({ code, daemon }) => `${code}/${daemon}`);

/** A registry on the disk, with files beside its own. */
function onDisk(files: Readonly<Record<string, unknown>> = {}): { dir: string; medium: Medium; registry: Registry } {
  const dir = tempDir();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  const medium = new DiskMedium({ root: dir });
  return { dir, medium, registry: new Registry({ medium }) };
}

/** Runs while a process lives that is not this one. */
async function withOther(use: (pid: number, end: () => Promise<void>) => Promise<void>): Promise<void> {
  await using command = await scriptedCommand();
  await using service = new Service();
  const child = await service.start(command.command, command.args);
  const run = await command.next();
  await use(run.pid, async () => {
    await run.exit();
    await child.done; // buried, too
  });
}

describe('Good', () => {
  it('Registry.register writes a file with documented keys, that get and list read', async () => {
    const { dir, registry } = onDisk();
    const startedAt = new Date('2025-01-02T03:04:05.678Z');
    const entry = { ...ME, pid: process.pid, startedAt, health: 'http://127.0.0.1:1', project: '/p', binary: '/b' };
    expect(await registry.register(entry)).toEqual(entry);
    const file = JSON.parse(readFileSync(join(dir, 'shop-mailer.json'), 'utf8')) as object;
    expect(file).toMatchObject({ code: 'shop', daemon: 'mailer', pid: process.pid, health: 'http://127.0.0.1:1' });
    expect(file).toMatchObject({ started_at: '2025-01-02T03:04:05.678Z', project: '/p', binary: '/b' });
    expect(await registry.get('shop', 'mailer')).toEqual(entry);
    expect(await registry.list()).toEqual([entry]);
    expect(readdirSync(dir)).toEqual(['shop-mailer.json']);
  });

  it('Registry.register takes this process and now, and replaces the entry of the same process', async () => {
    const registry = new Registry({ medium: new MemoryMedium() });
    const before = Date.now();
    await registry.register({ ...ME, health: 'old' });
    await registry.register({ ...ME, health: 'new' });
    const [entry, ...others] = await registry.list();
    expect([entry?.pid, entry?.health, others]).toEqual([process.pid, 'new', []]);
    expect(entry?.startedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('Registry.list tells by name of all that run', async () => {
    const registry = new Registry({ medium: new MemoryMedium() });
    for (const code of ['b', 'a', 'ä']) await registry.register({ code, daemon: 'x' });
    await registry.register({ code: 'a', daemon: 'w' });
    expect(names(await registry.list())).toEqual(['a/w', 'a/x', 'b/x', 'ä/x']);
  });

  it('Registry.unregister removes the entry of a daemon, and says whether there was one', async () => {
    const { dir, registry } = onDisk();
    await registry.register(ME);
    expect(await registry.unregister('shop', 'mailer', { pid: process.pid + 1 })).toBe(false);
    expect(await registry.unregister('shop', 'mailer')).toBe(true);
    expect(await registry.unregister('shop', 'mailer')).toBe(false);
    expect([await registry.list(), readdirSync(dir)]).toEqual([[], []]);
  });

  it('Registry.list and get leave out a process that is gone, and remove its file', async () => {
    const { dir, registry } = onDisk();
    await withOther(async (pid, end) => {
      await registry.register({ ...ME, pid });
      await registry.register({ code: 'shop', daemon: 'other', pid });
      expect(names(await registry.list())).toEqual(['shop/mailer', 'shop/other']);
      await end();
      expect(await registry.get('shop', 'mailer')).toBeUndefined();
      expect(readdirSync(dir)).toEqual(['shop-other.json']);
      expect([await registry.list(), readdirSync(dir)]).toEqual([[], []]);
    });
  });

  needs('linux')(
    'Registry.list takes no later process of the same number, and none of another boot, for it',
    async () => {
      const { dir, registry } = onDisk();
      await registry.register(ME);
      const path = join(dir, 'shop-mailer.json');
      const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      for (const change of [
        { start_ticks: 1 },
        { boot_id: 'another' },
        { start_ticks: undefined, started_at: new Date(0) },
      ]) {
        writeFileSync(path, JSON.stringify({ ...file, ...change }));
        expect([await registry.list(), existsSync(path)]).toEqual([[], false]);
      }
      writeFileSync(path, JSON.stringify({ ...file, start_ticks: undefined, boot_id: undefined }));
      expect(names(await registry.list())).toEqual(['shop/mailer']);
    },
  );

  it('Registry reads what older programs wrote, and is in the home directory unless it is told where', async () => {
    const home = tempDir();
    mkdirSync(join(home, '.core/daemons'), { recursive: true });
    const old = { code: 'shop', daemon: 'old', pid: process.pid, started: new Date().toISOString() };
    writeFileSync(join(home, '.core/daemons/shop-old.json'), JSON.stringify(old));
    await using child = new Child('registry.mjs', [], { ...process.env, HOME: home, USERPROFILE: home });
    expect(await child.tell('list')).toEqual(['shop/old']);
    await child.tell('register shop new');
    expect(await child.tell('list')).toEqual(['shop/new', 'shop/old']);
    expect(readdirSync(join(home, '.core/daemons'))).toEqual(['shop-new.json', 'shop-old.json']);
  });
});

describe('Bad', () => {
  it('Registry.register refuses the name of another process that runs, until that is gone', async () => {
    const { registry } = onDisk();
    await withOther(async (pid, end) => {
      await registry.register({ ...ME, pid });
      await expect(registry.register(ME)).rejects.toMatchObject({
        code: 'ERR_PROCESS_ALREADY_RUNNING',
        message: `Cannot register the daemon "mailer" of "shop": it is running, as process ${String(pid)} (shop-mailer.json)`,
        hint: `Stop it first: kill ${String(pid)}`,
        ...{ pid, path: 'shop-mailer.json' },
      });
      await end();
      expect((await registry.register(ME)).pid).toBe(process.pid);
    });
  });

  it('Registry.register refuses two daemons whose names make one file', async () => {
    const { registry } = onDisk();
    await registry.register({ code: 'a-b', daemon: 'c' });
    await expect(registry.register({ code: 'a', daemon: 'b-c' })).rejects.toThrow(
      /Cannot register the daemon "b-c" of "a": that is the daemon "c" of "a-b"/,
    );
    expect(await registry.get('a', 'b-c')).toBeUndefined();
    expect(await registry.unregister('a', 'b-c')).toBe(false);
    expect(names(await registry.list())).toEqual(['a-b/c']);
  });

  it('Registry refuses names that lead elsewhere, are hidden, or are none', async () => {
    const { dir, registry } = onDisk();
    for (const name of [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a\\b',
      '.hidden',
      '-x',
      'a b',
      'a\0',
      'a:b',
      'x'.repeat(101),
      '$(x)',
    ]) {
      await expect(registry.register({ code: name, daemon: 'x' })).rejects.toThrow(/^code must be a name of /);
      await expect(registry.register({ code: 'x', daemon: name })).rejects.toThrow(TypeError);
      await expect(registry.get(name, 'x')).rejects.toThrow(TypeError);
      await expect(registry.unregister('x', name)).rejects.toThrow(TypeError);
    }
    await expect(registry.register({ code: 7 as unknown as string, daemon: 'x' })).rejects.toThrow(
      /not a number|not 7/,
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  it('Registry.register refuses what is no process, no date and no text', async () => {
    const { registry } = onDisk();
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31, '1' as unknown as number]) {
      await expect(registry.register({ ...ME, pid })).rejects.toThrow(RangeError);
    }
    await expect(registry.register({ ...ME, startedAt: new Date(Number.NaN) })).rejects.toThrow(RangeError);
    await expect(registry.register({ ...ME, health: 7 as unknown as string })).rejects.toThrow(TypeError);
  });

  it('Registry rejects with the reason of a signal', async () => {
    const { registry } = onDisk();
    await registry.register(ME);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(registry.list({ signal })).rejects.toBe(reason);
    await expect(registry.get('shop', 'mailer', { signal })).rejects.toBe(reason);
    await expect(registry.register(ME, { signal })).rejects.toBe(reason);
    await expect(registry.unregister('shop', 'mailer', { signal })).rejects.toBe(reason);
  });
});

describe('Ugly', () => {
  it('Registry.list is not broken by files that are no entries, and leaves them alone', async () => {
    const pid = process.pid;
    const started_at = new Date().toISOString();
    const junk = {
      'a-a.json': '{ "code": "a", ',
      'b-b.json': 'null',
      'c-c.json': '',
      'd-d.json': { code: '../../etc', daemon: 'x', pid, started_at },
      'e-e.json': { code: 'e', daemon: 'e', pid: '12', started_at },
      'f-f.json': { code: 'f', daemon: 'f', pid, started_at: 'yesterday' },
      'g-g.json': { code: 'g', daemon: 'g', pid: -1, started_at },
      'h-h.pid': '1',
      'i-i.json': '[1]',
    };
    const { dir, registry } = onDisk(junk);
    mkdirSync(join(dir, 'j-j.json'));
    symlinkSync('/etc/hostname', join(dir, 'k-k.json'));
    writeFileSync(join(dir, 'l-l.json'), Buffer.from([0xff, 0xfe, 0x00]));
    await registry.register(ME);
    expect(names(await registry.list())).toEqual(['shop/mailer']);
    expect(await registry.get('a', 'a')).toBeUndefined();
    expect(readdirSync(dir)).toHaveLength(13);
    await registry.register({ code: 'a', daemon: 'a' });
    expect(names(await registry.list())).toEqual(['a/a', 'shop/mailer']);
  });

  it('Registry leaves alone what another machine wrote into the same directory', async () => {
    const foreign = { code: 'shop', daemon: 'far', pid: 1, started_at: new Date(0), host: `not-${hostname()}` };
    const { dir, registry } = onDisk({ 'shop-far.json': foreign });
    expect([await registry.list(), await registry.get('shop', 'far')]).toEqual([[], undefined]);
    expect(readdirSync(dir)).toEqual(['shop-far.json']);
  });

  it('Registry.list tells the same where it may only read', async () => {
    const medium = new MemoryMedium();
    await new Registry({ medium }).register(ME);
    await medium.write(
      'shop-dead.json',
      JSON.stringify({ code: 'shop', daemon: 'dead', pid: 1, started_at: new Date(0), boot_id: 'x' }),
    );
    expect(names(await new Registry({ medium: readonly(medium) }).list())).toEqual(['shop/mailer']);
    expect(await medium.exists('shop-dead.json')).toBe(true);
  });

  it('Registry.list is not broken by one file that may not be read', async () => {
    const { medium, registry } = onDisk();
    await registry.register(ME);
    await registry.register({ code: 'shop', daemon: 'secret' });
    const strict = new Registry({ medium: refusing(medium, 'shop-secret.json') });
    expect(names(await strict.list())).toEqual(['shop/mailer']);
  });

  it('Registry works for many processes that write, prune and read at once', async () => {
    const { dir, registry } = onDisk();
    const children = Array.from({ length: 4 }, () => new Child('registry.mjs', [dir]));
    const answers = await Promise.all(children.map((child, index) => child.tell(`storm ${String(index)} 25`)));
    expect(answers).toEqual(Array(4).fill('done'));
    expect(names(await registry.list())).toEqual(['storm/0', 'storm/1', 'storm/2', 'storm/3']);
    await Promise.all(children.map((child) => child[Symbol.asyncDispose]()));
    expect([await registry.list(), readdirSync(dir)]).toEqual([[], []]);
  });

  it('Registry.list does not remove the entry of a daemon that takes the place of a dead one meanwhile', async () => {
    const medium = new MemoryMedium();
    const registry = new Registry({ medium });
    const dead = { ...ME, pid: 1, started_at: new Date(0), boot_id: 'another' };
    for (let round = 0; round < 20; round += 1) {
      await medium.write('shop-mailer.json', JSON.stringify(dead));
      await Promise.all([registry.list(), registry.register(ME), registry.list()]);
      expect((await registry.get('shop', 'mailer'))?.pid).toBe(process.pid);
    }
  });
});

/** A medium that refuses to read one file, as the system does to whoever is not root. */
function refusing(medium: Medium, path: string): Medium {
  return new Proxy(medium, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (key === 'read' && args[0] === path) return medium.read('missing/../\0');
        return Reflect.apply(value, target, args);
      };
    },
  });
}
