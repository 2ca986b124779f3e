import { randomUUID } from 'node:crypto';

import { describe, expect, it, jest } from '@jest/globals';

import { localMedium, MemoryMedium } from '@core/io';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';

import { beginEvents } from '../../src/machine/event-log.ts';
import { MachineControl } from '../../src/machine/machine-control.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { identityOf, isHeld, type MachineRecord } from '../../src/machine/machine-process.ts';
import { QmpClient } from '../../src/qmp/qmp-client.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { RealMachine } from './support/real-machine.ts';
import { ScriptedQmp } from '../qmp/support/scripted-qmp.ts';
import { tempDir } from './support/temp-dir.ts';
import { tinyGuest } from './support/tiny-guest.ts';

jest.setTimeout(60_000);
const withQemu = needs('qemu-system-x86_64');
const local = localMedium();

/** A machine whose guest is up. */
async function running(
  ...guest: Parameters<typeof tinyGuest>
): Promise<{ control: MachineControl; machine: RealMachine }> {
  const machine = new RealMachine(await tinyGuest(...guest));
  const control = await machine.start();
  await machine.ready();
  return { control, machine };
}

/** A process of any kind in the place of a hypervisor. */
async function stranger(service: Service, script: string): Promise<MachineRecord> {
  const child = await service.start('sh', ['-c', script]);
  await child.lines().next(); // it is up
  const pid = child.pid ?? 0;
  return { id: '0000000a', uuid: randomUUID(), pid, identity: await identityOf(pid) };
}

describe('Good', () => {
  withQemu('stopLadder presses the power button, and tells that the guest heeded it', async () => {
    const { control, machine } = await running();
    expect(await control.stopLadder()).toEqual({ by: 'guest', reason: 'guest-shutdown', words: '' });
    expect(await control.status()).toBe('ended');
    expect(await machine.files()).toEqual(['console.log', 'events.jsonl', 'hypervisor.log']);
  });

  withQemu('stopLadder has the hypervisor quit whose guest is deaf, once its time is over', async () => {
    const { control } = await running({ deaf: true });
    expect(await control.stopLadder({ timeoutMs: 50 })).toEqual({ by: 'quit', reason: 'host-qmp-quit', words: '' });
  });

  withQemu('stopLadder sets a guest in motion that stands still, and then asks it', async () => {
    const { control, machine } = await running();
    const client = await QmpClient.connect(machine.paths.control, machine);
    await client.execute('stop');
    await client.close();
    expect(await control.status()).toBe('paused');
    expect(await control.stopLadder()).toMatchObject({ by: 'guest', reason: 'guest-shutdown' });
  });

  withQemu('stopLadder gives a result for a machine that has ended before', async () => {
    const { control } = await running();
    await control.quit();
    await control.waitForExit();
    expect(await control.stopLadder()).toEqual({ by: 'before', reason: 'host-qmp-quit', words: '' });
  });

  withQemu('kill ends it at once, and waitForExit hears of it', async () => {
    const { control } = await running();
    const waiting = control.waitForExit();
    expect(await control.kill()).toEqual({ reason: 'killed', words: '' });
    expect(await waiting).toEqual({ reason: 'killed', words: '' });
    expect(await control.kill()).toEqual({ reason: 'killed', words: '' });
  });
});

describe('Bad', () => {
  it('stopLadder, kill and the rest reject with the reason of a signal', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const control = new MachineControl(record, machinePaths(tempDir(), record.id), { control: 'qmp' });
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    for (const call of ['stopLadder', 'kill', 'waitForExit', 'stats', 'suspend', 'recover', 'powerDown'] as const) {
      await expect(control[call]({ signal })).rejects.toBe(reason);
    }
    expect(await control.isAlive()).toBe(true);
  });

  withQemu('stopLadder rejects with the reason of a signal while the guest has its time', async () => {
    const { control, machine } = await running({ deaf: true });
    const controller = new AbortController();
    const stopping = control.stopLadder({ signal: controller.signal });
    const noted = expect(stopping).rejects.toThrow('changed my mind');
    while (!(await local.read(machine.paths.events)).includes('POWERDOWN')) await new Promise(setImmediate);
    controller.abort(new Error('changed my mind'));
    await noted;
    expect(await control.status()).toBe('running');
  });
});

describe('Ugly', () => {
  withQemu('stopLadder lets a hypervisor go on that is held, and asks its guest', async () => {
    const { control, machine } = await running();
    const pid = Number(await local.read(machine.paths.pidFile));
    process.kill(pid, 'SIGSTOP');
    while (!(await isHeld(pid, local))) await new Promise(setImmediate);
    expect(await control.status()).toBe('unresponsive');
    expect(await control.stopLadder()).toMatchObject({ by: 'guest', reason: 'guest-shutdown' });
  });

  withQemu('stopLadder passes over the button where the guest has panicked', async () => {
    const machine = new RealMachine([...(await tinyGuest()), '-device', 'pvpanic', '-action', 'panic=pause']);
    const control = await machine.start();
    await machine.ready();
    (await control.console()).end('p');
    while ((await control.status()) !== 'guest-panicked') await new Promise(setImmediate);
    expect(await control.stopLadder()).toMatchObject({ by: 'quit', reason: 'guest-panic' });
    expect(await local.read(machine.paths.events)).not.toContain('POWERDOWN');
  });

  withQemu('stopLadder ends a hypervisor whose control socket somebody holds', async () => {
    const { control, machine } = await running({ deaf: true });
    await using holder = await QmpClient.connect(machine.paths.control, machine);
    expect(await control.stopLadder({ timeoutMs: 1 })).toMatchObject({ by: 'SIGTERM', reason: 'host-signal' });
    expect(holder.isClosed).toBe(true);
  });

  it('stopLadder asks a guest whose hypervisor did not answer at first', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const paths = machinePaths(tempDir(), record.id);
    await local.ensureDir(paths.dir);
    const status = { status: 'running', running: true, singlestep: false };
    const say = (id: number, value: object): string => `${JSON.stringify({ return: value, id })}\r\n`;
    let isBusy = true;
    await using qmp = await ScriptedQmp.listen(paths.control, {
      uuid: record.uuid,
      answers: {
        'query-status': (id) => {
          if (!isBusy) return say(id, status);
          isBusy = false;
          return undefined;
        },
        system_powerdown: (id) => {
          process.kill(record.pid, 'SIGKILL');
          return say(id, {});
        },
      },
    });
    const control = new MachineControl(record, paths, { control: 'qmp' });
    expect(await control.stopLadder()).toMatchObject({ by: 'guest' });
    expect(qmp.commands.filter((name) => name === 'query-status')).toHaveLength(2);
    expect(qmp.commands).not.toContain('quit');
  });

  it('waitForExit tells how a machine ended that is removed before it is looked at', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const paths = machinePaths(tempDir(), record.id);
    await local.ensureDir(paths.dir);
    await beginEvents(local, paths.events, { logStart: 0, fingerprint: '', reportsEvents: true });
    await local.write(paths.stderr, 'its last words');
    let tried = 0;
    const medium = localMedium();
    const openFile = medium.open.bind(medium);
    medium.open = (path, options) =>
      openFile(path, options).finally(() => {
        tried += 1;
      });
    const waiting = new MachineControl(record, paths, { control: 'qmp', medium }).waitForExit();
    while (tried < 3) await new Promise(setImmediate);
    const timestamp = { seconds: 1, microseconds: 0 };
    const shutdown = { timestamp, event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } };
    await local.append(paths.events, `${JSON.stringify(shutdown)}\n`);
    await local.deleteAll(paths.dir);
    process.kill(record.pid, 'SIGKILL');
    expect(await waiting).toEqual({ reason: 'guest-shutdown', words: 'its last words' });
  });

  it('stopLadder kills what answers nobody and ignores SIGTERM', async () => {
    await using service = new Service();
    const record = await stranger(service, 'trap "" TERM; echo up; while :; do sleep 1; done');
    const control = new MachineControl(record, machinePaths(tempDir(), record.id), { control: 'qmp' });
    expect(await control.stopLadder({ timeoutMs: 1 })).toMatchObject({ by: 'SIGKILL', reason: 'killed' });
  });

  it('stopLadder and kill end no process that was given the number of a machine', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const { identity } = record;
    for (const other of [{ startTicks: 1 }, { bootId: 'an earlier one' }]) {
      const former = { ...record, identity: { writtenAtMs: Date.now(), ...identity, ...other } };
      const control = new MachineControl(former, machinePaths(tempDir(), record.id), { control: 'qmp' });
      expect([await control.isAlive(), await control.status()]).toEqual([false, 'ended']);
      expect(await control.stopLadder()).toMatchObject({ by: 'before' });
      await control.kill();
    }
    expect(service.running()).toHaveLength(1);
  });

  it('stopLadder counts on the UUID of the command line where the system tells no start', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const weak = { ...record, identity: { writtenAtMs: Date.now() } };
    const paths = machinePaths(tempDir(), record.id);
    expect(await new MachineControl(weak, paths, { control: 'qmp' }).isAlive()).toBe(false);
    const child = await service.start('sh', ['-c', 'echo up; sleep 300; :', record.uuid]);
    const named = { ...weak, pid: child.pid ?? 0 };
    expect(await new MachineControl(named, paths, { control: 'qmp' }).isAlive()).toBe(true);
  });

  needs('ps')('stopLadder asks ps for the command line where there is no /proc', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const options = { control: 'qmp', medium: new MemoryMedium() } as const;
    const weak = { ...record, identity: { writtenAtMs: Date.now() } };
    const paths = machinePaths(tempDir(), record.id);
    expect(await new MachineControl(weak, paths, options).isAlive()).toBe(false);
    const child = await service.start('sh', ['-c', 'echo up; sleep 300; :', `unix://${paths.control}`]);
    await child.lines().next();
    expect(await new MachineControl({ ...weak, pid: child.pid ?? 0 }, paths, options).isAlive()).toBe(true);
  });

  it('stopLadder obeys nobody who says that it is another machine', async () => {
    await using service = new Service();
    const record = await stranger(service, 'echo up; exec sleep 300');
    const paths = machinePaths(tempDir(), record.id);
    await local.ensureDir(paths.dir);
    await using qmp = await ScriptedQmp.listen(paths.control, { uuid: randomUUID() });
    const control = new MachineControl(record, paths, { control: 'qmp' });
    await expect(control.powerDown()).rejects.toThrow(/that of the machine with the UUID/);
    const refusal = await containerRefusalOf(() => control.quit(), 'ERR_CONTAINER_CONTROL_FAILED');
    expect(refusal.path).toBe(paths.control);
    expect(qmp.commands).not.toContain('system_powerdown');
    expect(qmp.commands).not.toContain('quit');
  });
});
