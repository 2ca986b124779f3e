import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { describe, expect, jest } from '@jest/globals';
import type { Service } from '@core/process';
import { needs } from '@core/tooling/needs';

import type { MachineOptions } from '../../src/hypervisors/hypervisor.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import type { MachineImage } from '../../src/image/image.ts';
import { createDisk, createOverlay } from '../../src/image/overlay.ts';
import { bzImage } from '../image/support/made-images.ts';
import { askAndQuit, endReasonOf, runToEnd, withMachine } from './support/real-machine.ts';

jest.setTimeout(120_000); // machines are interpreted, and this one may be busy

const qemu = new QemuHypervisor({ env: {} });
const qemuOfPath = new QemuHypervisor();
const needsQemu = needs('qemu-system-x86_64', 'qemu-img');

/** An image of this format with nothing on it, in the machine's own directory. */
async function emptyImage(
  format: MachineImage['format'],
  { paths }: MachineOptions,
  service: Service,
): Promise<MachineImage> {
  const path = `${paths.dir}/base.${format}`;
  if (format === 'kernel') {
    writeFileSync(path, bzImage());
    return { format, path, cmdline: 'console=ttyS0 a="b, c"' };
  }
  if (format === 'raw' || format === 'iso') writeFileSync(path, new Uint8Array(1_048_576));
  if (format === 'qcow2') await createDisk(path, 8, { service });
  if (format === 'vmdk') await service.run('qemu-img', ['create', '-q', '-f', 'vmdk', path, '8M']);
  return { format, path };
}

interface Image {
  readonly filename: string;
  readonly 'backing-image'?: Image;
}

/** The files of the drives that a machine has, by `query-block`. */
function filesOf(answer: unknown): string[] {
  const drives = answer as readonly { readonly inserted?: { readonly image: Image } }[];
  const images = drives.flatMap(({ inserted }) => (inserted === undefined ? [] : [inserted.image]));
  return images.flatMap((image) => [image, image['backing-image']]).flatMap((image) => image?.filename ?? []);
}

describe('Good', () => {
  for (const format of qemu.capabilities.formats) {
    needsQemu(`buildCommand() of QEMU boots ${format}, whatever its file and its folder are called`, async () => {
      await withMachine(async (options, service) => {
        const image = await emptyImage(format, options, service);
        const command = qemu.buildCommand(image, { ...options, cmdline: 'last=1' });
        const told = await askAndQuit(command, service, 'query-name', 'query-uuid', 'query-status', 'query-block');
        expect(told['query-name']).toEqual({ name: 'web' });
        expect(told['query-uuid']).toEqual({ UUID: options.uuid });
        expect(told['query-status']).toMatchObject({ status: 'prelaunch' });
        expect(filesOf(told['query-block'])).toEqual(format === 'kernel' ? [] : [image.path]);
        expect(endReasonOf(options)).toBe('host-qmp-quit');
      });
    });
  }

  needsQemu('buildCommand() of QEMU names overlays, disks and shared folders exactly', async () => {
    await withMachine(async (options, service) => {
      const { paths } = options;
      const base = await emptyImage('vmdk', options, service);
      await createOverlay(base, paths.overlay, { service });
      const disk = await emptyImage('raw', options, service);
      mkdirSync(`${paths.dir}/shared, too`);
      const volumes = [
        { source: paths.dir, target: '/a', tag: 'a', readOnly: true, driver: '9p' },
        { source: `${paths.dir}/shared, too`, target: '/b', tag: 'b,=" c', readOnly: false, driver: '9p' },
      ] as const;
      const disks = [{ path: disk.path, format: 'raw' }] as const;
      const image = { format: 'qcow2', path: paths.overlay } as const;
      const told = await askAndQuit(qemu.buildCommand(image, { ...options, volumes, disks }), service, 'query-block');
      expect(filesOf(told['query-block'])).toEqual([paths.overlay, base.path, disk.path]);
    });
  });

  needs('qemu-system-aarch64', 'qemu-img')('buildCommand() of QEMU makes machines of aarch64', async () => {
    await withMachine(async (options, service) => {
      const firmware = `${options.paths.dir}/firmware, of the test`;
      writeFileSync(firmware, new Uint8Array(65_536));
      for (const format of ['iso', 'qcow2'] as const) {
        const image = await emptyImage(format, options, service);
        const arm = { arch: 'aarch64', command: 'qemu-system-aarch64', cpus: 9, parts: { firmware } } as const;
        const told = await askAndQuit(qemu.buildCommand(image, { ...options, ...arm }), service, 'query-block');
        expect(filesOf(told['query-block'])).toEqual([image.path]);
      }
    });
  });

  needsQemu('buildCommand() of QEMU gives a disk for UEFI its firmware', async () => {
    await withMachine(async (options, service) => {
      const firmware = `${options.paths.dir}/firmware, of the test`;
      writeFileSync(firmware, new Uint8Array(2_097_152));
      const image = { ...(await emptyImage('raw', options, service)), firmware: 'uefi' } as MachineImage;
      const told = await askAndQuit(
        qemu.buildCommand(image, { ...options, parts: { firmware } }),
        service,
        'query-block',
      );
      expect(filesOf(told['query-block'])).toEqual([firmware, image.path]);
    });
  });

  needs('qemu-system-x86_64', 'virtiofsd')('buildCommand() of QEMU shares folders by virtiofs', async () => {
    await withMachine(async (options, service) => {
      const found = await qemuOfPath.available({ arch: 'x86_64' });
      const parts = found.available ? found.parts : {};
      const source = `${options.paths.dir}/shared, \\ too`;
      mkdirSync(source);
      const volumes = [{ source, target: '/a', tag: 'a', readOnly: false, driver: 'virtiofs' }] as const;
      const image = await emptyImage('kernel', options, service);
      const command = qemu.buildCommand(image, { ...options, parts, volumes });
      const daemons = await Promise.all(
        command.helpers.map((helper) => service.start(helper.command, [...helper.args], { output: 'merged' })),
      );
      for await (const { line } of daemons[0]?.lines() ?? []) if (line.includes('Waiting for vhost-user')) break;
      expect(await askAndQuit(command, service, 'query-status')).toHaveProperty('query-status');
      const ends = await Promise.all(daemons.map((daemon) => daemon.wait()));
      expect(ends.map(({ exitCode }) => exitCode)).toEqual([0]); // it ends with the machine
    });
  });

  needsQemu('buildCommand() of QEMU makes a machine that ends soon where its disk does not boot', async () => {
    await withMachine(async (options, service) => {
      const image = await emptyImage('raw', options, service);
      const { exitCode, stderr } = await runToEnd(qemu.buildCommand(image, options), service);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(endReasonOf(options)).toBe('guest-reset');
      expect(readFileSync(options.paths.log, 'utf8')).toBe('');
    });
  });
});

describe('Bad', () => {
  needsQemu('buildCommand() of QEMU makes a machine that says why it cannot start', async () => {
    await withMachine(async (options, service) => {
      const image = { format: 'qcow2', path: `${options.paths.dir}/none` } as const;
      const { exitCode, stderr } = await runToEnd(qemu.buildCommand(image, options), service);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('No such file or directory');
    });
  });

  needsQemu('buildCommand() of QEMU keeps a machine from its image while another one writes to it', async () => {
    await withMachine(async (options, service) => {
      const image = await emptyImage('qcow2', options, service);
      await using first = await service.start(...startOf(qemu.buildCommand(image, options)));
      await first.sendInput('{"execute":"qmp_capabilities"}\n{"execute":"query-status"}\n');
      for await (const { line } of first.lines()) if (line.includes('running')) break; // it has its image now
      const second = { ...options, paths: { ...options.paths, pidFile: `${options.paths.dir}/second.pid` } };
      const { exitCode, stderr } = await runToEnd(qemu.buildCommand(image, second), service);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Failed to get "write" lock');
    });
  });
});

/** A machine that does nothing and is asked by its stdin. */
function startOf({ command, args }: { command: string; args: readonly string[] }): Parameters<Service['start']> {
  return [command, [...args, '-S', '-qmp', 'stdio'], { stdio: { stdin: 'pipe' } }];
}
