import type { Medium } from '@core/io';

import type { Container } from '../container.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import { hasEnded, identityOf, signalHypervisor, textOf } from '../machine/machine-process.ts';

const END_MS = 5_000;

/**
 * Ends a hypervisor that was started, and whose number nobody has written down: the program that did so was killed in
 * between. It is known by the machine's UUID and directory on its command line, so it is never another one.
 */
export async function endUnrecorded({ id, uuid }: Container, paths: MachinePaths, disk: Medium): Promise<void> {
  for (const pid of await candidates({ id, uuid }, paths, disk)) {
    const record = { id, uuid, pid, identity: await identityOf(pid) };
    await signalHypervisor(record, disk, 'SIGKILL');
    await hasEnded(record, disk, { timeoutMs: END_MS });
  }
}

/** Found among all processes where the system lists them, else the one that the hypervisor itself has written down. */
async function candidates(
  { id, uuid }: Pick<Container, 'id' | 'uuid'>,
  { pidFile }: MachinePaths,
  disk: Medium,
): Promise<number[]> {
  const pids: number[] = [];
  const listed = await disk.list('/proc').catch(() => []);
  for (const { name, path } of listed) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const line = await textOf(`${path}/cmdline`, disk);
    if (line?.includes(uuid) === true && line.includes(`vms/${id}/`)) pids.push(Number(name));
  }
  if (listed.length > 0) return pids;
  const written = Number.parseInt((await textOf(pidFile, disk)) ?? '', 10); // whose command line is looked at later
  return Number.isInteger(written) ? [written] : [];
}
