/**
 * The calls that the disk makes in the thread pool. A call there costs a hop of some 30 µs, a call of metadata itself
 * 1 to 5 µs: so names are looked up, opened and closed at once, in the thread that asks, and so are small contents
 * written and read, as long as they go no farther than the page cache. What may have to wait for the disk goes to the
 * pool: syncing, big contents, flushing or giving back the blocks of big files, and small contents after one that had to
 * wait, as where the cache has no room or nothing yet. By descriptor, not by `FileHandle`, as making one of those costs
 * more than reading a small file.
 */
import { fdatasync, fsync, read, readSync, rename, renameSync, unlink, unlinkSync, write, writeSync } from 'node:fs';

import { Caution } from '../caution.ts';
import { nextTurn } from './turns.ts';

/** Bytes of one hop: more of them only delay whoever waits for the pool or wants to cancel. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** What is done at once for so many bytes takes no longer than a hop, or not much. */
const SMALL_BYTES = 64 * 1024;
/** A small call that takes longer has waited for the disk, or the thread has waited for a processor. */
const TERMS = { waitedMs: 0.5, first: 128, most: 16_384 };

const reads = new Caution(TERMS);
const writes = new Caution(TERMS);

type Callback = (error: NodeJS.ErrnoException | null) => void;

function called(start: (done: Callback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** Part of a buffer. */
export interface Span {
  readonly buffer: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** One read of a regular file, of the whole span at most; `position` null is where the last one ended. */
export function readOnce(fd: number, span: Span, position: number | null): Promise<number> | number {
  if (span.length > SMALL_BYTES || reads.next()) return readInPool(fd, span, position);
  return nextTurn()?.then(() => readAtOnce(fd, span, position)) ?? readAtOnce(fd, span, position);
}

function readAtOnce(fd: number, { buffer, offset, length }: Span, position: number | null): number {
  const began = performance.now();
  const bytesRead = readSync(fd, buffer, offset, length, position);
  reads.took(performance.now() - began);
  return bytesRead;
}

/** One read of what may keep it waiting. */
export function readInPool(fd: number, { buffer, offset, length }: Span, position: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, offset, Math.min(length, PIECE_BYTES), position, (error, bytesRead) => {
      if (error === null) resolve(bytesRead);
      else reject(error);
    });
  });
}

/** One write into a file where the last one ended: how much of the span was written. */
export async function writeOnce(fd: number, span: Span): Promise<number> {
  if (span.length > SMALL_BYTES || writes.next()) return writeInPool(fd, span);
  await nextTurn();
  const began = performance.now();
  const written = writeSync(fd, span.buffer, span.offset, span.length, null);
  writes.took(performance.now() - began);
  return written;
}

/** One write into what may keep it waiting. */
export function writeInPool(fd: number, { buffer, offset, length }: Span): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, buffer, offset, length, null, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}

/** Writes all of it, in pieces between which the signal is looked at. */
export async function writeAll(fd: number, buffer: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  for (let offset = 0; offset < buffer.length;) {
    signal?.throwIfAborted();
    offset += await writeOnce(fd, { buffer, offset, length: Math.min(buffer.length - offset, PIECE_BYTES) });
  }
}

/** Has what was written reach the disk. */
export function sync(fd: number): Promise<void> {
  return called((done) => {
    fsync(fd, done);
  });
}

/** Has what was written reach the disk, and of what is told about the file only what is needed to read it. */
export function syncData(fd: number): Promise<void> {
  return called((done) => {
    fdatasync(fd, done);
  });
}

/** Renames where so many bytes are moved or replaced. */
export function renameFile(from: string, to: string, bytes: number): Promise<void> | void {
  if (bytes <= SMALL_BYTES) {
    renameSync(from, to);
    return;
  }
  return called((done) => {
    rename(from, to, done);
  });
}

/** Removes a file of so many bytes. */
export function unlinkFile(path: string | Buffer, bytes: number): Promise<void> | void {
  if (bytes <= SMALL_BYTES) {
    unlinkSync(path);
    return;
  }
  return called((done) => {
    unlink(path, done);
  });
}
