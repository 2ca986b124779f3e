import { closeSync, fstatSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import { encodeToken, newToken, type Token } from './lock-token.ts';
import { temporaryName } from './reserved.ts';
import { errorCode } from './system-error.ts';

/** What `link` says on file systems that have no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * A token that is written already, under a temporary name: linked to another name it appears there whole, and only
 * where nothing stands.
 */
export class Ticket {
  readonly token: Token = newToken();
  /** Stays open until `close`. */
  readonly fd: number;
  readonly #path: string;

  constructor(dir: string) {
    this.#path = `${dir}/${temporaryName()}`;
    this.fd = openSync(this.#path, 'wx', 0o644);
    try {
      const text = encodeToken(this.token);
      if (writeSync(this.fd, text) < Buffer.byteLength(text)) throw new ErrnoSignal('ENOSPC');
    } catch (error) {
      this.drop();
      this.close();
      throw error;
    }
  }

  /** False where something stands under that name. */
  linkTo(path: string): boolean {
    try {
      linkSync(this.#path, path);
      return true;
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (code === 'EEXIST') return false;
      if (!NO_LINKS.has(code)) throw error;
      const hint = 'Locks between processes are made of hard links, which this file system does not have.';
      throw new ErrnoSignal('ERR_NOT_SUPPORTED', { hint, cause: error });
    }
  }

  /** Takes the temporary name away. Where that fails it is left to recovery: the lock may be held by now. */
  drop(): void {
    try {
      unlinkSync(this.#path);
    } catch {
      // its name says whose it is
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Drops and closes a ticket that is of no more use. */
  discard(): void {
    this.drop();
    this.close();
  }
}

/** The clock of the file system of a directory, in milliseconds: on a network it is that of the server. */
export function fileSystemNow(dir: string): number {
  const ticket = new Ticket(dir);
  try {
    return fstatSync(ticket.fd).mtimeMs;
  } finally {
    ticket.discard();
  }
}

/** Takes a name away, if it is there. */
export function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
