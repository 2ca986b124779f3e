import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { localMedium, MemoryMedium, readonly, sub } from '@core/io';
import { faulty } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import type { Container } from '../../src/container.ts';
import type { ContainerError } from '../../src/errors.ts';
import { State, type StateOptions } from '../../src/state/state.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { machine, numbered } from './support/machine.ts';
import { tempDir } from './support/temp-dir.ts';

interface Opened {
  readonly state: State;
  readonly problems: ContainerError[];
}

async function open(options: Partial<StateOptions> = {}): Promise<Opened> {
  const problems: ContainerError[] = [];
  const onProblem = (problem: ContainerError): number => problems.push(problem);
  const state = await State.open({ medium: new MemoryMedium(), stateDir: 'state', onProblem, ...options });
  return { state, problems };
}

const onDisk = (): { dir: string; options: StateOptions } => {
  const dir = tempDir();
  return { dir, options: { medium: localMedium(), stateDir: dir } };
};
const ids = (containers: readonly Container[]): string[] => containers.map(({ id }) => id);

describe('Good', () => {
  it('State.put and get keep a machine in every detail, also for the next program', async () => {
    const { dir, options } = onDisk();
    const { state } = await open(options);
    await state.put(machine());
    expect(await state.get('0000000a')).toEqual(machine());
    expect(await (await open(options)).state.get('0000000a')).toEqual(machine());
    expect(readdirSync(dir).sort()).toEqual(['containers.json', 'names', 'vms']);
    expect(readdirSync(join(dir, 'vms/0000000a'))).toEqual(['vm.json']);
    expect(state.machineDir('0000000a')).toBe(`${dir}/vms/0000000a`);
  });

  it('State keeps its directory from others, as sockets are in it', async () => {
    const { dir, options } = onDisk();
    await (await open(options)).state.put(machine());
    expect(statSync(join(dir, 'vms')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'vms/0000000a/vm.json')).mode & 0o777).toBe(0o600);
  });

  it('State.update gives the machine to a function, and keeps and returns what that makes of it', async () => {
    const { state } = await open();
    await state.put(machine());
    const stopped = await state.update('0000000a', (current) => ({ ...current, status: 'stopped', pid: 0 }));
    expect(stopped).toEqual(machine({ status: 'stopped', pid: 0 }));
    expect(await state.get('0000000a')).toEqual(stopped);
  });

  it('State.update waits for a change that takes its time, and so do the others', async () => {
    const { state } = await open();
    await state.put(machine());
    const { id, cpus } = machine();
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const slow = state.update(id, async (current) => {
      await gate;
      return { ...current, cpus: current.cpus + 1 };
    });
    const quick = state.update(id, (current) => ({ ...current, cpus: current.cpus * 10 }));
    goOn();
    await slow;
    expect((await quick).cpus).toBe((cpus + 1) * 10);
  });

  it('State.update writes nothing where nothing is changed', async () => {
    const medium = new MemoryMedium();
    await (await open({ medium })).state.put(machine());
    const { state } = await open({ medium: readonly(medium) });
    expect(await state.update('0000000a', (current) => current)).toEqual(machine());
  });

  it('State.list tells of all, the oldest first', async () => {
    const { state } = await open();
    const at = (second: number): Date => new Date(second * 1000);
    await state.put(numbered(1, { startedAt: at(3) }));
    await state.put(numbered(3, { startedAt: at(1) }));
    await state.put(numbered(2, { startedAt: at(1) }));
    expect(ids(await state.list())).toEqual(['00000002', '00000003', '00000001']);
  });

  it('State.find takes an id, a name, or a beginning that is the only one', async () => {
    const { state } = await open();
    await state.put(machine({ id: 'abcd0001', name: 'web' }));
    await state.put(machine({ id: 'abce0001', name: 'abcd' }));
    expect((await state.find('abcd0001')).name).toBe('web');
    expect((await state.find('web')).id).toBe('abcd0001');
    expect((await state.find('abcd')).id).toBe('abce0001'); // a name comes before a beginning
    expect((await state.find('abcd0')).id).toBe('abcd0001');
    expect((await state.find('abce')).id).toBe('abce0001');
  });

  it('State.remove takes away the machine with its files and gives its name and id back', async () => {
    const { dir, options } = onDisk();
    const { state } = await open(options);
    await state.put(machine());
    mkdirSync(join(dir, 'vms/0000000a/deep'));
    writeFileSync(join(dir, 'vms/0000000a/deep/console.log'), 'text');
    await state.remove('0000000a');
    expect([readdirSync(join(dir, 'vms')), readdirSync(join(dir, 'names')), await state.list()]).toEqual([[], [], []]);
    await state.put(machine({ id: '0000000b' }));
    expect((await state.find('web')).id).toBe('0000000b');
  });

  it('State.put and update give up the old name when there is a new one', async () => {
    const { state } = await open();
    await state.put(machine());
    await state.put(machine({ name: 'shop' }));
    await state.update('0000000a', (current) => ({ ...current, name: 'mail' }));
    await state.put(machine({ id: '0000000b', name: 'web' }));
    await state.put(machine({ id: '0000000c', name: 'shop' }));
    expect((await state.find('mail')).id).toBe('0000000a');
    expect((await state.find('0000000a')).name).toBe('mail');
    expect((await state.find('shop')).id).toBe('0000000c');
  });

  it('State.newId and claimName belong to this program until the machine is put, or given up', async () => {
    const medium = new MemoryMedium();
    const { state } = await open({ medium });
    const id = await state.newId();
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    await state.claimName('web', id);
    await state.claimName('web', id);
    await expect(state.put(machine({ id: '0000000b', name: 'web' }))).rejects.toMatchObject({
      code: 'ERR_CONTAINER_NAME_TAKEN',
    });
    await medium.write(`${state.machineDir(id)}/disk.qcow2`, 'half');
    await state.sweep();
    expect(await medium.exists(`${state.machineDir(id)}/disk.qcow2`)).toBe(true);
    await state.abandon(id);
    expect(await medium.exists(state.machineDir(id))).toBe(false);
    await state.put(machine({ id: '0000000b', name: 'web' }));
    await state.abandon('0000000b');
    expect((await state.find('web')).id).toBe('0000000b');
  });

  it('State keeps containers.json after each change, with documented keys', async () => {
    const medium = new MemoryMedium();
    const { state } = await open({ medium });
    const shown = async (): Promise<unknown> => JSON.parse(await medium.read('state/containers.json'));
    expect(await shown()).toEqual({ version: 1, containers: {} });
    await state.put(machine());
    const entry = {
      ...{
        id: '0000000a',
        name: 'web',
        image: '/images/web, 1.iso',
        status: 'running',
        pid: 4242,
        memory: 512,
        cpus: 2,
      },
      ...{ started_at: '2025-01-02T03:04:05.678Z', ports: { 8080: 80, 8443: 443 } },
    };
    expect(await shown()).toEqual({ version: 1, containers: { '0000000a': entry } });
    await state.update('0000000a', (current) => ({ ...current, status: 'stopped' }));
    expect(await shown()).toEqual({ version: 1, containers: { '0000000a': { ...entry, status: 'stopped' } } });
    await medium.delete('state/containers.json');
    expect(await state.exportState()).toEqual(await shown());
    await state.remove('0000000a');
    expect(await shown()).toEqual({ version: 1, containers: {} });
  });

  it('State.open brings containers.json up to date that a killed program left behind', async () => {
    const medium = new MemoryMedium();
    await (await open({ medium })).state.put(machine());
    await medium.write('state/containers.json', '{"version":1,"containers":{"dead0000":{}}}');
    await open({ medium });
    expect(JSON.parse(await medium.read('state/containers.json'))).toHaveProperty('containers.0000000a');
  });

  it('State.watch tells what happens to machines, and to nothing else', async () => {
    const { dir, options } = onDisk();
    const { state } = await open(options);
    const { state: other } = await open(options);
    const changes = state.watch()[Symbol.asyncIterator]();
    const first = changes.next();
    await other.put(machine());
    expect(await first).toEqual({ done: false, value: { type: 'created', id: '0000000a', container: machine() } });
    writeFileSync(join(dir, 'vms/0000000a/console.log'), 'noise');
    const second = changes.next();
    await other.update('0000000a', (current) => ({ ...current, pid: 7 }));
    expect(await second).toEqual({
      done: false,
      value: { type: 'changed', id: '0000000a', container: machine({ pid: 7 }) },
    });
    const third = changes.next();
    await other.remove('0000000a');
    expect(await third).toEqual({ done: false, value: { type: 'removed', id: '0000000a' } });
    const last = changes.next();
    await state.close();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  it('State works on a folder of a medium, and in the root of one', async () => {
    const dir = tempDir();
    const { state } = await open({ medium: sub(localMedium(), dir), stateDir: '' });
    await state.put(machine());
    expect(ids(await state.list())).toEqual(['0000000a']);
    expect(JSON.parse(readFileSync(join(dir, 'vms/0000000a/vm.json'), 'utf8'))).toMatchObject({ name: 'web' });
  });
});

describe('Bad', () => {
  it('State refuses a machine that is not there, whatever it is called', async () => {
    const { state } = await open();
    await state.put(machine());
    for (const id of ['0000000b', 'nobody', '', '../..', 'a/b', 'vms', '0', '\0', '0000000A', ' ']) {
      const code = id === '0' ? undefined : 'ERR_CONTAINER_NOT_FOUND';
      if (code !== undefined) await containerRefusalOf(() => state.find(id), code);
      await containerRefusalOf(() => state.get(id), 'ERR_CONTAINER_NOT_FOUND');
      await containerRefusalOf(() => state.update(id, (current) => current), 'ERR_CONTAINER_NOT_FOUND');
      await containerRefusalOf(() => state.remove(id), 'ERR_CONTAINER_NOT_FOUND');
    }
    const error = await containerRefusalOf(() => state.find('nobody'), 'ERR_CONTAINER_NOT_FOUND');
    expect(error).toMatchObject({ id: 'nobody', op: 'state.find', hint: 'Look which machines there are: list().' });
    expect(error.message).toBe('Cannot find the machine "nobody": no machine has this id or name');
  });

  it('State.find refuses a beginning of several ids, and names them', async () => {
    const { state } = await open();
    await state.put(machine({ id: 'abcd0001', name: 'web' }));
    await state.put(machine({ id: 'abcd0002', name: 'abcd0002' }));
    const error = await containerRefusalOf(() => state.find('abcd'), 'ERR_CONTAINER_AMBIGUOUS');
    expect(error.message).toBe('Cannot choose a machine by "abcd": it may be "web" (abcd0001) or "abcd0002"');
  });

  it('State.put and update refuse a name or an id that another machine has, and keep what was', async () => {
    const { state } = await open();
    await state.put(machine());
    await state.put(machine({ id: '0000000b', name: 'mail' }));
    const rename = (): Promise<unknown> => state.update('0000000b', (current) => ({ ...current, name: 'web' }));
    const error = await containerRefusalOf(rename, 'ERR_CONTAINER_NAME_TAKEN');
    expect(error.message).toBe('Cannot take the name "web" for the machine 0000000b: the machine 0000000a has it');
    const named = (): Promise<void> => state.put(machine({ id: '0000000c', name: '0000000a' }));
    await containerRefusalOf(named, 'ERR_CONTAINER_NAME_TAKEN');
    await containerRefusalOf(() => state.claimName('mail', '0000000a'), 'ERR_CONTAINER_NAME_TAKEN');
    expect((await state.list()).map(({ id, name }) => `${id} ${name}`)).toEqual(['0000000a web', '0000000b mail']);
    await state.put(machine({ id: '0000000c', name: 'third' })); // its id was given back
  });

  it('State refuses arguments that are none, before anything happens', async () => {
    const { state } = await open();
    const wrong = (value: unknown): never => value as never;
    await expect(State.open({ medium: wrong('disk'), stateDir: '' })).rejects.toThrow(
      'medium must be a Medium, not "disk"',
    );
    await expect(open({ stateDir: wrong(7) })).rejects.toThrow(new TypeError('stateDir must be a path, not 7'));
    await expect(open({ onProblem: wrong('x') })).rejects.toThrow('onProblem must be a function, not "x"');
    await expect(state.get(wrong(undefined))).rejects.toThrow(TypeError);
    await expect(state.update('0000000a', wrong('x'))).rejects.toThrow('change must be a function, not "x"');
    await expect(state.put(wrong({ id: '1' }))).rejects.toThrow(TypeError);
    await expect(state.claimName('..', '0000000a')).rejects.toThrow(/^name must be 1 to 63 letters/);
    await expect(state.claimName('web', '../..')).rejects.toThrow('id must be 8 hex characters, not "../.."');
    expect(() => state.machineDir('..')).toThrow(TypeError);
    expect(await state.list()).toEqual([]);
  });

  it('State.update writes nothing where the function throws, or makes no container', async () => {
    const { state } = await open();
    await state.put(machine());
    const reason = new Error('no');
    const failing = (): never => {
      throw reason;
    };
    await expect(state.update('0000000a', failing)).rejects.toBe(reason);
    await expect(state.update('0000000a', (current) => ({ ...current, cpus: 0 }))).rejects.toThrow(
      'container.cpus must',
    );
    await expect(state.update('0000000a', (current) => ({ ...current, id: '0000000b' }))).rejects.toThrow(
      new TypeError('change must leave the machine 0000000a its id, not give it "0000000b"'),
    );
    expect(await state.list()).toEqual([machine()]);
  });

  it('State rejects with the reason of a signal, and changes nothing', async () => {
    const medium = new MemoryMedium();
    const { state } = await open({ medium });
    await state.put(machine());
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const options = { signal };
    await expect(open({ medium, signal })).rejects.toBe(reason);
    await expect(state.newId(options)).rejects.toBe(reason);
    await expect(state.claimName('x', '0000000a', options)).rejects.toBe(reason);
    await expect(state.put(machine({ pid: 1 }), options)).rejects.toBe(reason);
    await expect(state.update('0000000a', (current) => ({ ...current, pid: 1 }), options)).rejects.toBe(reason);
    await expect(state.get('0000000a', options)).rejects.toBe(reason);
    await expect(state.list(options)).rejects.toBe(reason);
    await expect(state.watch(options)[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    expect(await state.list()).toEqual([machine()]);
    expect((await medium.list('state/names')).map(({ name }) => name)).toEqual(['0000000a', 'web']);
  });

  it('State can be read where it cannot be written', async () => {
    const medium = new MemoryMedium();
    await (await open({ medium })).state.put(machine());
    const { state, problems } = await open({ medium: readonly(medium) });
    expect(await state.list()).toEqual([machine()]);
    expect((await state.find('web')).id).toBe('0000000a');
    const error = await containerRefusalOf(() => state.put(machine({ pid: 1 })), 'ERR_CONTAINER_STATE_UNWRITABLE');
    expect(error).toMatchObject({
      hint: 'Use a `stateDir` that this user may read and write.',
      cause: { code: 'EROFS' },
    });
    await containerRefusalOf(() => state.remove('0000000a'), 'ERR_CONTAINER_STATE_UNWRITABLE');
    await containerRefusalOf(() => state.newId(), 'ERR_CONTAINER_STATE_UNWRITABLE');
    expect(problems).toEqual([]);
    const empty = await open({ medium: readonly(new MemoryMedium()) });
    expect([await empty.state.list(), empty.problems.map(({ code }) => code)]).toEqual([
      [],
      ['ERR_CONTAINER_STATE_UNWRITABLE'],
    ]);
  });
});

describe('Ugly', () => {
  it('State keeps a record aside that cannot be understood, and tells of the others', async () => {
    const { dir, options } = onDisk();
    const { state, problems } = await open({ ...options, onProblem: (problem) => problems.push(problem) });
    await state.put(machine());
    await state.put(machine({ id: '0000000b', name: 'mail' }));
    const whole = readFileSync(join(dir, 'vms/0000000a/vm.json'), 'utf8');
    writeFileSync(join(dir, 'vms/0000000a/vm.json'), whole.slice(0, 100));
    expect(ids(await state.list())).toEqual(['0000000b']);
    const [aside = ''] = readdirSync(join(dir, 'vms/0000000a'));
    expect(aside).toMatch(/^vm\.json\.corrupt-\d{4}-\d\d-\d\dT[\d.-]+Z$/);
    expect(readFileSync(join(dir, 'vms/0000000a', aside), 'utf8')).toBe(whole.slice(0, 100));
    const path = `${dir}/vms/0000000a/${aside}`;
    for (const look of [() => state.get('0000000a'), () => state.find('web'), () => state.find('0000000a')]) {
      expect(await containerRefusalOf(look, 'ERR_CONTAINER_STATE_CORRUPT')).toMatchObject({ id: '0000000a', path });
    }
    const { state: next, problems: told } = await open(options);
    await next.list();
    expect(told).toMatchObject([{ code: 'ERR_CONTAINER_STATE_CORRUPT', path }]);
    await containerRefusalOf(() => state.put(machine({ id: '0000000c' })), 'ERR_CONTAINER_NAME_TAKEN');
    await state.put(machine({ pid: 7 }));
    expect((await state.get('0000000a')).pid).toBe(7);
    expect(readdirSync(join(dir, 'vms/0000000a')).sort()).toEqual(['vm.json', aside]);
  });

  it('State.get says which key of the record is wrong', async () => {
    const medium = new MemoryMedium();
    const { state } = await open({ medium });
    await state.put(machine());
    const record = JSON.parse(await medium.read('state/vms/0000000a/vm.json')) as object;
    const path = 'state/vms/0000000a/vm.json';
    await medium.write(path, JSON.stringify({ ...record, memory: 'much' }));
    const error = await containerRefusalOf(() => state.get('0000000a'), 'ERR_CONTAINER_STATE_CORRUPT');
    expect(error.message).toMatch(
      /^Cannot understand the record of the machine 0000000a in ".*vm\.json\.corrupt-.*": memory must be a whole number from 1, not "much"$/,
    );
    await state.put(machine());
    await medium.write('state/vms/0000000a/vm.json', JSON.stringify({ ...record, id: '0000000b' }));
    await expect(state.get('0000000a')).rejects.toThrow(
      'id must be "0000000a", as its directory is called, not "0000000b"',
    );
  });

  it('State leaves the record of a newer program where it is, and does not write over it', async () => {
    const medium = new MemoryMedium();
    const { state } = await open({ medium });
    await state.put(machine());
    const path = 'state/vms/0000000a/vm.json';
    await medium.write(path, '{"version":2,"machine":{}}');
    const look = (): Promise<unknown> => state.get('0000000a');
    expect(await containerRefusalOf(look, 'ERR_CONTAINER_STATE_CORRUPT')).toMatchObject({
      path,
      hint: 'A newer version of the program wrote it: use that one.',
    });
    await containerRefusalOf(() => state.put(machine()), 'ERR_CONTAINER_STATE_CORRUPT');
    await containerRefusalOf(() => state.update('0000000a', (current) => current), 'ERR_CONTAINER_STATE_CORRUPT');
    expect(await medium.read(path)).toBe('{"version":2,"machine":{}}');
    await state.remove('0000000a');
    expect(await state.list()).toEqual([]);
  });

  it('State.remove leaves a machine as it is where the check throws', async () => {
    const { state } = await open();
    await state.put(machine());
    const { id, name } = machine();
    const refusal = new Error('not now');
    const check = (current: Container): void => {
      if (current.name === name) throw refusal;
    };
    expect(await state.remove(id, { check }).catch((error: unknown) => error)).toBe(refusal);
    expect((await state.find(name)).id).toBe(id);
    await state.remove(id, { check: () => undefined });
    await containerRefusalOf(() => state.get(id), 'ERR_CONTAINER_NOT_FOUND');
  });

  it('State.remove takes away what cannot be understood, with its name', async () => {
    const { dir, options } = onDisk();
    const { state } = await open(options);
    await state.put(machine());
    rmSync(join(dir, 'vms/0000000a/vm.json'));
    mkdirSync(join(dir, 'vms/0000000a/vm.json'));
    expect(await state.list()).toEqual([]);
    await state.remove('0000000a');
    expect([readdirSync(join(dir, 'vms')), readdirSync(join(dir, 'names'))]).toEqual([[], []]);
  });

  it('State is not broken by anything that stands in its directories', async () => {
    const { dir, options } = onDisk();
    const { state, problems } = await open(options);
    await state.put(machine());
    mkdirSync(join(dir, 'vms/not-a-machine'));
    writeFileSync(join(dir, 'vms/0000000b'), 'a file');
    symlinkSync('/etc', join(dir, 'vms/0000000c'));
    writeFileSync(join(dir, 'names/junk'), Buffer.from([0xff, 0xfe]));
    writeFileSync(join(dir, 'names/half'), '{"id":');
    mkdirSync(join(dir, 'names/folder'));
    expect([ids(await state.list()), problems]).toEqual([['0000000a'], []]);
    symlinkSync('nowhere', join(dir, 'names/dangling'));
    symlinkSync('circle', join(dir, 'names/circle'));
    await state.put(machine({ name: 'junk' }));
    await state.put(machine({ name: 'half' }));
    await state.put(machine({ name: 'dangling' }));
    await state.put(machine({ name: 'circle' }));
    await state.put(machine({ name: 'folder' }));
    await state.sweep();
    expect((await state.find('folder')).id).toBe('0000000a');
  });

  it('State.sweep removes what was half made by a program that is gone', async () => {
    const medium = new MemoryMedium();
    const { state } = await open({ medium });
    const id = await state.newId();
    await state.claimName('web', id);
    await medium.write(`${state.machineDir(id)}/disk.qcow2`, 'half');
    for (const name of [id, 'web']) {
      const claim = JSON.parse(await medium.read(`state/names/${name}`)) as { owner: object };
      const owner = { ...claim.owner, start_ticks: 1, boot_id: 'another' };
      await medium.write(`state/names/${name}`, JSON.stringify({ ...claim, owner }));
    }
    await medium.write('state/vms/0000000f/mine.txt', 'nobody said whose it is');
    await state.sweep();
    expect(await medium.exists(state.machineDir(id))).toBe(false);
    expect(await medium.list('state/names')).toEqual([]);
    expect(await medium.exists('state/vms/0000000f/mine.txt')).toBe(true);
  });

  it('State changes wholly or not at all wherever its program is killed, and the next one goes on', async () => {
    const steps: [what: string, step: (state: State) => Promise<unknown>, after: readonly string[]][] = [
      ['put anew', (state) => state.put(machine({ id: '0000000b', name: 'mail' })), ['web 1', 'mail 2']],
      ['put again', (state) => state.put(machine({ name: 'shop', cpus: 3 })), ['shop 3']],
      ['update', (state) => state.update('0000000a', (current) => ({ ...current, name: 'shop', cpus: 3 })), ['shop 3']],
      ['remove', (state) => state.remove('0000000a'), []],
    ];
    for (const [what, step, after] of steps) {
      for (const crash of ['before', 'after'] as const) {
        for (let nth = 1, crashed = true; crashed; nth += 1) {
          const inner = new MemoryMedium();
          await (await open({ medium: inner })).state.put(machine({ cpus: 1 }));
          const medium = faulty(inner, [{ nth, crash }]);
          const { state } = await open({ medium }).catch(() => ({ state: undefined }));
          if (state !== undefined) await step(state).catch(() => undefined);
          ({ crashed } = medium);
          const { state: next, problems } = await open({ medium: inner });
          const found = (await next.list()).map(({ name, cpus }) => `${name} ${String(name === 'mail' ? 2 : cpus)}`);
          expect([['web 1'], after]).toContainEqual(found);
          if (!crashed) expect([what, found]).toEqual([what, after]);
          await next.sweep();
          for (const { id, name } of await next.list()) expect((await next.find(name)).id).toBe(id);
          const shown = JSON.parse(await inner.read('state/containers.json')) as { containers: object };
          expect([Object.keys(shown.containers), problems]).toEqual([ids(await next.list()), []]);
        }
      }
    }
  });

  it('State tells of a full disk at any step, and has changed wholly or not at all', async () => {
    for (let nth = 1, isMet = true; isMet; nth += 1) {
      const inner = new MemoryMedium();
      await (await open({ medium: inner })).state.put(machine({ cpus: 1 }));
      const plan = ['write', 'lock', 'rename'].map((op) => ({ op: op as 'write', nth, error: 'ENOSPC' as const }));
      const medium = faulty(inner, plan);
      const { state, problems } = await open({ medium });
      const outcome = await state.put(machine({ name: 'shop', cpus: 3 })).then(
        () => 'done',
        (error: unknown) => (error as ContainerError).code,
      );
      isMet = medium.calls.filter(({ op }) => op === 'write').length >= nth;
      const [found] = await (await open({ medium: inner })).state.list();
      if (outcome === 'done') expect([found?.name, found?.cpus]).toEqual(['shop', 3]);
      else expect([outcome, found?.name, found?.cpus]).toEqual(['ERR_CONTAINER_STATE_UNWRITABLE', 'web', 1]);
      for (const { code } of problems) expect(code).toBe('ERR_CONTAINER_STATE_UNWRITABLE');
    }
  });

  it('State.update by many at once in one program comes one after the other', async () => {
    const { options } = onDisk();
    const states = await Promise.all([open(options), open(options), open(options)]);
    const [{ state }] = states;
    await state.put(machine({ memoryMb: 1 }));
    const more = (current: Container): Container => ({ ...current, memoryMb: current.memoryMb + 1 });
    await Promise.all(states.flatMap((each) => Array.from({ length: 10 }, () => each.state.update('0000000a', more))));
    expect((await state.get('0000000a')).memoryMb).toBe(31);
  });

  it('State.claimName gives a name to one of many that want it at once', async () => {
    const { options } = onDisk();
    const states = await Promise.all([open(options), open(options)]);
    const wanted = Array.from({ length: 5 }, (_, index) =>
      states.map(({ state }, half) => state.claimName('web', `000000${String(half)}${String(index)}`)),
    ).flat();
    const outcomes = await Promise.allSettled(wanted);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
