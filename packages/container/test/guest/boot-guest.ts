import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Process, Service } from '@core/process';
import { has, type Tool } from '@core/tooling/needs';

import type { SshTarget } from '../../src/exec/ssh-target.ts';
import { buildTestImage, TEST_IMAGE_READY } from '../../src/testing/vm-image/test-image.ts';

/** What booting the test image needs. */
export const GUEST_TOOLS: readonly Tool[] = ['apt-get', 'dpkg-deb', 'gcc', 'ssh', 'qemu-system-x86_64'];

export function hasGuestTools(): boolean {
  return GUEST_TOOLS.every(has);
}

/** How the machine is, beside what every test needs. */
export interface GuestOptions {
  /** Words for the kernel. */
  readonly words?: string;
  /** A new disk of this size. */
  readonly diskMb?: number;
}

/** A machine for tests of what runs in it. It is started without the manager, which has tests of its own. */
export class Guest implements AsyncDisposable {
  readonly dir: string;
  readonly service: Service;
  readonly ssh: SshTarget;
  readonly httpPort: number;
  readonly hostKey: string;
  readonly #machine: Process;
  readonly #args: readonly string[];

  private constructor(parts: Pick<Guest, 'dir' | 'service' | 'ssh' | 'httpPort' | 'hostKey'>, machine: Process) {
    [this.dir, this.service, this.ssh] = [parts.dir, parts.service, parts.ssh];
    [this.httpPort, this.hostKey] = [parts.httpPort, parts.hostKey];
    this.#machine = machine;
    this.#args = machine.args;
  }

  get agentSocket(): string {
    return join(this.dir, 'agent.sock');
  }

  /** Boots the test image and resolves when it says that it is ready. */
  static async boot({ words = '', diskMb }: GuestOptions = {}): Promise<Guest> {
    const image = await buildTestImage({ formats: ['kernel'] });
    const dir = await mkdtemp(join(tmpdir(), 'guest-'));
    const service = new Service();
    const [port, httpPort] = [await freePort(), await freePort()];
    const ssh = {
      ...{ port, user: 'root', keyPath: image.sshKey, knownHosts: join(dir, 'known_hosts') },
      ...{ hostKeyAlias: 'guest-1', service },
    };
    const forward = `hostfwd=tcp:127.0.0.1:${String(port)}-:22,hostfwd=tcp:127.0.0.1:${String(httpPort)}-:80`;
    const args = [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-machine', 'q35,accel=tcg'],
      ...['-cpu', 'max', '-m', '256', '-serial', 'stdio', '-qmp', `unix:${dir}/qmp.sock,server=on,wait=off`],
      ...['-kernel', image.images.kernel, '-initrd', image.initrd, '-append', `${image.cmdline} ${words}`],
      ...['-netdev', `user,id=net0,${forward}`, '-device', 'virtio-net-pci,netdev=net0,romfile='],
      ...['-device', 'virtio-serial-pci', '-chardev', `socket,id=agent,path=${dir}/agent.sock,server=on,wait=off`],
      ...['-device', 'virtserialport,chardev=agent,name=org.core.agent.0'],
    ];
    if (diskMb !== undefined) {
      await service.run('qemu-img', ['create', '-q', '-f', 'qcow2', `${dir}/disk.qcow2`, `${String(diskMb)}M`]);
      args.push('-drive', `file=${dir}/disk.qcow2,format=qcow2,if=virtio`);
    }
    return Guest.#start({ dir, service, ssh, httpPort, hostKey: image.hostKey }, args);
  }

  static async #start(
    parts: Pick<Guest, 'dir' | 'service' | 'ssh' | 'httpPort' | 'hostKey'>,
    args: readonly string[],
  ): Promise<Guest> {
    const machine = await parts.service.start('qemu-system-x86_64', [...args]);
    for await (const { line } of machine.lines()) {
      if (line.startsWith(TEST_IMAGE_READY)) return new Guest(parts, machine);
    }
    await parts.service.close();
    throw new Error(`The machine ended before it was ready: ${machine.stdout}${machine.stderr}`);
  }

  /** The same machine once more, after it has ended. */
  again(): Promise<Guest> {
    return Guest.#start(this, this.#args);
  }

  async pressPowerButton(): Promise<void> {
    const socket = connect(join(this.dir, 'qmp.sock'));
    socket.write('{"execute":"qmp_capabilities"}{"execute":"system_powerdown"}');
    // the greeting, two answers and an event
    for await (const bytes of socket) if ((bytes as Buffer).includes('POWERDOWN')) break;
  }

  /** All that its console showed, once it has ended. */
  async ended(): Promise<string> {
    return (await this.#machine.done).stdout;
  }

  /** The pinned keys. */
  async knownHosts(): Promise<string> {
    return readFile(this.ssh.knownHosts, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** A port of the loopback address that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}
