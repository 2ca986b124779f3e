import { join } from 'node:path';

import { ContainerError } from '../errors.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';

/** Bytes that the path of a socket may have: 104 with its end on macOS and the BSDs, 108 on Linux. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Where the parts of a machine are below a state directory.
 *
 * @throws `TypeError` for a state directory that is no absolute path or an id that is not one of 8 hex characters;
 *   `ERR_CONTAINER_PATH_TOO_LONG` where a socket's path is longer than every system takes.
 */
export function machinePaths(stateDir: string, id: string): MachinePaths {
  if (!stateDir.startsWith('/') || stateDir.includes('\0')) {
    throw new TypeError(`stateDir must be an absolute path, not ${JSON.stringify(stateDir)}`);
  }
  if (!/^[0-9a-f]{8}$/.test(id)) throw new TypeError(`id must be 8 hex characters, not ${JSON.stringify(id)}`);
  const dir = join(stateDir, 'vms', id);
  const paths = {
    dir,
    log: join(dir, 'console.log'),
    console: join(dir, 'console.sock'),
    control: join(dir, 'qmp.sock'),
    events: join(dir, 'events.jsonl'),
    agent: join(dir, 'agent.sock'),
    pidFile: join(dir, 'hypervisor.pid'),
    stderr: join(dir, 'hypervisor.log'),
    knownHosts: join(dir, 'known_hosts'),
    overlay: join(dir, 'overlay.qcow2'),
    savedState: join(dir, 'saved-state'),
  };
  for (const socket of [paths.console, paths.control, paths.agent, transferSocket(paths)]) checkLength(socket, id);
  return paths;
}

/** The socket through which the memory of a machine goes while it is saved. */
export function transferSocket({ dir }: Pick<MachinePaths, 'dir'>): string {
  return join(dir, 'memory.sock');
}

function checkLength(socket: string, id: string): void {
  const length = Buffer.byteLength(socket);
  if (length <= LONGEST_SOCKET_PATH) return;
  const most = LONGEST_SOCKET_PATH;
  throw new ContainerError(
    `Cannot keep machine "${id}" in ${JSON.stringify(socket)}: the path of a socket has ${String(most)} bytes at most, and this has ${String(length)}`,
    {
      ...{ code: 'ERR_CONTAINER_PATH_TOO_LONG', op: 'machine.paths', id, path: socket },
      hint: `Choose a state directory whose path is at least ${String(length - most)} bytes shorter, or reach it by a short symbolic link.`,
    },
  );
}
