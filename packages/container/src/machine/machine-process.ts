import { type CancelOptions, type Medium } from '@core/io';
import { isProcessRunning, processRecordOf } from '@core/process/daemon';
import { command } from '@core/process/exec';

import type { Container, ProcessIdentity } from '../container.ts';
import { untilTrue } from './rest.ts';

/** What tells a machine and its hypervisor from all others. */
export type MachineRecord = Pick<Container, 'id' | 'identity' | 'pid' | 'uuid'>;

/** How soon and how often is looked whether a process has ended. */
const PACE = { firstMs: 4, longestMs: 60 };

/** What tells a process that has just been started from one that is given its number later. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { writtenAtMs: Date.now(), ...(await processRecordOf(pid)) };
}

/**
 * Whether the hypervisor of a machine runs: the very process, not another one with its number, nor a corpse. Where the
 * system does not tell when a process was started, one counts whose command line names the machine.
 */
export async function isHypervisorRunning(record: MachineRecord, medium: Medium): Promise<boolean> {
  const { id, pid, identity, uuid } = record;
  if (pid <= 0 || identity === undefined) return false;
  if (!(await isProcessRunning({ pid, ...identity }))) return false;
  if (identity.startTicks !== undefined && identity.bootId !== undefined) return true;
  const line = await commandLineOf(pid, medium);
  return line.includes(uuid) || line.includes(`/vms/${id}/`);
}

/** Whether it has ended within this time. */
export function hasEnded(
  record: MachineRecord,
  medium: Medium,
  options: CancelOptions & { readonly timeoutMs: number },
): Promise<boolean> {
  return untilTrue(async () => !(await isHypervisorRunning(record, medium)), { ...PACE, ...options });
}

/** Sends its hypervisor a signal, and nobody else. */
export async function signalHypervisor(
  record: MachineRecord,
  medium: Medium,
  killSignal: NodeJS.Signals,
): Promise<'gone' | 'refused' | 'sent'> {
  if (!(await isHypervisorRunning(record, medium))) return 'gone';
  try {
    process.kill(record.pid, killSignal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'refused' : 'gone';
  }
}

/** Whether a process is held by SIGSTOP or a debugger, and so answers nobody. */
export async function isHeld(pid: number, medium: Medium): Promise<boolean> {
  const stat = await textOf(`/proc/${String(pid)}/stat`, medium);
  const [state = ''] = stat?.slice(stat.lastIndexOf(')') + 2) ?? '';
  return state === 'T' || state === 't';
}

/** What a process was started with; nothing where there is none. */
async function commandLineOf(pid: number, medium: Medium): Promise<string> {
  const own = await textOf(`/proc/${String(pid)}/cmdline`, medium);
  if (own !== undefined) return own;
  const listed = command('ps', '-ww', '-o', 'command=', '-p', String(pid)).run();
  return listed.then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** The content of a file of `/proc`; `undefined` where there is none. */
export async function textOf(path: string, medium: Medium): Promise<string | undefined> {
  try {
    return Buffer.from(await medium.readBytes(path)).toString('latin1');
  } catch {
    return undefined;
  }
}
