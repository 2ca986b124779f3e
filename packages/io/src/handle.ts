import { types } from 'node:util';

import { isPromise } from './derivation.ts';
import type { Awaitable, DriverHandle, DriverStat } from './driver.ts';
import { ErrnoSignal } from './errno.ts';
import type { FileInfo, ReadHandle } from './medium.ts';
import { describe } from './path.ts';

/** A handle on bytes that are there already: for media that can only read whole files. */
export class BytesHandle implements DriverHandle {
  readonly #bytes: Uint8Array;
  readonly #stat: DriverStat;

  constructor(bytes: Uint8Array, stat: DriverStat) {
    this.#bytes = bytes;
    this.#stat = stat;
  }

  get initialSize(): number {
    return this.#bytes.length;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    const part = this.#bytes.subarray(position, position + length);
    buffer.set(part, offset);
    return part.length;
  }

  stat(): DriverStat {
    return this.#stat;
  }

  close(): void {
    // nothing is open
  }
}

/** How a {@link GuardedHandle} speaks: the medium that opened it knows the sentences. */
export interface HandleVoice {
  info(path: string, stat: DriverStat): FileInfo;
  refusal(error: unknown, op: string, path: string): unknown;
}

/** What a handle was opened by. */
export interface HandleNames {
  /** As the caller gave it. */
  readonly path: string;
  readonly normalized: string;
}

/** Keeps misuse away from a driver's handle: arguments are checked, no read outlives `close`, the second close is fine. */
export class GuardedHandle implements ReadHandle {
  readonly initialSize: number | undefined;
  readonly #handle: DriverHandle;
  readonly #voice: HandleVoice;
  readonly #names: HandleNames;
  /** Made when something has to be waited for: what a small file holds is there at once. */
  #busy: Set<Promise<unknown>> | undefined;
  #closing: Promise<void> | undefined;

  constructor(handle: DriverHandle, voice: HandleVoice, names: HandleNames) {
    this.initialSize = handle.initialSize;
    this.#handle = handle;
    this.#voice = voice;
    this.#names = names;
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    if (!types.isUint8Array(buffer)) throw new TypeError(`The buffer must be a Uint8Array, not ${describe(buffer)}`);
    checkRange('offset', offset, buffer.length);
    checkRange('length', length, buffer.length - offset);
    checkRange('position', position, Number.MAX_SAFE_INTEGER);
    return this.#use('read', () => this.#handle.read(buffer, offset, length, position));
  }

  async stat(): Promise<FileInfo> {
    return this.#voice.info(this.#names.normalized, await this.#use('stat', () => this.#handle.stat()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    if (this.#busy !== undefined && this.#busy.size > 0) await Promise.allSettled(this.#busy);
    try {
      const closing = this.#handle.close();
      if (isPromise(closing)) await closing;
    } catch (error) {
      throw this.#refusal(error, 'close');
    }
  }

  /** What is there at once is given at once: most of a quick read would else be promises. */
  #use<T>(op: string, work: () => Awaitable<T>): Awaitable<T> {
    if (this.#closing !== undefined) throw this.#refusal(new ErrnoSignal('ERR_HANDLE_CLOSED'), op);
    try {
      const result = work();
      return isPromise(result) ? this.#wait(op, result) : result;
    } catch (error) {
      throw this.#refusal(error, op);
    }
  }

  async #wait<T>(op: string, running: Promise<T>): Promise<T> {
    const busy = (this.#busy ??= new Set());
    busy.add(running);
    try {
      return await running;
    } catch (error) {
      throw this.#refusal(error, op);
    } finally {
      busy.delete(running);
    }
  }

  #refusal(error: unknown, op: string): unknown {
    return this.#voice.refusal(error, op, this.#names.path);
  }
}

function checkRange(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(`${name} must be a whole number from 0 to ${String(most)}, not ${String(value)}`);
}
