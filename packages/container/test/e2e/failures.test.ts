import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { ContainerErrorCode } from '../../src/errors.ts';
import type { HypervisorCommand, MachineOptions } from '../../src/hypervisors/hypervisor.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import type { MachineImage } from '../../src/image/image.ts';
import type { RunOptions } from '../../src/run-options.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { open as openManager, tempDir } from '../manager/fixture.ts';
import { machinesOf, processesOf } from '../manager/leftovers.ts';
import { tinyImage } from './tiny-image.ts';

const it = needs('qemu-system-x86_64', 'qemu-img');

/** How a start goes that fails. */
interface Failure {
  readonly image?: (dir: string) => Promise<string> | string;
  readonly options?: (dir: string) => RunOptions;
  readonly hypervisor?: QemuHypervisor;
  readonly code: ContainerErrorCode;
  readonly words: RegExp;
}

/** Asks QEMU for something that it does not have. */
class ForeignAccelerator extends QemuHypervisor {
  override buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
    const { args, ...command } = super.buildCommand(image, options);
    return { ...command, args: args.map((arg) => (arg.startsWith('tcg') ? 'no-such' : arg)) };
  }
}

const FAILURES: Readonly<Record<string, Failure>> = {
  'an accelerator that this system does not have': {
    hypervisor: new ForeignAccelerator({ accelerator: 'tcg' }),
    code: 'ERR_CONTAINER_START_FAILED',
    words: /invalid accelerator/,
  },
  'a disk that does not boot': {
    image: (dir) => {
      writeFileSync(join(dir, 'empty.raw'), Buffer.alloc(1_048_576));
      return join(dir, 'empty.raw');
    },
    code: 'ERR_CONTAINER_START_FAILED',
    words: /guest-reset/,
  },
  'an image that vanished between the look and the start': {
    image: async (dir) => {
      copyFileSync(await tinyImage(), join(dir, 'gone.raw'));
      const overlay = join(dir, 'over.qcow2');
      spawnSync('qemu-img', ['create', '-f', 'qcow2', '-F', 'raw', '-b', join(dir, 'gone.raw'), overlay]);
      rmSync(join(dir, 'gone.raw'));
      return overlay;
    },
    options: () => ({ allowBackingFile: true }),
    code: 'ERR_CONTAINER_DISK_FAILED',
    words: /gone\.raw/,
  },
  'a qcow2 with a backing file outside': {
    image: (dir) => {
      const overlay = join(dir, 'over.qcow2');
      spawnSync('qemu-img', ['create', '-u', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/passwd', overlay, '1M']);
      return overlay;
    },
    code: 'ERR_CONTAINER_IMAGE_UNSAFE',
    words: /\/etc\/passwd/,
  },
  'an image that is text': {
    image: (dir) => {
      writeFileSync(join(dir, 'notes.txt'), 'no image\n');
      return join(dir, 'notes.txt');
    },
    code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED',
    words: /notes\.txt/,
  },
  'a volume that is not there': {
    options: (dir) => ({ volumes: { [join(dir, 'none')]: '/mnt' } }),
    code: 'ERR_CONTAINER_VOLUME_NOT_FOUND',
    words: /none/,
  },
  'more memory than there is': {
    options: () => ({ memoryMb: 16_000_000 }),
    code: 'ERR_CONTAINER_START_FAILED',
    words: /memory/i,
  },
};

describe('Bad', () => {
  for (const [what, { image, options, hypervisor, code, words }] of Object.entries(FAILURES)) {
    it(`run: refuses ${what} with the words of who knows, and leaves nothing`, async () => {
      const stateDir = tempDir();
      const dir = tempDir('image, "a"=b ');
      const manager = await openManager({
        stateDir,
        hypervisor: hypervisor ?? new QemuHypervisor({ accelerator: 'tcg' }),
      });
      const path = await (image ?? tinyImage)(dir);
      const wanted = { detach: true, memoryMb: 16, name: 'web', ...options?.(dir) };
      const error = await containerRefusalOf(() => manager.run(path, wanted), code);
      expect(error.message).toMatch(words);
      expect(await manager.list()).toEqual([]);
      expect(machinesOf(stateDir)).toEqual([]);
      expect(processesOf(stateDir)).toEqual([]);
    }, 60_000);
  }

  it('run: refuses a port on which another program listens', async () => {
    const stateDir = tempDir();
    const manager = await openManager({ stateDir, hypervisor: new QemuHypervisor({ accelerator: 'tcg' }) });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const image = await tinyImage();
    const wanted = { detach: true, memoryMb: 16, ports: { [port]: 80 } };
    await containerRefusalOf(() => manager.run(image, wanted), 'ERR_CONTAINER_PORT_IN_USE');
    expect(machinesOf(stateDir)).toEqual([]);
    server.close();
  });
});

describe('Ugly', () => {
  it('run: ports are on the loopback address only', async () => {
    const manager = await openManager({ hypervisor: new QemuHypervisor({ accelerator: 'tcg' }) });
    const { sshPort } = await manager.run(await tinyImage(), { detach: true, memoryMb: 16 });
    const hex = sshPort.toString(16).toUpperCase().padStart(4, '0');
    const { stdout } = spawnSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'], { encoding: 'utf8' });
    const listeners = stdout.split('\n').filter((line) => line.includes(`:${hex} `) && line.includes(' 0A '));
    expect(listeners.map((line) => line.trim().split(/\s+/)[1])).toEqual([`0100007F:${hex}`]);
  });
});
