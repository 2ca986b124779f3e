import type { CancelOptions, Medium, ReadHandle } from '@core/io';

import { BuildError } from '../../../errors.ts';

/** A part of a file: from byte `start` to before byte `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of a file that is made of another: taken over, or new. */
export type Piece = Span | Uint8Array;

const CHUNK_BYTES = 1 << 20;

/** A Node binary that is read, never as a whole. */
export class Binary implements AsyncDisposable {
  readonly path: string;
  readonly size: number;
  readonly #handle: ReadHandle;
  readonly #signal: AbortSignal | undefined;
  #change: { readonly at: number; readonly byte: number } | undefined;

  private constructor(path: string, size: number, parts: CancelOptions & { readonly handle: ReadHandle }) {
    this.path = path;
    this.size = size;
    this.#handle = parts.handle;
    this.#signal = parts.signal;
  }

  static async open(medium: Medium, path: string, { signal }: CancelOptions): Promise<Binary> {
    const handle = await medium.open(path, { signal });
    try {
      const { size } = await handle.stat();
      return new Binary(path, size, { handle, signal });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** From now on it reads as if this byte were another. */
  change(at: number, byte: number): void {
    this.#change = { at, byte };
  }

  /** The bytes from `start` to before `end`, which must be there. */
  async read(start: number, end: number): Promise<Buffer> {
    if (start < 0 || end < start || end > this.size) throw this.unfit('it ends where it should not');
    const buffer = Buffer.allocUnsafe(end - start);
    for (let filled = 0; filled < buffer.length;) {
      this.#signal?.throwIfAborted();
      const count = await this.#handle.read(buffer, filled, buffer.length - filled, start + filled);
      if (count === 0) throw this.unfit('it became shorter while it was read');
      filled += count;
    }
    const change = this.#change;
    if (change !== undefined && change.at >= start && change.at < end) buffer[change.at - start] = change.byte;
    return buffer;
  }

  /** The bytes of all pieces, in their order. */
  async *chunks(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        yield piece;
        continue;
      }
      for (let at = piece.start; at < piece.end; at += CHUNK_BYTES) {
        yield await this.read(at, Math.min(piece.end, at + CHUNK_BYTES));
      }
    }
  }

  /** The refusal of a binary that no program can be put into. */
  unfit(reason: string): BuildError {
    return new BuildError(`Cannot put a program into ${JSON.stringify(this.path)}: ${reason}`, {
      code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
      op: 'build.node',
      path: this.path,
      hint: 'Name another Node with node.version, or set node.output to script.',
    });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** How many bytes pieces are together. */
export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.end - piece.start), 0);
}

/** The next multiple of `unit`. */
export function alignUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
