import { randomUUID } from 'node:crypto';

import { afterAll, describe, expect, jest } from '@jest/globals';

import { type CancelOptions, localMedium } from '@core/io';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';

import { AgentClient } from '../../src/agent/agent-client.ts';
import type { HypervisorCommand } from '../../src/hypervisors/hypervisor.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { openImage } from '../../src/image/open-image.ts';
import { launchMachine } from '../../src/machine/launch.ts';
import { MachineControl } from '../../src/machine/machine-control.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { type ReadyContext, waitUntilReady } from '../../src/readiness/wait-until-ready.ts';
import { buildTestImage, TEST_IMAGE_READY, TEST_IMAGE_SHUTDOWN } from '../../src/testing/vm-image/test-image.ts';
import { tempDir } from './support/temp-dir.ts';

jest.setTimeout(300_000);
const service = new Service();
const started: MachineControl[] = [];
afterAll(async () => {
  await Promise.all(started.map((control) => control.kill()));
  await service.close();
});

const id = '0000000b';
const uuid = randomUUID();
const paths = machinePaths(tempDir(), id);

/** The command line of a Linux guest, once for a boot and once to go on from its saved memory. */
async function linux(): Promise<{ readonly boot: HypervisorCommand; readonly resume: HypervisorCommand }> {
  const image = await openImage(localMedium(), (await buildTestImage({ formats: ['kernel'] })).images.kernel);
  const qemu = new QemuHypervisor({ accelerator: 'tcg' });
  const found = await qemu.available();
  if (!found.available) throw new Error(found.reason);
  const options = {
    ...{ id, uuid, paths, name: 'web', command: found.command, parts: found.parts, platform: process.platform },
    ...({ arch: 'x86_64', accelerator: 'tcg', memoryMb: 192, cpus: 1, bindAddress: '127.0.0.1' } as const),
    ...{ ports: [22, 80].map((guest) => ({ host: 0, guest })), volumes: [], disks: [] },
  };
  const resume = qemu.buildCommand(image, { ...options, resumeFrom: paths.savedState });
  return { boot: qemu.buildCommand(image, options), resume };
}

/** Starts it, and has `wait` wait for it. */
async function start(command: HypervisorCommand): Promise<{ control: MachineControl; context: ReadyContext }> {
  const launched = await launchMachine(command, paths, { id, uuid, service, control: 'qmp' });
  const control = new MachineControl({ id, uuid, ...launched }, paths, { control: 'qmp' });
  started.push(control);
  const forwards = await control.forwardedPorts();
  const ports = Object.fromEntries(forwards.map(({ host, guest }) => [host, guest]));
  const context = {
    ...{ id, paths, ports, sshPort: 0, bindAddress: '127.0.0.1', logStart: launched.logStart, timeoutMs: 120_000 },
    ended: (options: CancelOptions) => control.waitForExit(options),
    exec: (command: readonly string[], options: CancelOptions) =>
      withAgent((agent) => agent.exec(command, options), options),
    agent: (options: CancelOptions) => withAgent((agent) => agent.ping(options), options),
  };
  return { control, context };
}

async function withAgent<T>(work: (agent: AgentClient) => Promise<T>, options: CancelOptions): Promise<T> {
  await using agent = await AgentClient.connect(paths.agent, options);
  return await work(agent);
}

describe('Good', () => {
  needs('linux', 'qemu-system-x86_64')(
    'a Linux guest is seen to come up, measured, saved, resumed, and stopped by its button',
    async () => {
      const { boot, resume } = await linux();
      const first = await start(boot);
      await waitUntilReady('agent', first.context);
      await waitUntilReady({ all: ['ssh', { httpPort: 80 }, { console: TEST_IMAGE_READY }] }, first.context);
      const exec = (...command: string[]) => withAgent((agent) => agent.exec(command), {});
      await exec('sh', '-c', 'echo kept > /tmp/note');
      await waitUntilReady({ command: ['test', '-e', '/tmp/note'] }, first.context);

      let stats = await first.control.stats();
      while (stats.guestMemory === undefined) stats = await first.control.stats();
      expect(stats.guestMemory.totalBytes).toBeGreaterThan(100 * 1024 * 1024);
      expect(stats.guestMemory.availableBytes).toBeLessThan(stats.guestMemory.totalBytes ?? 0);
      expect(stats.balloonBytes).toBe(192 * 1024 * 1024);

      await first.control.suspend();
      expect(await first.control.isAlive()).toBe(false);
      const second = await start(resume);
      await waitUntilReady({ all: ['agent', 'ssh'] }, second.context);
      expect((await exec('cat', '/tmp/note')).stdout).toBe('kept\n');

      expect(await second.control.stopLadder({ timeoutMs: 60_000 })).toEqual({
        by: 'guest',
        reason: 'guest-shutdown',
        words: '',
      });
      const log = await localMedium().read(paths.log);
      expect(log.split(TEST_IMAGE_READY)).toHaveLength(2);
      expect(log).toContain(TEST_IMAGE_SHUTDOWN);
    },
  );
});
