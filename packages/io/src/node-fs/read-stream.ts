import { addAbortSignal, Readable } from 'node:stream';

import { type Done, settle } from '../streams/bridge.ts';
import type { Descriptors } from './descriptors.ts';
import { checkPosition, outOfRange } from './errors.ts';
import type { NodeFileHandle } from './file-handle.ts';
import { toPlace } from './place.ts';
import type { NodeFlags, NodeMode, NodePath } from './types.ts';

/** As the options of `fs.createReadStream`. */
/** How `createReadStream` reads. */
export interface NodeReadStreamOptions {
  readonly flags?: NodeFlags;
  readonly encoding?: BufferEncoding | null | undefined;
  readonly mode?: NodeMode;
  /** First byte. */
  readonly start?: number | undefined;
  /** Last byte, itself included. */
  readonly end?: number | undefined;
  readonly highWaterMark?: number | undefined;
  readonly emitClose?: boolean | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

const READ_CHUNK_BYTES = 65_536;

/** Node's `fs.ReadStream`: emits `open` with a descriptor and `ready` before its first bytes. */
export class NodeReadStream extends Readable {
  readonly path: string;
  bytesRead: number = 0;
  readonly #open: () => Promise<NodeFileHandle>;
  readonly #end: number;
  #position: number;
  #handle: NodeFileHandle | undefined;

  constructor(descriptors: Descriptors, path: NodePath, options: NodeReadStreamOptions = {}) {
    const { start = 0, end = Infinity, highWaterMark = READ_CHUNK_BYTES, encoding, emitClose = true, signal } = options;
    checkPosition('start', start);
    if (end !== Infinity) checkPosition('end', end);
    if (end < start) throw outOfRange('start', `<= "end" (here: ${String(end)})`, start);
    super({ highWaterMark, emitClose, ...(encoding && { encoding }) });
    this.path = toPlace(path).given;
    this.#open = () => descriptors.open(path, options.flags, options.mode);
    this.#position = start;
    this.#end = end;
    if (signal) addAbortSignal(signal, this); // not before, as it may destroy at once
  }

  get pending(): boolean {
    return this.#handle === undefined;
  }

  override _construct(done: Done): void {
    settle(this.#begin(), done);
  }

  override _read(size: number): void {
    settle(this.#pushNext(Math.min(size, this.#end - this.#position + 1)), (error) => {
      if (error) this.destroy(error);
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    settle(Promise.resolve(this.#handle?.close()), (closing) => {
      done(error ?? closing ?? null);
    });
  }

  /** Destroys the stream; calls back when it is closed. */
  close(callback?: Done): void {
    if (callback !== undefined) this.once('close', callback);
    this.destroy();
  }

  async #begin(): Promise<void> {
    this.#handle = await this.#open();
    this.emit('open', this.#handle.fd);
    this.emit('ready');
  }

  async #pushNext(length: number): Promise<void> {
    this.push(await this.#next(length));
  }

  async #next(length: number): Promise<Buffer | null> {
    if (length <= 0 || this.#handle === undefined) return null;
    const buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#position);
    this.#position += bytesRead;
    this.bytesRead += bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }
}
