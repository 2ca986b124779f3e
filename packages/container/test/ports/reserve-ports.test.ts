import { once } from 'node:events';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { localMedium, type Medium, MemoryMedium, readonly } from '@core/io';
import { processRecordOf } from '@core/process/daemon';
import { needs } from '@core/tooling/needs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { reservePorts, type PortReservation, type ReservePortsOptions } from '../../src/ports/reserve-ports.ts';
import { State } from '../../src/state/state.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { Child } from '../state/support/child.ts';
import { machine } from '../state/support/machine.ts';
import { tempDir } from '../state/support/temp-dir.ts';

jest.setTimeout(60_000); // programs are started, on a machine that may be busy

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A port that another program listens on. */
async function listening(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Desk {
  readonly reserve: (
    id: string,
    hosts: readonly number[],
    more?: Partial<ReservePortsOptions>,
  ) => Promise<PortReservation>;
  readonly refusal: (id: string, hosts: readonly number[]) => Promise<string>;
}

function desk(medium: Medium = new MemoryMedium(), stateDir = 'state'): Desk {
  const reserve: Desk['reserve'] = (id, hosts, more) =>
    reservePorts({
      ...{ medium, stateDir, bindAddress: '127.0.0.1', id },
      ports: hosts.map((host, index) => ({ host, guest: index + 1 })),
      ...more,
    });
  const refusal: Desk['refusal'] = async (id, hosts) =>
    (await containerRefusalOf(() => reserve(id, hosts), 'ERR_CONTAINER_PORT_IN_USE')).message;
  return { reserve, refusal };
}

const A = '0000000a';
const B = '0000000b';

describe('Good', () => {
  it('reservePorts gives the ports that were asked for, and free ones for 0, in the order of the request', async () => {
    const { reserve } = desk();
    const [free] = (await reserve(B, [0])).ports;
    const { ports } = await reserve(A, [0, 30_817, 0]);
    expect(ports.map(({ guest }) => guest)).toEqual([1, 2, 3]);
    expect(ports[1]?.host).toBe(30_817);
    const hosts = ports.map(({ host }) => host);
    expect(new Set([...hosts, free?.host]).size).toBe(4);
    for (const host of [hosts[0], hosts[2], free?.host]) {
      expect(host).toBeGreaterThanOrEqual(20_000);
      expect(host).toBeLessThan(30_000);
    }
    expect((await reserve(A, [])).ports).toEqual([]);
  });

  it('reservePorts gives a port to the next one when it was given back', async () => {
    const medium = new MemoryMedium();
    const { reserve } = desk(medium);
    const first = await reserve(A, [30_817]);
    await first.release();
    const second = await reserve(B, [30_817]);
    await first.release(); // once is enough: it is not its own any more
    expect((await medium.list('state/ports')).map(({ name }) => name)).toEqual(['30817']);
    await second.release();
    expect(await medium.list('state/ports')).toEqual([]);
  });

  it('reservePorts gives a machine the port that it has, and the older reservation is of no account', async () => {
    const medium = new MemoryMedium();
    const { reserve, refusal } = desk(medium);
    const before = await reserve(A, [30_817]);
    await reserve(A, [30_817]);
    await before.release();
    expect(await refusal(B, [30_817])).toBe('Cannot forward port 30817: the machine 0000000a has it');
  });

  it('PortReservation.handOver leaves the ports to the machine as long as its process runs', async () => {
    const dir = tempDir();
    const state = await State.open({ medium: localMedium(), stateDir: dir });
    const { reserve, refusal } = desk(localMedium(), dir);
    const program = new Child('ports/fixtures/ports.mjs', dir);
    const hypervisor = new Child('ports/fixtures/ports.mjs', dir);
    expect(await program.ask('reserve', A, 30_817)).toEqual([30_817]);
    await hypervisor.ask('listen');
    const identity = { writtenAtMs: Date.now(), ...(await processRecordOf(hypervisor.pid)) };
    await state.put(machine({ pid: hypervisor.pid, identity }));
    await program.ask('handOver', A);
    await program.end();
    expect(await refusal(B, [30_817])).toBe('Cannot forward port 30817: the machine "web" (0000000a) has it');
    await hypervisor.end();
    expect((await reserve(B, [30_817])).ports).toEqual([{ host: 30_817, guest: 1 }]);
  });

  it('PortReservation.handOver frees the ports also while the program runs on, once the machine has ended', async () => {
    const dir = tempDir();
    const state = await State.open({ medium: localMedium(), stateDir: dir });
    const { reserve, refusal } = desk(localMedium(), dir);
    const identity = { writtenAtMs: Date.now(), ...(await processRecordOf(process.pid)) };
    await state.put(machine({ pid: process.pid, identity }));
    const reservation = await reserve(A, [30_817]);
    await reservation.handOver();
    await refusal(B, [30_817]);
    await state.update(A, (current) => ({ ...current, status: 'stopped', pid: 0 }));
    await reserve(B, [30_817]);
    await reservation.release();
    expect(await refusal(A, [30_817])).toBe('Cannot forward port 30817: the machine 0000000b has it');
  });
});

describe('Bad', () => {
  it('reservePorts refuses a port that another machine or another program has, and says which', async () => {
    const { reserve, refusal } = desk();
    const [taken] = (await reserve(A, [0])).ports;
    const port = String(taken?.host);
    expect(await refusal(B, [taken?.host ?? 0])).toBe(`Cannot forward port ${port}: the machine 0000000a has it`);
    const busy = await listening();
    expect(await refusal(B, [busy])).toBe(
      `Cannot forward port ${String(busy)}: another program listens on 127.0.0.1:${String(busy)}`,
    );
  });

  it('reservePorts reserves all or none', async () => {
    const medium = new MemoryMedium();
    const { reserve } = desk(medium);
    const busy = await listening();
    await containerRefusalOf(() => reserve(A, [30_817, 0, busy]), 'ERR_CONTAINER_PORT_IN_USE');
    expect(await medium.list('state/ports')).toEqual([]);
  });

  it('reservePorts refuses what is no port, twice the same, no address and no id, before anything happens', async () => {
    const medium = new MemoryMedium();
    const { reserve } = desk(medium);
    for (const port of [-1, 65_536, 1.5, Number.NaN, '80' as unknown as number]) {
      await expect(reserve(A, [port])).rejects.toThrow(/^host port must be a whole number from 0 to 65535, not /);
    }
    await expect(reserve(A, [80, 81, 80])).rejects.toThrow(
      new RangeError('host port 80 must be forwarded once, not twice'),
    );
    await expect(reserve(A, [0], { ports: [{ host: 0, guest: 0 }] })).rejects.toThrow('guest port must be');
    await expect(reserve(A, [0], { bindAddress: 'localhost' })).rejects.toThrow(
      new TypeError('bindAddress must be an IP address, not "localhost"'),
    );
    await expect(reserve('web', [0])).rejects.toThrow(TypeError);
    expect(await medium.list('')).toEqual([]);
  });

  it('reservePorts tells where the system refuses, and where the state cannot be written', async () => {
    const elsewhere = { bindAddress: '192.0.2.1' }; // of no machine: RFC 5737
    const { reserve } = desk();
    const error = await containerRefusalOf(() => reserve(A, [30_817], elsewhere), 'ERR_CONTAINER_PORT_REFUSED');
    expect(error.message).toBe('Cannot forward port 30817 of 192.0.2.1: this machine does not have the address');
    await containerRefusalOf(() => reserve(A, [0], elsewhere), 'ERR_CONTAINER_PORT_REFUSED');
    const fixed = desk(readonly(new MemoryMedium()));
    await containerRefusalOf(() => fixed.reserve(A, [0]), 'ERR_CONTAINER_STATE_UNWRITABLE');
  });

  it('reservePorts rejects with the reason of a signal, and has reserved nothing', async () => {
    const medium = new MemoryMedium();
    const reason = new Error('enough');
    await expect(desk(medium).reserve(A, [0], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await medium.list('')).toEqual([]);
  });
});

describe('Ugly', () => {
  it('reservePorts gives 40 machines of 2 programs that start at once 40 different ports', async () => {
    const dir = tempDir();
    const programs = [new Child('ports/fixtures/ports.mjs', dir), new Child('ports/fixtures/ports.mjs', dir)];
    const answers = await Promise.all(programs.map((program, index) => program.ask('many', index * 100, 20)));
    const ports = (answers as number[][]).flat();
    expect([ports.length, new Set(ports).size]).toEqual([40, 40]);
    for (const [index, program] of programs.entries()) {
      expect(await program.ask('listen', ...((answers[index] ?? []) as number[]))).toBe('done');
    }
  });

  it('reservePorts gives one of many that want the same port at once that port', async () => {
    const dir = tempDir();
    const programs = Array.from({ length: 4 }, () => new Child('ports/fixtures/ports.mjs', dir));
    const answers = await Promise.all(
      programs.map((program, index) => program.ask('reserve', `0000000${String(index)}`, 30_817)),
    );
    expect(answers.filter((answer) => answer === 'ERR_CONTAINER_PORT_IN_USE')).toHaveLength(3);
    expect(answers.filter((answer) => Array.isArray(answer))).toEqual([[30_817]]);
  });

  it('reservePorts takes the ports of programs that were killed, whoever comes first', async () => {
    const dir = tempDir();
    const program = new Child('ports/fixtures/ports.mjs', dir);
    await program.ask('reserve', A, 30_817, 30_818);
    await program.end();
    const { reserve } = desk(localMedium(), dir);
    const outcomes = await Promise.allSettled(
      ['1', '2', '3', '4'].map((digit) => reserve(`0000000${digit}`, [30_817, 30_818])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  needs('linux')(
    'reservePorts leaves its ports to a machine that runs, also where its program was killed before it handed over',
    async () => {
      const dir = tempDir();
      const state = await State.open({ medium: localMedium(), stateDir: dir });
      const program = new Child('ports/fixtures/ports.mjs', dir);
      await program.ask('reserve', A, 30_817);
      const identity = { writtenAtMs: Date.now(), ...(await processRecordOf(process.pid)) };
      await state.put(machine({ pid: process.pid, identity }));
      await program.end();
      const { refusal, reserve } = desk(localMedium(), dir);
      expect(await refusal(B, [30_817])).toBe('Cannot forward port 30817: the machine "web" (0000000a) has it');
      await state.update(A, (current) => ({ ...current, identity: { ...identity, startTicks: 1 } })); // its number was given again
      expect((await reserve(B, [30_817])).ports).toEqual([{ host: 30_817, guest: 1 }]);
    },
  );

  it('State.sweep removes the reservations of programs that are gone, and no others', async () => {
    const dir = tempDir();
    const program = new Child('ports/fixtures/ports.mjs', dir);
    await program.ask('reserve', A, 30_817, 30_818);
    await program.end();
    await desk(localMedium(), dir).reserve(B, [30_819]);
    writeFileSync(join(dir, 'ports/mine.txt'), 'kept');
    await (await State.open({ medium: localMedium(), stateDir: dir })).sweep();
    expect(readdirSync(join(dir, 'ports'))).toEqual(['30819', 'mine.txt']);
  });

  it('reservePorts is not broken by files that are no reservations', async () => {
    const dir = tempDir();
    const { reserve } = desk(localMedium(), dir);
    await (await reserve(A, [30_817])).release();
    writeFileSync(join(dir, 'ports/30817'), '{"id":');
    writeFileSync(join(dir, 'ports/30818'), Buffer.from([0xff]));
    writeFileSync(join(dir, 'ports/30819'), '');
    symlinkSync('nowhere', join(dir, 'ports/30820'));
    symlinkSync('30821', join(dir, 'ports/30821'));
    await reserve(A, [30_817, 30_818, 30_819, 30_820, 30_821]);
    expect(readdirSync(join(dir, 'ports'))).toEqual(['30817', '30818', '30819', '30820', '30821']);
  });
});
