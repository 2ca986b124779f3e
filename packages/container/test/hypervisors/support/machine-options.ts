import type { MachineOptions, MachinePaths } from '../../../src/hypervisors/hypervisor.ts';

/** The parts of a machine in a directory. */
export function pathsIn(dir: string): MachinePaths {
  return {
    dir,
    log: `${dir}/console.log`,
    console: `${dir}/console.sock`,
    control: `${dir}/qmp.sock`,
    events: `${dir}/events.jsonl`,
    agent: `${dir}/agent.sock`,
    pidFile: `${dir}/hypervisor.pid`,
    stderr: `${dir}/hypervisor.log`,
    knownHosts: `${dir}/known_hosts`,
    overlay: `${dir}/overlay.qcow2`,
    savedState: `${dir}/saved-state`,
  };
}

/** A machine for TCG on Linux, with two forwarded ports. */
export function machineOptions(change: Partial<MachineOptions> = {}): MachineOptions {
  return {
    id: '0a1b2c3d',
    name: 'web',
    uuid: '6f1c2f6e-4f2e-4a39-9d5e-0123456789ab',
    command: '/usr/bin/qemu-system-x86_64',
    platform: 'linux',
    arch: 'x86_64',
    accelerator: 'tcg',
    parts: { sandbox: true },
    memoryMb: 1024,
    cpus: 1,
    paths: pathsIn('/home/ada/.core/vms/0a1b2c3d'),
    ports: [
      { host: 2222, guest: 22 },
      { host: 8080, guest: 80 },
    ],
    bindAddress: '127.0.0.1',
    volumes: [],
    disks: [],
    ...change,
  };
}
