import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { open, opened, tempDir } from './fixture.ts';
import { nativeAgent } from './native-agent.ts';

/** A machine whose "guest" is this system: its agent is a program here. */
async function running(
  user = userInfo().username,
): Promise<{ manager: LinuxKitManager; dir: string; stateDir: string }> {
  const { manager, image, stateDir } = await opened({ hypervisor: new FakeHypervisor({ agent: await nativeAgent() }) });
  await manager.run(image, { detach: true, name: 'web', user, waitFor: 'agent' });
  return { manager, stateDir, dir: tempDir('copies ü, "') };
}

const it = needs('gcc', 'setpriv');

const asRoot = needs('gcc', 'setpriv', 'root');

/** What is in a directory, by its names. */
function treeOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(names.map((name) => [name, describeFile(join(dir, name))]));
}

/** With setuid, setgid and the sticky bit. */
function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

function describeFile(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return `-> ${readlinkSync(path)}`;
  return info.isDirectory() ? 'dir' : `${(info.mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`;
}

describe('Good', () => {
  it('exec: goes by the agent where there is one', async () => {
    const { manager } = await running();
    const result = await manager.exec('web', ['sh', '-c', 'cat; echo err >&2; exit 7'], { input: 'out' });
    expect(result).toMatchObject({ exitCode: 7, stdout: 'out', stderr: 'err\n', via: 'agent', truncated: false });
  });

  it('exec: many at once share the one line of the agent, and other programs get their turn', async () => {
    const { manager, stateDir } = await running();
    const other = await open({ stateDir, hypervisor: new FakeHypervisor({ agent: await nativeAgent() }) });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        (number % 2 === 0 ? manager : other).exec('web', ['echo', String(number)], { via: 'agent' }),
      ),
    );
    expect(results.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 20 }, (_, number) => number));
  });

  it('run: waits for a command in the guest', async () => {
    const { manager, image } = await opened({ hypervisor: new FakeHypervisor({ agent: await nativeAgent() }) });
    const user = userInfo().username;
    const machine = await manager.run(image, {
      detach: true,
      user,
      waitFor: { all: ['agent', { command: ['true'] }] },
    });
    expect(machine.status).toBe('running');
  });

  it('copy: a file goes in and comes back, with its bytes and mode', async () => {
    const { manager, dir } = await running();
    const bytes = Buffer.alloc(3_000_000, 'bytes\0');
    writeFileSync(join(dir, 'in.bin'), bytes, { mode: 0o640 });
    const guest = join(dir, 'new folder', "the guest's $(file)");
    await manager.copy(join(dir, 'in.bin'), { id: 'web', path: guest });
    expect(readFileSync(guest).equals(bytes)).toBe(true);
    expect(statSync(guest).mode & 0o777).toBe(0o640);
    await manager.copy({ id: 'web', path: guest }, join(dir, 'a/b/out.bin'));
    expect(readFileSync(join(dir, 'a/b/out.bin')).equals(bytes)).toBe(true);
    expect(statSync(join(dir, 'a/b/out.bin')).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(dir, 'new folder'))).toEqual(["the guest's $(file)"]);
  });

  it("copy: what goes in is nobody else's to read until it is whole", async () => {
    const { manager, dir } = await running();
    writeFileSync(join(dir, 'secret'), Buffer.alloc(20_000_000), { mode: 0o600 });
    const over = new AbortController();
    const copying = manager.copy(join(dir, 'secret'), { id: 'web', path: join(dir, 'guest') }).finally(() => {
      over.abort();
    });
    const modes = new Set<number>();
    while (!over.signal.aborted) {
      for (const name of readdirSync(dir).filter((each) => each.startsWith('guest.core-copy'))) {
        const mode = statSync(join(dir, name), { throwIfNoEntry: false })?.mode;
        if (mode !== undefined) modes.add(mode & 0o777);
      }
      await new Promise(setImmediate);
    }
    await copying;
    expect([...modes]).toEqual([0o600]);
  });

  it('copy: a directory goes in and comes back, with names, modes and links', async () => {
    const { manager, dir } = await running();
    const source = join(dir, 'source');
    mkdirSync(join(source, 'sub', 'empty'), { recursive: true });
    writeFileSync(join(source, 'sub', `${'long '.repeat(30)}ü`), 'long', { mode: 0o600 });
    writeFileSync(join(source, '--run'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync('/etc/hostname', join(source, 'out'));
    symlinkSync('sub', join(source, 'in'));
    await manager.copy(source, { id: 'web', path: join(dir, 'guest') });
    expect(treeOf(join(dir, 'guest'))).toEqual(treeOf(source));
    await manager.copy({ id: 'web', path: join(dir, 'guest') }, join(dir, 'back'));
    await manager.copy({ id: 'web', path: join(dir, 'guest') }, join(dir, 'back')); // onto the same
    expect(treeOf(join(dir, 'back'))).toEqual(treeOf(source));
  });

  it('copy: directories that are made have the usual mode of the guest, the copied one its own, all the time of the copy', async () => {
    const { manager, dir } = await running();
    const source = join(dir, 'source');
    mkdirSync(join(source, 'sub'), { recursive: true });
    writeFileSync(join(source, 'sub', 'file'), 'x');
    chmodSync(source, 0o2750);
    chmodSync(join(source, 'sub'), 0o777);
    await manager.exec('web', ['mkdir', join(dir, 'usual')]);
    await manager.copy(source, { id: 'web', path: join(dir, 'new', 'parent', 'guest') });
    const usual = modeOf(join(dir, 'usual'));
    expect([modeOf(join(dir, 'new')), modeOf(join(dir, 'new', 'parent'))]).toEqual([usual, usual]);
    expect(modeOf(join(dir, 'new', 'parent', 'guest'))).toBe(0o2750);
    for (const name of ['', 'sub', 'sub/file']) {
      const { mtimeMs } = statSync(join(dir, 'new', 'parent', 'guest', name));
      expect(mtimeMs).toBeGreaterThanOrEqual(statSync(join(source, name)).mtimeMs);
    }
    expect(modeOf(join(dir, 'new', 'parent', 'guest', 'sub'))).toBe(0o777);
  });

  it('copy: a directory that is there keeps its mode, a new one on this system has that of the guest', async () => {
    const { manager, dir } = await running();
    for (const [name, mode] of [
      ['source', 0o777],
      ['there', 0o710],
    ] as const) {
      mkdirSync(join(dir, name));
      chmodSync(join(dir, name), mode);
    }
    await manager.copy(join(dir, 'source'), { id: 'web', path: join(dir, 'there') });
    expect(modeOf(join(dir, 'there'))).toBe(0o710);
    await manager.copy({ id: 'web', path: join(dir, 'there') }, join(dir, 'source'));
    expect(modeOf(join(dir, 'source'))).toBe(0o777);
    await manager.copy({ id: 'web', path: join(dir, 'there') }, join(dir, 'new'));
    expect(modeOf(join(dir, 'new'))).toBe(0o710);
  });
});

describe('Bad', () => {
  it('copy: refuses what is not there, and what is no place', async () => {
    const { manager, dir } = await running();
    for (const [from, to] of [
      [join(dir, 'none'), { id: 'web', path: join(dir, 'to') }],
      [{ id: 'web', path: join(dir, 'none') }, join(dir, 'to')],
      ['/dev/null', { id: 'web', path: join(dir, 'to') }],
      [{ id: 'web', path: '/dev/null' }, join(dir, 'to')],
    ] as const) {
      await containerRefusalOf(() => manager.copy(from, to), 'ERR_CONTAINER_COPY_FAILED');
    }
    expect(readdirSync(dir)).toEqual([]);
    await expect(manager.copy('a', 'b')).rejects.toThrow(TypeError);
    await expect(manager.copy({ id: 'web', path: '/a' }, { id: 'web', path: '/b' })).rejects.toThrow(TypeError);
    await expect(manager.copy('a', { id: 'web', path: 'relative' })).rejects.toThrow(/absolute path in the guest/);
  });

  asRoot('copy: a directory that cannot be read to its end rejects with the names, and leaves what could', async () => {
    const { manager, dir } = await running('nobody');
    chmodSync(dir, 0o755); // which nobody may enter
    const guest = join(dir, 'guest');
    mkdirSync(join(guest, 'closed'), { recursive: true, mode: 0o700 });
    chmodSync(guest, 0o755);
    mkdirSync(join(guest, 'sub'), { mode: 0o775 });
    chmodSync(join(guest, 'sub'), 0o775);
    writeFileSync(join(guest, 'readable'), 'ok');
    writeFileSync(join(guest, 'secret'), 'no', { mode: 0o600 });
    symlinkSync('nowhere', join(guest, 'link'));
    const error = await containerRefusalOf(
      () => manager.copy({ id: 'web', path: guest }, join(dir, 'out')),
      'ERR_CONTAINER_COPY_FAILED',
    );
    expect(error.message).toMatch(/closed.*Permission denied/);
    expect(error.message).toMatch(/secret.*Permission denied/);
    const left = treeOf(join(dir, 'out'));
    expect(left).toMatchObject({ link: '-> nowhere', readable: '644 ok', sub: 'dir' });
    expect(left).not.toHaveProperty('secret');
    expect(statSync(join(dir, 'out', 'sub')).mode & 0o777).toBe(0o775);
  });

  it('copy: refuses a file in the place of a directory, and leaves that as it is', async () => {
    const { manager, dir } = await running();
    writeFileSync(join(dir, 'file'), 'x');
    mkdirSync(join(dir, 'guest'));
    const error = await containerRefusalOf(
      () => manager.copy(join(dir, 'file'), { id: 'web', path: join(dir, 'guest') }),
      'ERR_CONTAINER_COPY_FAILED',
    );
    expect(error.message).toContain('it is a directory');
    expect(readdirSync(join(dir, 'guest'))).toEqual([]);
  });

  it('exec: the words of a guest that cannot mount a volume are in the error', async () => {
    const { manager, image, stateDir } = await opened({
      hypervisor: new FakeHypervisor({ agent: await nativeAgent() }),
    });
    const volumes = { [stateDir]: '/proc/no such place' };
    await manager.run(image, { detach: true, name: 'web', user: userInfo().username, volumes });
    const error = await containerRefusalOf(() => manager.exec('web', ['true']), 'ERR_CONTAINER_VOLUME_NOT_MOUNTED');
    expect(error.hint).toContain('mount -t 9p -o trans=virtio');
    expect(error.output).toContain('/proc/no such place');
  });
});

describe('Ugly', () => {
  it('copy: a directory that packs names that lead out of it writes nothing outside', async () => {
    const { manager, dir } = await running();
    mkdirSync(join(dir, 'guest'));
    writeFileSync(join(dir, 'secret'), 'mine');
    // a hostile guest sends a link to the outside, and the next time a file that would go through it
    symlinkSync(join(dir, 'secret'), join(dir, 'guest', 'a'));
    symlinkSync(dir, join(dir, 'guest', 'b'));
    await manager.copy({ id: 'web', path: join(dir, 'guest') }, join(dir, 'out'));
    expect(readlinkSync(join(dir, 'out', 'b'))).toBe(dir);
    rmSync(join(dir, 'guest'), { recursive: true });
    mkdirSync(join(dir, 'guest'));
    writeFileSync(join(dir, 'guest', 'a'), 'theirs');
    await manager.copy({ id: 'web', path: join(dir, 'guest') }, join(dir, 'out'));
    expect(readFileSync(join(dir, 'out', 'a'), 'utf8')).toBe('theirs');
    mkdirSync(join(dir, 'guest', 'b'));
    writeFileSync(join(dir, 'guest', 'b', 'secret'), 'theirs');
    await expect(manager.copy({ id: 'web', path: join(dir, 'guest') }, join(dir, 'out'))).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(join(dir, 'secret'), 'utf8')).toBe('mine');
  });

  it('copy: no program of a guest comes to run as who copies it', async () => {
    const { manager, dir } = await running();
    mkdirSync(join(dir, 'guest', 'all'), { recursive: true });
    chmodSync(join(dir, 'guest', 'all'), 0o3777);
    writeFileSync(join(dir, 'guest', 'program'), '#!/bin/sh\n');
    chmodSync(join(dir, 'guest', 'program'), 0o6755);
    await manager.copy({ id: 'web', path: join(dir, 'guest', 'program') }, join(dir, 'alone'));
    await manager.copy({ id: 'web', path: join(dir, 'guest') }, join(dir, 'tree'));
    expect([modeOf(join(dir, 'alone')), modeOf(join(dir, 'tree', 'program'))]).toEqual([0o755, 0o755]);
    expect(modeOf(join(dir, 'tree', 'all'))).toBe(0o1777);
  });

  it('copy: an abort in the middle leaves neither file nor process', async () => {
    const { manager } = await running();
    const dir = tempDir('copies-'); // which pgrep finds in every locale
    const controller = new AbortController();
    const reason = new Error('enough');
    const large = join(dir, 'large');
    await manager.exec('web', ['truncate', '-s', '4G', large]);
    const copying = manager.copy({ id: 'web', path: large }, join(dir, 'copy'), { signal: controller.signal });
    const execs = manager.exec('web', ['sh', '-c', 'until pgrep -f "^cat $0"; do :; done', large]);
    await execs; // it is being read
    controller.abort(reason);
    expect(await copying.catch((error: unknown) => error)).toBe(reason);
    expect(readdirSync(dir)).toEqual(['large']);
    expect((await manager.exec('web', ['pgrep', '-f', `^cat ${large}`])).exitCode).toBe(1);
  });

  it('exec: an abort ends the command in the guest, and rejects with its reason', async () => {
    const { manager } = await running();
    const controller = new AbortController();
    const reason = new Error('enough');
    let isUp: () => void = () => undefined;
    const up = new Promise<void>((resolve) => (isUp = resolve));
    let pid = '';
    const onOutput = ({ bytes }: { bytes: Uint8Array }): void => {
      pid = Buffer.from(bytes).toString().trim();
      isUp();
    };
    const command = ['sh', '-c', 'echo $$; exec sleep 300'];
    const executing = manager.exec('web', command, { signal: controller.signal, onOutput });
    await up;
    controller.abort(reason);
    expect(await executing.catch((error: unknown) => error)).toBe(reason);
    expect((await manager.exec('web', ['kill', '-0', pid])).exitCode).not.toBe(0);
  });
});
