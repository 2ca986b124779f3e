import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, describe, expect, it, jest } from '@jest/globals';

import { localMedium } from '@core/io';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';

import { MachineControl } from '../../src/machine/machine-control.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { RealMachine } from './support/real-machine.ts';
import { tempDir } from './support/temp-dir.ts';
import { tinyGuest } from './support/tiny-guest.ts';

jest.setTimeout(60_000);
const withQemu = needs('qemu-system-x86_64');
const local = localMedium();
const service = new Service();

afterAll(async () => {
  await service.close();
});

const NETWORK = [
  '-netdev',
  'user,id=net0,hostfwd=tcp:127.0.0.1:0-:22',
  '-device',
  'virtio-net-pci,netdev=net0,romfile=',
];

/** The record of a machine that runs nowhere. */
const nowhere = { id: '0000000a', uuid: 'u', pid: 0 };

describe('Good', () => {
  withQemu('status attaches to a machine that another program started', async () => {
    const machine = new RealMachine();
    const { record } = await machine.start();
    const control = new MachineControl({ ...record }, machine.paths, { control: 'qmp' });
    expect(await control.status()).toBe('running');
    await control.quit();
    await control.waitForExit();
    expect(await control.status()).toBe('ended');
  });

  withQemu('forwardedPorts is asked by any number of programs at once, each in its turn', async () => {
    const machine = new RealMachine(['-machine', 'q35', '-m', '16', ...NETWORK]);
    const { record } = await machine.start();
    const asked = Array.from({ length: 20 }, () => new MachineControl(record, machine.paths, { control: 'qmp' }));
    const answers = await Promise.all(asked.map((control) => control.forwardedPorts()));
    expect(new Set(answers.map((ports) => JSON.stringify(ports))).size).toBe(1);
  });

  withQemu('console is the serial console, both ways, and the log has all of it', async () => {
    const machine = new RealMachine(await tinyGuest());
    const control = await machine.start();
    await machine.ready();
    const console_ = await control.console();
    let shown = '';
    for (const key of '12') {
      console_.write('x');
      while (!shown.includes(key)) shown += ((await once(console_, 'data')) as [Buffer])[0].toString();
    }
    expect(shown.trim()).toBe('12');
    await machine.ready('12');
    const ended = once(console_, 'close');
    await control.quit();
    await ended;
  });

  withQemu('forwardedPorts tells the ports that were given, and those that are added while it runs', async () => {
    const machine = new RealMachine(['-machine', 'q35', '-m', '16', ...NETWORK]);
    const control = await machine.start();
    const [ssh] = await control.forwardedPorts();
    expect(ssh).toMatchObject({ address: '127.0.0.1', guest: 22 });
    const web = await control.addForward({ host: 0, guest: 80 });
    expect(web).toMatchObject({ address: '127.0.0.1', guest: 80 });
    expect(await control.forwardedPorts()).toEqual(expect.arrayContaining([ssh, web]));
    const socket = connect(web.host, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    expect([await control.removeForward(web), await control.removeForward(web)]).toEqual([true, false]);
    expect(await control.forwardedPorts()).toEqual([ssh]);
  });

  withQemu('stats tells what the hypervisor, the disks and the balloon use', async () => {
    const machine = new RealMachine([...(await tinyGuest()), '-device', 'virtio-balloon-pci,id=balloon0']);
    const control = await machine.start();
    await machine.ready();
    const first = await control.stats();
    expect(first).toMatchObject({ balloonBytes: 16 * 1024 * 1024, guestMemory: undefined });
    expect(first.disks).toEqual([expect.objectContaining({ name: expect.any(String) as unknown, writtenBytes: 0 })]);
    expect(first.disks[0]?.readBytes).toBeGreaterThanOrEqual(512);
    expect(first.memoryBytes).toBeGreaterThan(1_000_000);
    expect(first.cpuTimeMs).toBeGreaterThan(0);
    const second = await control.stats();
    expect(second.uptimeMs).toBeGreaterThanOrEqual(first.uptimeMs ?? Infinity);
    expect(second.cpuTimeMs).toBeGreaterThanOrEqual(first.cpuTimeMs ?? Infinity);
    // the driver of the guest is not there: nothing is known of its memory, and that is no failure
    expect(second.guestMemory).toBeUndefined();
  });

  withQemu('exitReason tells a reset, a panic, a signal and SIGKILL apart', async () => {
    type Act = (control: MachineControl, machine: RealMachine) => unknown;
    const reasonAfter = async (boot: readonly string[] | undefined, act: Act): Promise<string> => {
      const machine = new RealMachine(boot);
      const control = await machine.start();
      await act(control, machine);
      return (await control.waitForExit()).reason;
    };
    const guest = [...(await tinyGuest()), '-device', 'pvpanic'];
    const type =
      (key: string): Act =>
      async (control, machine) => {
        await machine.ready();
        (await control.console()).write(key);
      };
    expect(await reasonAfter(guest, type('r'))).toBe('guest-reset');
    expect(await reasonAfter(guest, type('p'))).toBe('guest-panic');
    expect(await reasonAfter(undefined, ({ record }) => process.kill(record.pid, 'SIGTERM'))).toBe('host-signal');
    expect(await reasonAfter(undefined, ({ record }) => process.kill(record.pid, 'SIGKILL'))).toBe('killed');
  });
});

describe('Bad', () => {
  it('MachineControl refuses to measure what does not run, and to speak to nobody', async () => {
    const control = new MachineControl(nowhere, machinePaths(tempDir(), nowhere.id), { control: 'qmp' });
    expect(await control.status()).toBe('ended');
    await containerRefusalOf(() => control.stats(), 'ERR_CONTAINER_NOT_RUNNING');
    for (const call of ['console', 'forwardedPorts', 'powerDown', 'quit', 'suspend', 'recover'] as const) {
      const error = await containerRefusalOf(() => control[call](), 'ERR_CONTAINER_CONTROL_FAILED');
      expect(error.message).toMatch(/^Cannot control machine "0000000a": nothing listens on its control socket$/);
    }
  });

  withQemu('addForward refuses wrong ports and addresses before anything, and ports that are taken', async () => {
    const machine = new RealMachine(['-machine', 'q35', '-m', '16', ...NETWORK]);
    const control = await machine.start();
    await expect(control.addForward({ host: -1, guest: 80 })).rejects.toThrow(RangeError);
    await expect(control.addForward({ host: 0, guest: 0 })).rejects.toThrow(/^guest must be a port from 1 to 65535/);
    await expect(control.addForward({ host: 0, guest: 80, address: '::' })).rejects.toThrow(TypeError);
    await expect(control.removeForward({ host: 1.5 })).rejects.toThrow(RangeError);
    const [ssh] = await control.forwardedPorts();
    const taken = { host: ssh?.host ?? 0, guest: 80 };
    const error = await containerRefusalOf(() => control.addForward(taken), 'ERR_CONTAINER_PORT_IN_USE');
    expect(error.output).toContain('Could not set up host forwarding rule');
  });
});

describe('Ugly', () => {
  it('exitReason makes the best of what is left: words, nothing, events that are cut, an earlier boot', async () => {
    const paths = machinePaths(tempDir(), nowhere.id);
    await local.ensureDir(paths.dir);
    const reason = (bootId: string | undefined): Promise<unknown> => {
      const record = { ...nowhere, pid: 1, identity: { writtenAtMs: 0, bootId } };
      return new MachineControl(record, paths, { control: 'qmp' }).exitReason();
    };
    expect(await reason('earlier')).toEqual({ reason: 'host-restarted', words: '' });
    expect(await reason(undefined)).toEqual({ reason: 'killed', words: '' });
    await local.write(paths.stderr, 'qemu: assertion failed\n');
    expect(await reason(undefined)).toEqual({ reason: 'crashed', words: 'qemu: assertion failed' });
    const shutdown = (data: string): string => `{"event": "SHUTDOWN", "data": ${data}}\n`;
    await local.write(paths.events, `nonsense\n${shutdown('{"reason": "guest-shutdown"}')}{"event": "SHUT`);
    expect(await reason('earlier')).toMatchObject({ reason: 'guest-shutdown' });
    await local.write(paths.events, shutdown('{"guest": true}'));
    expect(await reason('earlier')).toMatchObject({ reason: 'ended' });
    await local.write(paths.events, shutdown('{"reason": "guest-reset"}'));
    await local.write(paths.log, `${'x'.repeat(100_000)}\r\n[    1.0] Kernel panic - not syncing: no init\r\n`);
    expect(await reason('earlier')).toMatchObject({ reason: 'guest-panic' });
  });

  it('console rejects with the reason of a signal', async () => {
    const control = new MachineControl(nowhere, machinePaths(tempDir(), nowhere.id), { control: 'qmp' });
    const reason = new Error('enough');
    await expect(control.console({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
