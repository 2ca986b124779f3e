import { closeSync, constants, fstatSync, ftruncateSync, readFileSync, type Stats } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import { syncData, writeInPool, writeOnce } from './calls.ts';
import { CAREFUL, isUsable } from './read-file.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | CAREFUL;
/** What Linux writes in one call at most, and so in one piece. */
const MOST_BYTES = 0x7ffff000;

/**
 * Adds the bytes in one call, which the kernel keeps in one piece between those of others; or adds nothing. Closes it.
 * Gives whether the file was empty, so that its name may be new.
 */
export async function appendAndClose(fd: number, bytes: Uint8Array, durable: boolean): Promise<boolean> {
  try {
    if (bytes.length > MOST_BYTES) throw new ErrnoSignal('EFBIG', { hint: 'Append it in parts.' });
    const stats = fstatSync(fd);
    if (bytes.length > 0) await appendBytes(fd, bytes, stats);
    if (durable && stats.isFile()) await syncData(fd);
    return stats.size === 0;
  } finally {
    closeSync(fd);
  }
}

async function appendBytes(fd: number, bytes: Uint8Array, before: Stats): Promise<void> {
  const writing = before.isFile() ? writeOnce : writeInPool;
  const written = await writing(fd, { buffer: bytes, offset: 0, length: bytes.length });
  if (written < bytes.length) takeBack(fd, endOfWrite(fd) ?? before.size + written, written);
}

/** Opens a file to be added to, and makes it where it is missing. */
export function openToAppend(sandbox: Sandbox, path: string): number {
  let fd: number;
  try {
    fd = sandbox.open(path, FLAGS);
  } catch (error) {
    // a socket, or a fifo that nobody reads
    throw errorCode(error) === 'ENXIO' ? new ErrnoSignal('ERR_NOT_REGULAR_FILE', { cause: error }) : error;
  }
  if (isUsable(fstatSync(fd), sandbox)) return fd;
  closeSync(fd);
  throw new ErrnoSignal('ERR_NOT_REGULAR_FILE');
}

/** The disk was full in the middle: what did come is removed again, unless somebody has added to it since. */
function takeBack(fd: number, end: number, written: number): never {
  if (fstatSync(fd).size === end) ftruncateSync(fd, end - written);
  throw ErrnoSignal.of('ENOSPC');
}

/** Where the last write of a descriptor ended, which Node has no call for; `undefined` where there is no `/proc`. */
function endOfWrite(fd: number): number | undefined {
  try {
    const position = /^pos:\s*(\d+)/u.exec(readFileSync(`/proc/self/fdinfo/${String(fd)}`, 'utf8'))?.[1];
    return position === undefined ? undefined : Number(position);
  } catch {
    return undefined;
  }
}
