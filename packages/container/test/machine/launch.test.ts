import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, jest } from '@jest/globals';

import { localMedium } from '@core/io';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';

import type { HypervisorCommand } from '../../src/hypervisors/hypervisor.ts';
import { launchMachine } from '../../src/machine/launch.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { RealMachine } from './support/real-machine.ts';
import { tempDir } from './support/temp-dir.ts';
import { emptyDisk, tinyGuest } from './support/tiny-guest.ts';

jest.setTimeout(60_000);
const withQemu = needs('qemu-system-x86_64');
const local = localMedium();

/** The numbers of all processes that were started with this word, as the whole system sees them. */
async function processesWith(word: string): Promise<number[]> {
  const found: number[] = [];
  for (const { name } of await local.list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await local.readBytes(`/proc/${name}/cmdline`).catch(() => new Uint8Array());
    if (Buffer.from(line).includes(word)) found.push(Number(name));
  }
  return found;
}

/** What starts a script in the place of a hypervisor. */
const script = (text: string, ...args: string[]): HypervisorCommand => ({
  ...{ command: 'sh', args: ['-c', text, 'sh', ...args], helpers: [] },
});

describe('Good', () => {
  withQemu('launchMachine starts a machine that has answered, and lets it outlive its service', async () => {
    const machine = new RealMachine(await tinyGuest(), join(tempDir(), 'a, b=c "d"'));
    await using service = new Service();
    const { id, uuid, paths } = machine;
    const launched = await launchMachine(machine.command(), paths, { id, uuid, service, control: 'qmp' });
    expect(launched.logStart).toBe(0);
    await service.close();
    const control = machine.attach({ id, uuid, ...launched });
    await machine.ready();
    expect(await control.status()).toBe('running');
    expect(await processesWith(uuid)).toEqual([launched.pid]);
    expect(await local.read(paths.pidFile)).toBe(`${String(launched.pid)}\n`);
    expect((await local.stat(paths.dir)).mode).toBe(0o700);
  });

  withQemu('launchMachine tells where the output of this run begins, and drops the words of the last', async () => {
    const machine = new RealMachine(await tinyGuest());
    const first = await machine.start();
    await machine.ready();
    await local.append(machine.paths.stderr, 'words of the first run\n');
    await first.kill();
    const logged = await local.readBytes(machine.paths.log);

    await using service = new Service();
    const { id, uuid, paths } = machine;
    const second = await launchMachine(machine.command(), paths, { id, uuid, service, control: 'qmp' });
    machine.attach({ id, uuid, ...second });
    await machine.ready('READY', second.logStart);
    expect(second.logStart).toBe(logged.length);
    expect((await local.readBytes(paths.log)).subarray(0, logged.length)).toEqual(logged);
    expect(await local.read(paths.stderr)).toBe('');
  });

  withQemu('launchMachine starts helpers first, whose sockets the hypervisor finds', async () => {
    const machine = new RealMachine();
    const socket = machine.file('helper.sock');
    const listen = `require("net").createServer(() => {}).listen(${JSON.stringify(socket)})`;
    const helper = { command: process.execPath, args: ['-e', listen, machine.uuid], socket };
    const more = ['-chardev', `socket,id=helper,path=${socket}`];
    await local.write(socket, 'of a helper that was killed');
    const control = await machine.start({ ...machine.command(more), helpers: [helper] });
    expect(await control.status()).toBe('running');
    for (const pid of await processesWith(machine.uuid)) process.kill(pid, 'SIGKILL');
  });
});

describe('Bad', () => {
  withQemu('launchMachine rejects with the words of a hypervisor that ends at once, and leaves nothing', async () => {
    const machine = new RealMachine();
    const failing = machine.start(machine.command(['-device', 'no-such-device']));
    const { message, output } = await containerRefusalOf(() => failing, 'ERR_CONTAINER_START_FAILED');
    expect(message).toMatch(
      new RegExp(
        `^Cannot start machine "${machine.id}": its hypervisor ended at once with exit code 1: .*no-such-device`,
        's',
      ),
    );
    expect(output).toContain("'no-such-device' is not a valid device model name");
    expect(await machine.files()).toEqual(['console.log', 'hypervisor.log']);
    expect(await processesWith(machine.uuid)).toEqual([]);
  });

  withQemu('launchMachine tells a port that is in use from other obstacles', async () => {
    await using server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const port = String((server.address() as AddressInfo).port);
    const machine = new RealMachine(['-machine', 'none', '-netdev', `user,id=net0,hostfwd=tcp:127.0.0.1:${port}-:22`]);
    const error = await containerRefusalOf(() => machine.start(), 'ERR_CONTAINER_PORT_IN_USE');
    expect(error.message).toContain(`Could not set up host forwarding rule 'tcp:127.0.0.1:${port}-:22'`);
    expect(error.hint).toBe('Choose another host port, or let one be chosen with `publish`.');
  });

  withQemu('launchMachine takes a machine that finds nothing to boot for none', async () => {
    const machine = new RealMachine(await emptyDisk());
    const error = await containerRefusalOf(() => machine.start(), 'ERR_CONTAINER_START_FAILED');
    expect(error.message).toMatch(
      /: its disk has no boot code, and so its hypervisor ended \(guest-reset\): it said nothing$/,
    );
    expect(await processesWith(machine.uuid)).toEqual([]);
  });

  withQemu('launchMachine refuses a machine that runs', async () => {
    const machine = new RealMachine();
    const control = await machine.start();
    const error = await containerRefusalOf(() => machine.start(), 'ERR_CONTAINER_RUNNING');
    expect(error.message).toBe(`Cannot start machine "${machine.id}": its hypervisor is running`);
    expect(await control.status()).toBe('running');
  });

  it('launchMachine tells of a program that is not there, and of a helper that ends', async () => {
    const [paths, uuid] = [machinePaths(tempDir(), '0000000a'), randomUUID()];
    await using service = new Service();
    const options = { id: '0000000a', uuid, service, control: 'qmp' } as const;
    const missing = { command: '/no/such/qemu', args: [], helpers: [] };
    const first = await containerRefusalOf(() => launchMachine(missing, paths, options), 'ERR_CONTAINER_START_FAILED');
    expect(first.message).toMatch(/ended at once with exit code 127: .*\/no\/such\/qemu.*not found/s);

    const killed = script('kill -SEGV $$');
    const crash = await containerRefusalOf(() => launchMachine(killed, paths, options), 'ERR_CONTAINER_START_FAILED');
    expect(crash.message).toMatch(/its hypervisor ended at once by SIGSEGV: it said nothing$/);

    const helper = { ...script('echo no shared memory >&2; exit 3'), socket: join(paths.dir, 'helper.sock') };
    const second = await containerRefusalOf(
      () => launchMachine({ ...script('exit 0'), helpers: [helper] }, paths, options),
      'ERR_CONTAINER_START_FAILED',
    );
    expect(second.message).toBe('Cannot start machine "0000000a": its helper sh ended at once: no shared memory');
  });

  it('launchMachine rejects with the reason of a signal: before anything, and while it waits, with nothing left', async () => {
    const [paths, uuid] = [machinePaths(tempDir(), '0000000a'), randomUUID()];
    await using service = new Service();
    const options = { id: '0000000a', uuid, service, control: 'qmp' } as const;
    const reason = new Error('enough');
    const command = script('echo "$0 waits" >&2; exec sleep 300', uuid);
    const before = launchMachine(command, paths, { ...options, signal: AbortSignal.abort(reason) });
    await expect(before).rejects.toBe(reason);
    expect(await local.exists(paths.dir)).toBe(false);

    const controller = new AbortController();
    const waiting = launchMachine(command, paths, { ...options, signal: controller.signal });
    const noted = expect(waiting).rejects.toBe(reason);
    while (!(await local.exists(paths.stderr)) || (await local.read(paths.stderr)) === '')
      await new Promise(setImmediate);
    controller.abort(reason);
    await noted;
    expect(await processesWith(uuid)).toEqual([]);
  });
});

describe('Ugly', () => {
  it('launchMachine gives a hypervisor up that does not answer in time, and ends it', async () => {
    const [paths, uuid] = [machinePaths(tempDir(), '0000000a'), randomUUID()];
    await using service = new Service();
    const options = { id: '0000000a', uuid, service, control: 'qmp', timeoutMs: 100 } as const;
    const silent = script(': "$0"; trap "" TERM; while :; do sleep 1; done', uuid);
    const error = await containerRefusalOf(() => launchMachine(silent, paths, options), 'ERR_CONTAINER_START_FAILED');
    expect(error.message).toMatch(/its hypervisor did not answer within 100 ms: it said nothing/);
    expect(await processesWith(uuid)).toEqual([]);
  });

  withQemu('launchMachine does not take another machine for the one that it started', async () => {
    const machine = new RealMachine();
    const { id, paths } = machine;
    await using service = new Service();
    const uuid = randomUUID();
    const starting = launchMachine(machine.command(), paths, { id, uuid, service, control: 'qmp' });
    const error = await containerRefusalOf(() => starting, 'ERR_CONTAINER_START_FAILED');
    expect(error.message).toContain(`it is the machine with the UUID ${machine.uuid}`);
    expect(await processesWith(machine.uuid)).toEqual([]);
  });

  withQemu('launchMachine takes over what a hypervisor left that was killed', async () => {
    const machine = new RealMachine();
    const { reason } = await (await machine.start()).kill();
    expect(reason).toBe('killed');
    expect(await machine.files()).toContain('qmp.sock');
    expect(await (await machine.start()).status()).toBe('running');
  });

  withQemu('launchMachine lets the machine live when its program is ended by the service that runs it', async () => {
    await using outer = new Service();
    const machine = new RealMachine();
    // the variable by which a service finds all that its processes started
    const shown = await outer.run('sh', ['-c', 'echo "$CORE_PROCESS_COOKIE"']);
    process.env['CORE_PROCESS_COOKIE'] = shown.stdout.trim();
    try {
      const control = await machine.start();
      await outer.close();
      expect(await control.status()).toBe('running');
    } finally {
      delete process.env['CORE_PROCESS_COOKIE'];
    }
  });
});
