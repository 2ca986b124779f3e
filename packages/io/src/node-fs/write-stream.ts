import { addAbortSignal, Writable } from 'node:stream';

import { type Done, settle } from '../streams/bridge.ts';
import type { Descriptors } from './descriptors.ts';
import { checkPosition } from './errors.ts';
import { parseFlags } from './flags.ts';
import { toPlace } from './place.ts';
import type { NodeFlags, NodeMode, NodePath } from './types.ts';
import type { Volume } from './volume.ts';
import { openInPlace, openWhole, type WriteTarget } from './write-target.ts';

/** As the options of `fs.createWriteStream`. */
/** How `createWriteStream` writes. */
export interface NodeWriteStreamOptions {
  readonly flags?: NodeFlags;
  readonly encoding?: BufferEncoding | null | undefined;
  readonly mode?: NodeMode;
  readonly start?: number | undefined;
  readonly highWaterMark?: number | undefined;
  readonly emitClose?: boolean | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * Node's `fs.WriteStream`. With the flags `w` and `wx` and no `start` the file is replaced atomically when the stream
 * finishes; a stream that is destroyed leaves the old one.
 */
export class NodeWriteStream extends Writable {
  readonly path: string;
  bytesWritten: number = 0;
  readonly #open: () => Promise<WriteTarget>;
  #target: WriteTarget | undefined;

  constructor(volume: Volume, descriptors: Descriptors, path: NodePath, options: NodeWriteStreamOptions = {}) {
    const { start, highWaterMark, encoding, emitClose = true, signal } = options;
    if (start !== undefined) checkPosition('start', start);
    super({
      emitClose,
      decodeStrings: true,
      ...(highWaterMark !== undefined && { highWaterMark }),
      ...(encoding && { defaultEncoding: encoding }),
    });
    const flags = parseFlags(options.flags, 'w');
    this.path = toPlace(path).given;
    const whole = start === undefined && flags.truncate && flags.create && !flags.append && !flags.read;
    this.#open = whole
      ? () => openWhole(volume, path, flags, options.mode)
      : async () => openInPlace(await descriptors.open(path, options.flags ?? 'w', options.mode), start);
    if (signal) addAbortSignal(signal, this); // not before, as it may destroy at once
  }

  get pending(): boolean {
    return this.#target === undefined;
  }

  override _construct(done: Done): void {
    settle(this.#begin(), done);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    settle(this.#put(chunk), done);
  }

  override _final(done: Done): void {
    settle(Promise.resolve(this.#target?.finish()), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    settle(Promise.resolve(this.#target?.close()), (closing) => {
      done(error ?? closing ?? null);
    });
  }

  /** Ends the stream; calls back when it is closed. */
  close(callback?: Done): void {
    if (callback !== undefined) {
      if (this.closed) process.nextTick(callback);
      else this.once('close', callback);
    }
    this.end();
  }

  async #begin(): Promise<void> {
    this.#target = await this.#open();
    this.emit('open', this.#target.fd);
    this.emit('ready');
  }

  async #put(chunk: Buffer): Promise<void> {
    await this.#target?.write(chunk);
    this.bytesWritten += chunk.length;
  }
}
