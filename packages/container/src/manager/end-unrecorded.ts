import type { Medium } from '@core/io';

import type { Container } from '../container.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import { hasEnded, identityOf, signalHypervisor, textOf } from '../machine/machine-process.ts';
import { rest } from '../machine/rest.ts';

const END_MS = 5_000;
/** Becoming another program takes microseconds, and more only where the system is very busy. */
const BECOMING_MS = 2;
const BECOMING_LOOKS = 100;
/** Of the flags of a process: it is the kernel's own, and never has a command line. */
const PF_KTHREAD = 0x0020_0000;

/**
 * Ends a hypervisor that was started, and whose number nobody has written down, and its helpers: the program that did so
 * was killed in between. They are known by the machine's UUID and directory on their command lines, so they are never
 * others.
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
  { dir, pidFile }: MachinePaths,
  disk: Medium,
): Promise<number[]> {
  const pids: number[] = [];
  const listed = await disk.list('/proc').catch(() => []);
  for (const { name, path } of listed) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const line = await commandLineOf(path, disk);
    const isHypervisor = line?.includes(uuid) === true && line.includes(`vms/${id}/`);
    if (isHypervisor || isHelper(line, dir)) pids.push(Number(name));
  }
  if (listed.length > 0) return pids;
  const written = Number.parseInt((await textOf(pidFile, disk)) ?? '', 10); // whose command line is looked at later
  return Number.isInteger(written) ? [written] : [];
}

/** A virtiofsd of the machine: by itself it ends only with the hypervisor that has connected to it. */
function isHelper(line: string | undefined, dir: string): boolean {
  const start = `--socket-path=${Buffer.from(dir).toString('latin1')}/fs`; // as `textOf` reads
  const words = line?.split('\0') ?? [];
  return words.some((word) => word.startsWith(start) && /^\d+\.sock$/.test(word.slice(start.length)));
}

/** A process that is just becoming another program has no command line for a moment; one that has ended has none either. */
async function commandLineOf(path: string, disk: Medium): Promise<string | undefined> {
  for (let looks = 1; ; looks += 1) {
    const line = await textOf(`${path}/cmdline`, disk);
    if (line !== '' || looks === BECOMING_LOOKS || !(await mayGetOne(path, disk))) return line;
    await rest(BECOMING_MS);
  }
}

/** Source: `/proc/pid/stat` in proc(5), its fields 3 (state) and 9 (flags). */
async function mayGetOne(path: string, disk: Medium): Promise<boolean> {
  const stat = (await textOf(`${path}/stat`, disk)) ?? '';
  const [state = 'X', , , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state !== 'Z' && state !== 'X' && (Number(flags) & PF_KTHREAD) === 0;
}
