import type { CancelOptions, Medium } from '@core/io';

import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import { connectVerified } from '../machine/controls.ts';
import type { MachineRecord } from '../machine/machine-process.ts';
import type { QmpClient } from '../qmp/qmp-client.ts';
import { isRotationDue, rotateLog, type RotateLogOptions } from './rotate-log.ts';

/** When the log of a machine that runs is rotated. */
export interface RotateConsoleLogOptions extends Pick<RotateLogOptions, 'keep' | 'maxBytes'>, CancelOptions {
  /** Must be the whole disk. */
  readonly medium: Medium;
}

/** The console, as it is called on QEMU's command line. */
const CONSOLE = 'console';

/**
 * Rotates the log of a machine that runs under QEMU, as {@link rotateLog} does: QEMU is told to open its console anew,
 * and with it the log. Not a byte is lost or written twice between two pieces. Does nothing while somebody is at the
 * console, who would be cut off. Says whether it did.
 *
 * @throws `ERR_CONTAINER_CONTROL_FAILED`, with the log where it was; `ERR_CONTAINER_STATE_UNWRITABLE`; the reason of the
 *   signal.
 */
export async function rotateConsoleLog(
  record: MachineRecord,
  paths: MachinePaths,
  { medium, ...options }: RotateConsoleLogOptions,
): Promise<boolean> {
  if (!(await isRotationDue(medium, paths.log, { ...options, isWritten: true }))) return false;
  await using client = await connectVerified(record, paths, { signal: options.signal });
  if (await hasCompany(client)) return false;
  return await rotateLog(medium, paths.log, { ...options, switchFile: () => reopenConsole(client, paths, medium) });
}

async function hasCompany(client: QmpClient): Promise<boolean> {
  const console = (await client.execute('query-chardev')).find(({ label }) => label === CONSOLE);
  return console !== undefined && !console.filename.startsWith('disconnected:');
}

/**
 * QEMU opens a log only together with its character device, and closing the old device takes away the name of its
 * socket. So there are two steps, by way of another socket; where a program was killed after the first, the second is
 * left to do.
 */
async function reopenConsole(client: QmpClient, { dir, console, log }: MachinePaths, medium: Medium): Promise<void> {
  const detour = `${dir}/console.tmp`;
  for (const path of (await medium.exists(detour)) ? [console] : [detour, console]) {
    const addr = { type: 'unix', data: { path } };
    const data = { addr, server: true, wait: false, logfile: log, logappend: true };
    await client.execute('chardev-change', { id: CONSOLE, backend: { type: 'socket', data } });
  }
}
