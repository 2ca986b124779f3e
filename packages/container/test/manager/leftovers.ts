import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is left of machines below a state directory: their directories, names and reserved ports. */
export function machinesOf(stateDir: string): string[] {
  return ['vms', 'names', 'ports'].flatMap((folder) => {
    try {
      return readdirSync(join(stateDir, folder)).map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  });
}

/** The numbers of the processes that were started with a path below this directory, but for those of the tests. */
export function processesOf(stateDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => commandLine(pid).includes(`${stateDir}/vms/`));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
