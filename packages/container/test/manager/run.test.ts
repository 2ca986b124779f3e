import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { type Medium, localMedium } from '@core/io';

import type { HypervisorCommand, MachineOptions } from '../../src/hypervisors/hypervisor.ts';
import type { MachineImage } from '../../src/image/image.ts';
import type { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import type { RunOptions } from '../../src/run-options.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { open, opened, tempDir } from './fixture.ts';
import { bootableFile } from '../../src/testing/bootable-file.ts';
import { machinesOf, processesOf } from './leftovers.ts';

describe('Good', () => {
  it('run: keeps what was asked for in the record', async () => {
    const { manager, image, stateDir } = await opened();
    const key = join(stateDir, 'key = "a", b');
    writeFileSync(key, 'a key');
    const share = join(stateDir, 'share, with "all" = signs');
    mkdirSync(share);
    const machine = await manager.run(image, {
      ...{ name: 'web', detach: true, memoryMb: 64, cpus: 2, user: 'core', sshKey: key, publish: [22, 80] },
      volumes: { [share]: '/srv/share:ro' },
    });
    expect(machine).toMatchObject({
      ...{ name: 'web', image, format: 'iso', memoryMb: 64, cpus: 2, user: 'core', sshKey: key },
      ...{ hypervisor: 'qemu', accelerator: 'tcg', bindAddress: '127.0.0.1', suspended: false, autoRemove: false },
      volumes: [{ source: share, target: '/srv/share', tag: 'core0', readOnly: true, driver: '9p' }],
      ports: { [machine.sshPort]: 22 },
    });
    expect(Object.values(machine.ports).toSorted()).toEqual([22, 80]);
    expect(await manager.inspect('web')).toEqual(machine);
  });

  it('run: takes a relative path and a name for the hypervisor', async () => {
    const { image } = await opened();
    const manager = await open({ hypervisor: new FakeHypervisor() });
    const machine = await manager.run(image, { detach: true, sshPort: 21_999 });
    expect([machine.image, machine.sshPort]).toEqual([image, 21_999]);
  });

  it('run: forwards ports on the loopback address only', async () => {
    const { manager, image } = await opened();
    const { ports } = await manager.run(image, { detach: true, name: 'web', publish: [80] });
    const [port = ''] = Object.keys(ports);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello from web\n');
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow();
  });

  it('run: waits for every kind of readiness', async () => {
    const { manager, image } = await opened();
    const checks: RunOptions['waitFor'][] = [
      ...([
        'started',
        'ssh',
        { console: /^READY \w+/m },
        { port: 22, banner: 'SSH-2.0-fake' },
        { httpPort: 80 },
      ] as const),
      { all: ['ssh', { httpPort: 80 }] },
      { any: [{ console: 'never' }, { console: 'READY' }] },
    ];
    const runs = checks.map((waitFor) => manager.run(image, { detach: true, publish: [80], waitFor }));
    for (const machine of await Promise.all(runs)) expect(machine.status).toBe('running');
  });
});

describe('Bad', () => {
  it.each<[string, FakeHypervisor, string, RegExp]>([
    [
      'dies',
      new FakeHypervisor({ words: 'Bad accelerator: xyz' }),
      'ERR_CONTAINER_START_FAILED',
      /Bad accelerator: xyz/,
    ],
    [
      'is not there',
      new FakeHypervisor({ unavailable: 'it is not on the PATH' }),
      'ERR_CONTAINER_HYPERVISOR_UNAVAILABLE',
      /it is not on the PATH/,
    ],
  ])('run: refuses with the words of a hypervisor that %s, and leaves nothing', async (_, hypervisor, code, words) => {
    const { manager, image, stateDir } = await opened({ hypervisor });
    const error = await containerRefusalOf(
      () => manager.run(image, { detach: true, name: 'web' }),
      code as 'ERR_CONTAINER_NOT_FOUND',
    );
    expect(error.message).toMatch(words);
    expect(await manager.list()).toEqual([]);
    expect(machinesOf(stateDir)).toEqual([]);
    expect(processesOf(stateDir)).toEqual([]);
  });

  it('run: refuses a port on which another program listens, and leaves nothing', async () => {
    const { manager, image, stateDir } = await opened();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const error = await containerRefusalOf(
      () => manager.run(image, { detach: true, ports: { [port]: 80 } }),
      'ERR_CONTAINER_PORT_IN_USE',
    );
    expect(error.message).toContain(String(port));
    expect(machinesOf(stateDir)).toEqual([]);
    server.close();
  });

  it.each<[RunOptions, string]>([
    [{ sshKey: '/no/such/key' }, 'ERR_CONTAINER_KEY_NOT_FOUND'],
    [{ disks: [{ path: '/no/such/disk', format: 'raw' }] }, 'ERR_CONTAINER_IMAGE_NOT_FOUND'],
    [{ volumes: { '/etc/hostname': '/x' } }, 'ERR_CONTAINER_VOLUME_NOT_FOUND'],
  ])('run: refuses %j before anything is made', async (options, code) => {
    const { manager, image, stateDir } = await opened();
    await containerRefusalOf(() => manager.run(image, { detach: true, ...options }), code as 'ERR_CONTAINER_NOT_FOUND');
    expect(machinesOf(stateDir)).toEqual([]);
  });

  it('run: refuses words for the kernel of an image that is none', async () => {
    const { manager, image } = await opened();
    await expect(manager.run(image, { detach: true, cmdline: 'quiet' })).rejects.toThrow(
      /cmdline is for kernel images/,
    );
  });

  it('run: refuses a state directory whose sockets would have too long paths, and leaves nothing', async () => {
    const stateDir = join(tempDir(), 'long'.repeat(20));
    const manager = await open({ stateDir });
    const image = await bootableFile(join(stateDir, 'web.iso'));
    const error = await containerRefusalOf(() => manager.run(image, { detach: true }), 'ERR_CONTAINER_PATH_TOO_LONG');
    expect(error.hint).toMatch(/shorter/);
    expect(machinesOf(stateDir)).toEqual([]);
  });

  it('run: tells the end of the console of a machine that ended before it was ready', async () => {
    const { manager, image, stateDir } = await opened({ hypervisor: new FakeHypervisor({ isSlow: true }) });
    const running = containerRefusalOf(
      () => manager.run(image, { detach: true, name: 'slow', waitFor: 'ssh' }),
      'ERR_CONTAINER_NOT_READY',
    );
    const other = await open({ stateDir });
    const { id } = await theMachine(other);
    await other.kill(id);
    const error = await running;
    expect(error.output).toBe('boot 1 of slow');
    expect(await manager.list()).toEqual([]);
  });
});

describe('Ugly', () => {
  it('run: a guest whose SSH only accepts connections is not ready', async () => {
    const { manager, image, stateDir } = await opened({ hypervisor: new FakeHypervisor({ isSlow: true }) });
    let isReady = false;
    const running = manager.run(image, { detach: true, waitFor: 'ssh' }).then(() => (isReady = true));
    const other = await open({ stateDir });
    const { id, sshPort } = await theMachine(other);
    await accepted(sshPort);
    expect(isReady).toBe(false);
    const console = await other.console(id);
    console.end('ssh on\n');
    expect(await running).toBe(true);
  });

  it('run: 20 at once on any port get 20 different ones, and each its own machine', async () => {
    const { manager, image } = await opened();
    const runs = Array.from({ length: 20 }, () => manager.run(image, { detach: true, publish: [80] }));
    const machines = await Promise.all(runs);
    const ports = machines.flatMap((each) => [each.sshPort, ...Object.keys(each.ports).map(Number)]);
    expect(new Set(ports).size).toBe(40);
    expect((await manager.list({ status: ['running'] })).length).toBe(20);
  }, 60_000);

  it('run: chooses another port where a program takes the one that was chosen before the hypervisor does', async () => {
    await using robbed = new RobbedHypervisor(2);
    const { manager, image, stateDir } = await opened({ hypervisor: robbed });
    const { id, sshPort, status } = await manager.run(image, { detach: true, name: 'web' });
    expect(status).toBe('running');
    expect(robbed.taken).toHaveLength(2);
    expect(robbed.taken).not.toContain(sshPort);
    const left = [`names/${id}`, 'names/web', `ports/${String(sshPort)}`, `vms/${id}`];
    expect(machinesOf(stateDir).toSorted()).toEqual(left);
  });

  it.each<[string, RunOptions, number]>([
    ['gives up where each of three choices is taken', {}, 3],
    ['chooses no other port than the one that was asked for', { sshPort: 21_998 }, 1],
    ['chooses once more where one of two was its own choice', { sshPort: 21_997, publish: [80] }, 3],
  ])('run: %s, and leaves nothing', async (_, options, starts) => {
    await using robbed = new RobbedHypervisor();
    const { manager, image, stateDir } = await opened({ hypervisor: robbed });
    const run = () => manager.run(image, { detach: true, name: 'web', ...options });
    await containerRefusalOf(run, 'ERR_CONTAINER_PORT_IN_USE');
    expect(robbed.taken).toHaveLength(starts);
    expect(await manager.list()).toEqual([]);
    expect(machinesOf(stateDir)).toEqual([]);
    expect(processesOf(stateDir)).toEqual([]);
  });

  it('run: of two with one name, one gets it', async () => {
    const { manager, image, stateDir } = await opened();
    const other = await open({ stateDir });
    const runs = [manager, other].map((each) => each.run(image, { detach: true, name: 'web' }));
    const outcomes = await Promise.allSettled(runs);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await manager.list()).map(({ name }) => name)).toEqual(['web']);
  });

  it('run: aborted at any step it rejects with the reason, and leaves nothing', async () => {
    let left = Number.POSITIVE_INFINITY;
    const controllers: AbortController[] = [];
    const reason = new Error('enough');
    const medium = counting(localMedium(), () => {
      left -= 1;
      if (left < 0) controllers.at(-1)?.abort(reason);
    });
    const { manager, image, stateDir } = await opened({ medium });
    for (let step = 0; ; step += 1) {
      const controller = new AbortController();
      controllers.push(controller);
      left = step;
      const { signal } = controller;
      const outcome = await manager
        .run(image, { detach: true, name: 'web', signal, waitFor: { console: 'READY' } })
        .catch((error: unknown) => error);
      left = Number.POSITIVE_INFINITY;
      if (!signal.aborted) break;
      if (outcome instanceof Error) expect(outcome).toBe(reason);
      else await manager.remove('web', { force: true }); // it was aborted after the last step that could notice
      expect(await manager.list()).toEqual([]);
      expect(machinesOf(stateDir)).toEqual([]);
      expect(processesOf(stateDir)).toEqual([]);
    }
    expect(controllers.length).toBeGreaterThan(5);
  }, 60_000);
});

/** The only machine, as soon as it runs. */
async function theMachine(manager: LinuxKitManager): Promise<{ id: string; sshPort: number }> {
  for (;;) {
    const [machine] = await manager.list({ status: ['running'] });
    if (machine !== undefined) return machine;
  }
}

/** Resolves when a connection to this port was accepted. */
async function accepted(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}

/** A medium that tells of each call. */
function counting(medium: Medium, tell: () => void): Medium {
  return new Proxy(medium, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        tell();
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** The last port of a machine is taken by another program, just when its hypervisor is to be started. */
class RobbedHypervisor extends FakeHypervisor implements AsyncDisposable {
  readonly taken: number[] = [];
  readonly #most: number;
  readonly #servers: Server[] = [];
  #isTried = false;

  constructor(most = Infinity) {
    super();
    this.#most = most;
  }

  override buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
    // each start tries the command line first, before there are ports
    if (this.#isTried && this.taken.length < this.#most) this.#take(options.ports.at(-1)?.host ?? 0);
    this.#isTried = !this.#isTried;
    return super.buildCommand(image, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve));
  }

  #take(port: number): void {
    this.taken.push(port);
    this.#servers.push(createServer().listen(port, '127.0.0.1'));
  }
}
