import type { Accelerator, MachineOptions } from '../hypervisor.ts';
import { optionList } from './escape.ts';
import { needsSharedMemory, SHARED_MEMORY } from './shares.ts';

/** Denied to a QEMU that has started: to become somebody else, to start programs, to change priorities. */
const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** What the machine is, whatever it boots: its board, processors, memory, and the devices that every guest wants. */
export function machineArgs(options: MachineOptions): string[] {
  const { name, uuid, cpus, memoryMb, parts } = options;
  return [
    // nothing that was not asked for: no default devices, no configuration of the user, no window
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    // a guest that reboots, or panics in a loop, ends the machine
    '-no-reboot',
    ...(parts?.sandbox === true ? ['-sandbox', SANDBOX] : []),
    ...['-name', optionList(`guest=${name}`), '-uuid', uuid],
    ...['-machine', board(options), '-accel', accelerator(options), '-cpu', processor(options)],
    ...['-smp', `cpus=${String(cpus)}`, '-m', `size=${String(memoryMb)}M`],
    ...['-object', 'rng-builtin,id=rng0', '-device', 'virtio-rng-pci,id=rng-device0,rng=rng0'],
    ...['-device', 'virtio-balloon-pci,id=balloon0'],
    // tells a panic of the guest, which would hang for ever
    ...['-device', 'pvpanic-pci,id=panic0'],
  ];
}

function board(options: MachineOptions): string {
  const memory = { 'memory-backend': needsSharedMemory(options) ? SHARED_MEMORY : undefined };
  // the best interrupt controller there is: the default one takes eight processors at most
  return options.arch === 'aarch64'
    ? optionList('virt', { 'gic-version': 'max', ...memory })
    : optionList('q35', memory);
}

const ACCELERATORS: Readonly<Record<Accelerator, string>> = {
  kvm: 'kvm',
  hvf: 'hvf',
  // the one in Hyper-V loses interrupts of the q35 board
  whpx: 'whpx,kernel-irqchip=off',
  tcg: 'tcg',
};

function accelerator({ accelerator }: MachineOptions): string {
  return ACCELERATORS[accelerator];
}

function processor({ accelerator, arch }: MachineOptions): string {
  if (accelerator === 'kvm' || accelerator === 'hvf') return 'host';
  // WHPX takes neither `host` nor `max`
  if (accelerator === 'whpx') return 'qemu64';
  // pointer authentication by the book takes half of the time of an interpreted aarch64 machine
  return arch === 'aarch64' ? 'max,pauth-impdef=on' : 'max';
}
