import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { hasProc } from '../terminate/proc-table.ts';

/** `O_PATH` of Linux: a hold on a file itself, which Node does not name. */
const O_PATH = 0x20_00_00;

/** The path of a local socket that only this user can reach. */
export function privatePath(): string {
  return join(mkdtempSync(join(tmpdir(), 'core-process-')), 'socket');
}

/** Removes a socket and the directory that was made for it. */
export function removePrivate(path: string): void {
  rmSync(dirname(path), { recursive: true, force: true });
}

/** Where to connect to a local socket at which somebody listens. */
export interface PrivateAddress {
  readonly path: string;
  release(): void;
}

/**
 * Takes hold of a private socket. Where the system can reach a file that has no name any more, it is removed at once, so
 * that nothing is left of it however this program ends.
 */
export function holdPrivate(path: string): PrivateAddress {
  if (!hasProc()) {
    return {
      path,
      release: () => {
        removePrivate(path);
      },
    };
  }
  const descriptor = openSync(path, O_PATH);
  removePrivate(path);
  return {
    path: `/proc/self/fd/${String(descriptor)}`,
    release: () => {
      closeSync(descriptor);
    },
  };
}
