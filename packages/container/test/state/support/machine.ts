import type { Container } from '../../../src/container.ts';

/** A machine in every detail, with changes. */
export function machine(changes: Partial<Container> = {}): Container {
  return {
    id: '0000000a',
    name: 'web',
    image: '/images/web, 1.iso',
    format: 'iso',
    status: 'running',
    pid: 4242,
    identity: { writtenAtMs: 1_700_000_000_000, startTicks: 12_345, bootId: 'boot' },
    uuid: '6f6e0a1c-5d4b-4d6c-9d3e-0f2a1b3c4d5e',
    startedAt: new Date('2025-01-02T03:04:05.678Z'),
    ports: { 8080: 80, 8443: 443 },
    bindAddress: '127.0.0.1',
    memoryMb: 512,
    cpus: 2,
    sshPort: 20_022,
    sshKey: '/keys/id "one"',
    user: 'root',
    volumes: [{ source: '/data', target: '/mnt/data', tag: 'v0', readOnly: true, driver: '9p' }],
    disks: [{ path: '/disks/a.qcow2', format: 'qcow2' }],
    hypervisor: 'qemu',
    arch: 'x86_64',
    accelerator: 'tcg',
    cmdline: 'quiet a="b c"',
    writeImage: false,
    autoRemove: false,
    suspended: false,
    ...changes,
  };
}

/** The number-th machine. */
export function numbered(number: number, changes: Partial<Container> = {}): Container {
  const id = number.toString(16).padStart(8, '0');
  return machine({ id, name: `machine-${String(number)}`, ...changes });
}
