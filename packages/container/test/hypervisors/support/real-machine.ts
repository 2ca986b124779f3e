import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ProcessResult, Service } from '@core/process';

import type { HypervisorCommand, MachineOptions } from '../../../src/hypervisors/hypervisor.ts';
import { machineOptions, pathsIn } from './machine-options.ts';

/** A name that holds all that is hard on a command line. */
export const NASTY = `-a,b =c "d" 'e' ü:f\n--g`;

/** What a monitor of QEMU answers, by the question. */
export type Answers = Readonly<Record<string, unknown>>;

/** A directory of a machine, which is removed afterwards. */
export async function withMachine(
  work: (options: MachineOptions, service: Service) => Promise<void>,
  name: string = NASTY,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'vm-'));
  const dir = join(root, name);
  mkdirSync(dir);
  try {
    await using service = new Service();
    await work(machineOptions({ memoryMb: 64, paths: pathsIn(dir), ports: [{ host: 0, guest: 22 }] }), service);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Starts a machine whose processor is stopped, asks a monitor of its own these questions, and ends it. */
export async function askAndQuit(
  { command, args }: HypervisorCommand,
  service: Service,
  ...questions: readonly string[]
): Promise<Answers> {
  const commands = ['qmp_capabilities', ...questions, 'quit'];
  const input = commands.map((execute) => JSON.stringify({ execute, id: execute })).join('\n');
  const result = await service.run(command, [...args, '-S', '-qmp', 'stdio'], { input, capture: true });
  const messages = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id?: string; return?: unknown });
  return Object.fromEntries(messages.flatMap(({ id, return: value }) => (id === undefined ? [] : [[id, value]])));
}

/** Runs a machine until it ends by itself, with the saved memory where there is one. */
export async function runToEnd({ command, args }: HypervisorCommand, service: Service): Promise<ProcessResult> {
  return await service.run(command, [...args], { capture: true, reject: false });
}

/** The reason that QEMU itself wrote down for a machine's end. */
export function endReasonOf({ paths }: MachineOptions): string | undefined {
  const lines = readFileSync(paths.events, 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { event: string; data?: { reason?: string } });
  return events.findLast(({ event }) => event === 'SHUTDOWN')?.data?.reason;
}
