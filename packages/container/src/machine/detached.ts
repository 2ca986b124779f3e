import { isCoreError } from '@core/io';
import type { Process, Service } from '@core/process';

import { ContainerError } from '../errors.ts';

/** A program that shall outlive this one. */
export interface DetachedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Gets all that it says. */
  readonly stderr: string;
  /** What it reads; nothing unless it is given. */
  readonly stdin?: string | undefined;
}

/**
 * The shell opens the files and becomes the program, so that its number is the program's. A program that was itself
 * started by a service bears that service's mark, by which all that it started is ended: the machine is let go of it.
 */
const SCRIPT = 'unset CORE_PROCESS_COOKIE; in=$1 out=$2; shift 2; exec "$@" <"$in" >>"$out" 2>&1';

/**
 * Starts a program in a session of its own, which neither the end of this program nor a Ctrl-C in its terminal ends.
 * Reads and writes nothing of this program's.
 */
export async function startDetached(
  service: Service,
  { command, args, stderr, stdin = '/dev/null' }: DetachedCommand,
): Promise<Process> {
  try {
    return await service.start('sh', ['-c', SCRIPT, 'sh', stdin, stderr, command, ...args], {
      ...{ detached: true, stdio: 'ignore', dir: '/' },
    });
  } catch (cause) {
    if (!isCoreError(cause)) throw cause;
    const message = `Cannot start ${command}: ${cause.message}`;
    throw new ContainerError(message, { code: 'ERR_CONTAINER_START_FAILED', op: 'machine.launch', cause });
  }
}
