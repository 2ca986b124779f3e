import { MemoryMedium, readonly } from '@core/io';
import { faulty } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { ContainerError } from '../../src/errors.ts';
import { State } from '../../src/state/state.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { machine } from './support/machine.ts';

const OLD = {
  ...{ id: '1a2b3c4d', name: 'web', image: '/images/web.qcow2', status: 'stopped', pid: 0, memory: 512, cpus: 2 },
  ...{ started_at: '2024-05-06T07:08:09.123456789+02:00', ports: { 8080: 80, 2200: 22 } },
};

async function opened(
  content: unknown,
  medium: MemoryMedium = new MemoryMedium(),
): Promise<{ state: State; medium: MemoryMedium; problems: ContainerError[] }> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await medium.write('state/containers.json', text);
  const problems: ContainerError[] = [];
  const state = await State.open({ medium, stateDir: 'state', onProblem: (problem) => problems.push(problem) });
  return { state, medium, problems };
}

const names = async (state: State): Promise<string[]> => (await state.list()).map(({ id, name }) => `${id} ${name}`);

describe('Good', () => {
  it('State.open imports a containers.json without directories of machines, and keeps a copy', async () => {
    const { state, medium, problems } = await opened({ containers: { '1a2b3c4d': OLD } });
    const [container] = await state.list();
    expect(container).toMatchObject({ id: '1a2b3c4d', name: 'web', image: '/images/web.qcow2', format: 'qcow2' });
    expect(container).toMatchObject({ status: 'stopped', memoryMb: 512, cpus: 2, ports: { 8080: 80, 2200: 22 } });
    expect(container).toMatchObject({ sshPort: 2200, startedAt: new Date('2024-05-06T05:08:09.123Z') });
    expect(container?.identity).toBeUndefined();
    expect((await state.find('web')).id).toBe('1a2b3c4d');
    const files = (await medium.list('state')).map(({ name }) => name);
    const kept = expect.stringMatching(/^containers\.imported-\d{4}-[\dT.-]+Z\.json$/);
    expect(files).toEqual([kept, 'containers.json', 'names', 'vms']);
    expect(JSON.parse(await medium.read(`state/${files[0] ?? ''}`))).toEqual({ containers: { '1a2b3c4d': OLD } });
    expect(JSON.parse(await medium.read('state/containers.json'))).toMatchObject({ version: 1 });
    expect(problems).toEqual([]);
  });

  it("State.open understands an object by id, a list, and today's own form", async () => {
    const { id, ...rest } = OLD;
    const forms = [
      { [id]: OLD },
      { [id]: rest },
      [OLD],
      { containers: [OLD] },
      { version: 1, containers: { [id]: OLD } },
      { version: 1, containers: [OLD] },
    ];
    for (const form of forms) {
      const { state } = await opened(form);
      expect(await names(state)).toEqual(['1a2b3c4d web']);
    }
    for (const empty of [{}, [], { containers: null }, { version: 1, containers: {} }]) {
      const { state, problems } = await opened(empty);
      expect([await names(state), problems]).toEqual([[], []]);
    }
  });

  it('State.open imports once: what is removed stays so', async () => {
    const { state, medium } = await opened([OLD]);
    await state.remove('1a2b3c4d');
    const again = await opened([OLD], medium);
    expect(await names(again.state)).toEqual([]);
  });

  it('State.open fills in what an old entry does not say, and gives one of two the name that both have', async () => {
    const { state, problems } = await opened([
      { image: 'dev.iso', name: 'not a name!', ports: ['8080:80'], memory: '2048', pid: 77, status: 'running' },
      { id: 'aaaaaaaa', name: 'web', image: '/x/linuxkit-kernel', memory: 0, cpus: -1, started_at: 'then' },
      { id: 'bbbbbbbb', name: 'web', image: '/x/disk.img' },
      { id: 'cccccccc' },
      'junk',
      { id: 'dddddddd', image: '/x.iso', ports: { 99999: 1 } },
    ]);
    const found = new Map((await state.list()).map((each) => [each.image, each]));
    const first = found.get('dev.iso');
    expect(first).toMatchObject({ format: 'iso', ports: { 8080: 80 }, memoryMb: 2048, pid: 77, status: 'running' });
    expect([first?.name, first?.sshPort, typeof first?.identity?.writtenAtMs]).toEqual([first?.id, 2222, 'number']);
    expect(found.get('/x/linuxkit-kernel')).toMatchObject({ name: 'web', format: 'kernel', memoryMb: 1024, cpus: 1 });
    expect(found.get('/x/disk.img')).toMatchObject({ name: 'bbbbbbbb', format: 'raw' });
    expect(found.size).toBe(3);
    expect(problems.map(({ message }) => message)).toEqual([
      'Cannot import the machines of "state/containers.json": its entry "3" cannot be used: container.image must be a path, not ""',
      'Cannot import the machines of "state/containers.json": its entry "4" cannot be used: it is no object',
      'Cannot import the machines of "state/containers.json": its entry "5" cannot be used: container.ports.99999 must be a whole number from 1 to 65535, not 99999',
    ]);
  });

  it('State.importState puts what is not there, and leaves alone what is', async () => {
    const medium = new MemoryMedium();
    const state = await State.open({ medium, stateDir: 'state' });
    await state.put(machine({ id: '1a2b3c4d', name: 'mine' }));
    const imported = await state.importState({
      containers: { '1a2b3c4d': OLD, '2b3c4d5e': { ...OLD, id: '2b3c4d5e' } },
    });
    expect(imported.map(({ id, name }) => `${id} ${name}`)).toEqual(['2b3c4d5e web']);
    expect((await state.get('1a2b3c4d')).name).toBe('mine');
    expect(await state.importState()).toEqual([]);
    const other = await State.open({ medium, stateDir: 'other' });
    await other.importState(await medium.read('state/containers.json'));
    expect((await names(other)).sort()).toEqual((await names(state)).sort());
  });
});

describe('Bad', () => {
  it('State.importState refuses what tells of no machines', async () => {
    const state = await State.open({ medium: new MemoryMedium(), stateDir: 'state' });
    for (const source of ['', '{"containers":', '7', 7, true, { containers: 'none' }]) {
      const error = await containerRefusalOf(() => state.importState(source), 'ERR_CONTAINER_STATE_CORRUPT');
      expect(error.message).toMatch(/^Cannot import the machines of "state\/containers.json": it is /);
    }
    expect(await state.list()).toEqual([]);
  });

  it('State.importState tells where the file cannot be read', async () => {
    const medium = new MemoryMedium();
    const state = await State.open({ medium, stateDir: 'state' });
    await medium.delete('state/containers.json');
    await containerRefusalOf(() => state.importState(), 'ERR_CONTAINER_STATE_UNREADABLE');
  });
});

describe('Ugly', () => {
  it('State.open is not kept from its work by a containers.json that is broken, and keeps it', async () => {
    const { state, medium, problems } = await opened('{"containers":{"1a2b');
    expect([await names(state), problems.map(({ code }) => code)]).toEqual([[], ['ERR_CONTAINER_STATE_CORRUPT']]);
    const [kept] = await medium.list('state');
    expect(await medium.read(kept?.path ?? '')).toBe('{"containers":{"1a2b');
    await state.put(machine());
    expect(await names(state)).toEqual(['0000000a web']);
  });

  it('State.open imports to the end wherever another one was killed', async () => {
    const both = { '1a2b3c4d': OLD, '2b3c4d5e': { ...OLD, id: '2b3c4d5e', name: 'mail' } };
    for (const crash of ['before', 'after'] as const) {
      for (let nth = 1, crashed = true; crashed; nth += 1) {
        const inner = new MemoryMedium({ 'state/containers.json': JSON.stringify({ containers: both }) });
        const medium = faulty(inner, [{ nth, crash }]);
        await State.open({ medium, stateDir: 'state' }).catch(() => undefined);
        ({ crashed } = medium);
        const state = await State.open({ medium: inner, stateDir: 'state' });
        expect((await names(state)).sort()).toEqual(['1a2b3c4d web', '2b3c4d5e mail']);
        expect(await inner.exists('state/containers.importing.json')).toBe(false);
      }
    }
  });

  it('State.open by several at once imports each machine once', async () => {
    const medium = new MemoryMedium({ 'state/containers.json': JSON.stringify([OLD]) });
    const states = await Promise.all(Array.from({ length: 5 }, () => State.open({ medium, stateDir: 'state' })));
    for (const state of states) expect(await names(state)).toEqual(['1a2b3c4d web']);
    expect((await medium.list('state')).filter(({ name }) => name.includes('import'))).toHaveLength(1);
  });

  it('State.open leaves an old file alone that it can only read', async () => {
    const medium = new MemoryMedium({ 'state/containers.json': JSON.stringify([OLD]) });
    const problems: string[] = [];
    const onProblem = ({ code }: ContainerError): number => problems.push(code);
    const state = await State.open({ medium: readonly(medium), stateDir: 'state', onProblem });
    expect([await state.list(), problems]).toEqual([[], ['ERR_CONTAINER_STATE_UNWRITABLE']]);
    expect(await medium.read('state/containers.json')).toBe(JSON.stringify([OLD]));
  });

  it('State.importState takes any JSON without another fault than its own', async () => {
    const state = await State.open({ medium: new MemoryMedium(), stateDir: 'state' });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (source) => {
        const outcome = await state.importState(source).catch((error: unknown) => (error as ContainerError).code);
        expect(Array.isArray(outcome) || outcome === 'ERR_CONTAINER_STATE_CORRUPT' || source === null).toBe(true);
      }),
    );
  });
});
