import { constants as limits } from 'node:buffer';
import { closeSync, constants, fstatSync, type Stats } from 'node:fs';

import type { DriverHandle, DriverStat, Walker } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { readInPool, readOnce } from './calls.ts';
import { driverStat } from './file-kind.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';

/** Bytes of the first and of the longest read of a file that does not say how long it is. */
const FIRST_BYTES = 16 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** Flags of every open: never wait for the other end of a fifo, never become anybody's terminal. Windows has neither. */
export const CAREFUL: number =
  ((constants.O_NONBLOCK as number | undefined) ?? 0) | ((constants.O_NOCTTY as number | undefined) ?? 0);

/** Whether what was opened has a content: a file has, a device only where there is no root that it could lead out of. */
export function isUsable(stats: Stats, sandbox: Sandbox): boolean {
  return stats.isFile() || (sandbox.strength === 'none' && (stats.isCharacterDevice() || stats.isBlockDevice()));
}

/** An open file and what it was when it was opened. */
export interface OpenFile {
  readonly fd: number;
  readonly stats: Stats;
}

/** Opens a file to be read: `EISDIR` for a directory, `ERR_NOT_REGULAR_FILE` for a fifo, socket or device. */
export function openToRead(sandbox: Sandbox, path: string, walker?: Walker): OpenFile {
  const fd = openAny(sandbox, path, walker);
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw ErrnoSignal.of('EISDIR');
    if (!isUsable(stats, sandbox)) throw new ErrnoSignal('ERR_NOT_REGULAR_FILE');
    return { fd, stats };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openAny(sandbox: Sandbox, path: string, walker: Walker | undefined): number {
  try {
    const flags = constants.O_RDONLY | CAREFUL;
    return walker === undefined ? sandbox.open(path, flags) : sandbox.openNext(path, flags, walker);
  } catch (error) {
    // a socket
    throw errorCode(error) === 'ENXIO' ? new ErrnoSignal('ERR_NOT_REGULAR_FILE', { cause: error }) : error;
  }
}

/** The whole content, as much as the file had when it was opened; closes it. */
export async function readAndClose({ fd, stats }: OpenFile, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    // what the kernel makes up while it is read (as in /proc) has no size, or not this one
    return stats.size > 0 && stats.isFile() ? await readSize(fd, stats.size, signal) : await readToEnd(fd, signal);
  } finally {
    closeSync(fd);
  }
}

async function readSize(fd: number, size: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (size > limits.MAX_LENGTH) throw new ErrnoSignal('EFBIG', { hint: 'Read it with readStream().' });
  const buffer = Buffer.allocUnsafeSlow(size);
  for (let done = 0; done < size;) {
    signal?.throwIfAborted();
    const read = await readOnce(fd, { buffer, offset: done, length: size - done }, null);
    if (read === 0) return buffer.subarray(0, done);
    done += read;
  }
  return buffer;
}

async function readToEnd(fd: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for (let length = FIRST_BYTES; ; length = Math.min(length * 2, MOST_BYTES)) {
    signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafeSlow(length);
    const read = await readInPool(fd, { buffer, offset: 0, length }, null);
    if (read === 0) return new Uint8Array(Buffer.concat(parts)); // a copy outside of the shared pool
    parts.push(buffer.subarray(0, read));
  }
}

/** Random access to an open file. */
export class DiskHandle implements DriverHandle {
  readonly initialSize: number;
  readonly #fd: number;
  readonly #read: typeof readOnce;

  constructor({ fd, stats }: OpenFile) {
    this.#fd = fd;
    this.initialSize = stats.size;
    // what the kernel makes up while it is read, and a device, may keep a read waiting
    this.#read = stats.isFile() && stats.size > 0 ? readOnce : readInPool;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<number> | number {
    return this.#read(this.#fd, { buffer, offset, length }, position);
  }

  stat(): DriverStat {
    return driverStat(fstatSync(this.#fd));
  }

  close(): void {
    closeSync(this.#fd);
  }
}
