import { checkedEncoding, collectBytes, fromBytes, toBytes, withEncoding } from './content.ts';
import { called, invalidType, outOfRange } from './errors.ts';
import { parseMode } from './flags.ts';
import type { OpenFile } from './open-file.ts';
import { type NodeBigIntStats, NodeStats, toBigIntStats } from './stats.ts';
import type { NodeContent, NodeEncoding, NodeStatOptions, NodeTime } from './types.ts';
import { toDate } from './writing.ts';

/** What a read of a handle gives. */
/** What was read, and where it is. */
export interface NodeReadResult<T extends NodeJS.ArrayBufferView = NodeJS.ArrayBufferView> {
  readonly bytesRead: number;
  readonly buffer: T;
}

/** What a write of a handle gives. */
/** How many bytes were written, and of what. */
export interface NodeWriteResult<T = string | NodeJS.ArrayBufferView> {
  readonly bytesWritten: number;
  readonly buffer: T;
}

/** Where to read to: Node lets the three come in an object, too. */
export interface NodeReadOptions<T extends NodeJS.ArrayBufferView = NodeJS.ArrayBufferView> {
  readonly buffer?: T | undefined;
  readonly offset?: number | null | undefined;
  readonly length?: number | null | undefined;
  readonly position?: number | bigint | null | undefined;
}

/** What `open` gives: Node's `FileHandle`, as far as a medium can be one. */
export class NodeFileHandle implements AsyncDisposable {
  readonly #file: OpenFile;
  readonly #onClose: () => void;
  #fd: number;

  constructor(file: OpenFile, fd: number, onClose: () => void) {
    this.#file = file;
    this.#fd = fd;
    this.#onClose = onClose;
  }

  /** A number of this object's own, not one of the system; -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  async read<T extends NodeJS.ArrayBufferView>(
    buffer?: T | NodeReadOptions<T>,
    offset?: number | NodeReadOptions | null,
    length?: number | null,
    position?: number | bigint | null,
  ): Promise<NodeReadResult<T>> {
    const range = toRange(buffer, offset, length, position);
    const bytesRead = await called({ syscall: 'read' }, () => this.#file.read(range.bytes, range.position));
    return { bytesRead, buffer: range.buffer as T };
  }

  async write<T extends string | NodeJS.ArrayBufferView>(
    data: T,
    offset?: number | null,
    length?: number | string | null,
    position?: number | bigint | null,
  ): Promise<NodeWriteResult<T>> {
    const text = typeof data === 'string'; // then what follows is position and encoding
    const bytes = text ? toBytes(data, length) : slice(toBytes(data, undefined), offset, length as number | null);
    const at = toPosition(text ? offset : position);
    await called({ syscall: 'write' }, () => this.#file.write(bytes, at));
    return { bytesWritten: bytes.length, buffer: data };
  }

  /** From the current position to the end. */
  async readFile(options?: { readonly encoding?: NodeEncoding } | NodeEncoding): Promise<string | Buffer> {
    const { encoding } = withEncoding(options);
    checkedEncoding(encoding);
    return fromBytes(await called({ syscall: 'read' }, () => this.#file.rest()), encoding);
  }

  /** From the current position on; what stands behind stays. */
  async writeFile(data: NodeContent, options?: { readonly encoding?: NodeEncoding } | NodeEncoding): Promise<void> {
    const bytes = await collectBytes(data, withEncoding(options).encoding);
    await called({ syscall: 'write' }, () => this.#file.write(bytes, null));
  }

  async appendFile(data: NodeContent, options?: { readonly encoding?: NodeEncoding } | NodeEncoding): Promise<void> {
    await this.writeFile(data, options);
  }

  async stat(options?: NodeStatOptions): Promise<NodeStats | NodeBigIntStats> {
    const found = await called({ syscall: 'fstat' }, () => this.#file.stat());
    return options?.bigint === true ? toBigIntStats(found) : new NodeStats(found);
  }

  async truncate(length = 0): Promise<void> {
    if (!Number.isInteger(length)) throw outOfRange('len', 'an integer', length);
    await called({ syscall: 'ftruncate' }, () => this.#file.truncate(Math.max(0, length)));
  }

  async chmod(mode: number | string): Promise<void> {
    const bits = parseMode(mode);
    if (bits === undefined) throw invalidType('mode', 'of type number', mode);
    await called({ syscall: 'fchmod' }, () => this.#file.chmod(bits));
  }

  async utimes(atime: NodeTime, mtime: NodeTime): Promise<void> {
    const times = [toDate(atime, 'atime'), toDate(mtime, 'mtime')] as const;
    await called({ syscall: 'futime' }, () => this.#file.utimes(...times));
  }

  /** What was written is on the medium already. */
  sync(): Promise<void> {
    return called({ syscall: 'fsync' }, () => {
      this.#file.assertOpen('fsync');
    });
  }

  datasync(): Promise<void> {
    return called({ syscall: 'fdatasync' }, () => {
      this.#file.assertOpen('fdatasync');
    });
  }

  /** The second time does nothing. */
  async close(): Promise<void> {
    if (this.#fd === -1) return;
    this.#fd = -1;
    this.#onClose();
    await called({ syscall: 'close' }, () => this.#file.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

interface Range {
  readonly buffer: NodeJS.ArrayBufferView;
  readonly bytes: Uint8Array;
  readonly position: number | null;
}

const READ_BYTES = 16_384;

function toRange(
  first: NodeJS.ArrayBufferView | NodeReadOptions | undefined,
  second: number | NodeReadOptions | null | undefined,
  length: number | null | undefined,
  position: number | bigint | null | undefined,
): Range {
  if (!ArrayBuffer.isView(first)) {
    const { buffer = Buffer.alloc(READ_BYTES), ...rest } = first ?? {};
    return toRange(buffer, rest, undefined, undefined);
  }
  if (typeof second === 'object' && second !== null) {
    return toRange(first, second.offset, second.length, second.position);
  }
  const bytes = slice(new Uint8Array(first.buffer, first.byteOffset, first.byteLength), second, length);
  return { buffer: first, bytes, position: toPosition(position) };
}

function slice<T extends Uint8Array>(
  bytes: T,
  offset: number | null | undefined,
  length: number | null | undefined,
): T {
  const from = offset ?? 0;
  const most = bytes.length - from;
  if (!Number.isInteger(from) || most < 0) throw outOfRange('offset', `>= 0 && <= ${String(bytes.length)}`, offset);
  const size = length ?? most;
  if (!Number.isInteger(size) || size < 0 || size > most)
    throw outOfRange('length', `>= 0 && <= ${String(most)}`, length);
  return bytes.subarray(from, from + size) as T;
}

function toPosition(position: unknown): number | null {
  if (typeof position === 'bigint' && position >= 0n) return Number(position);
  return typeof position === 'number' && position >= 0 ? position : null;
}
