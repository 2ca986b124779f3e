import type { CancelOptions, Medium, ReadHandle } from '@core/io';

import { BuildError, type BuildErrorCode } from '../../errors.ts';
import type { EntryProblem } from '../entry-name.ts';
import { Budget, type Excess, type ReadLimits } from './limits.ts';

/** How an archive is read. */
export interface ReadOptions extends CancelOptions {
  readonly limits?: ReadLimits | undefined;
}

/** Why an archive is refused. */
export type Refusal = EntryProblem | Excess | { readonly code: BuildErrorCode; readonly reason: string };

const CHUNK_BYTES = 1 << 18;

/** An open archive: its bytes, how much may come out of it, and how its refusals speak. */
export class ArchiveFile implements AsyncDisposable {
  readonly path: string;
  readonly size: number;
  readonly budget: Budget;
  readonly #handle: ReadHandle;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    path: string,
    { handle, size, options }: { handle: ReadHandle; size: number; options: ReadOptions },
  ) {
    this.path = path;
    this.size = size;
    this.budget = new Budget(options.limits ?? {}, size);
    this.#handle = handle;
    this.#signal = options.signal;
  }

  static async open(medium: Medium, path: string, options: ReadOptions): Promise<ArchiveFile> {
    const handle = await medium.open(path, { signal: options.signal });
    try {
      const { size } = await handle.stat();
      return new ArchiveFile(path, { handle, size, options });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Ends the reading. */
  get signal(): AbortSignal | undefined {
    return this.#signal;
  }

  /** The bytes from `start` to `end`, which must be there. */
  async read(start: number, end: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(end, this.size) - start));
    for (let filled = 0; filled < buffer.length;) {
      this.checkCancelled();
      const count = await this.#handle.read(buffer, filled, buffer.length - filled, start + filled);
      if (count === 0) throw this.truncated();
      filled += count;
    }
    if (buffer.length < end - start) throw this.truncated();
    return buffer;
  }

  /** The same, in chunks. */
  async *chunks(start: number, end: number): AsyncGenerator<Buffer> {
    for (let position = start; position < end; position += CHUNK_BYTES) {
      yield await this.read(position, Math.min(end, position + CHUNK_BYTES));
    }
  }

  /** Throws the reason of the cancellation, where there is one: much can be read from what is in memory already. */
  checkCancelled(): void {
    this.#signal?.throwIfAborted();
  }

  /** Takes bytes of content out of the budget. */
  spend(bytes: number): void {
    const excess = this.budget.addBytes(bytes);
    if (excess !== undefined) throw this.refusal(excess);
  }

  truncated(entry?: string): BuildError {
    return this.refusal({ code: 'ERR_BUILD_ARCHIVE_TRUNCATED', reason: 'it ends in the middle' }, entry);
  }

  corrupt(reason: string, entry?: string): BuildError {
    return this.refusal({ code: 'ERR_BUILD_ARCHIVE_CORRUPT', reason }, entry);
  }

  /** The error that says why the archive, or one entry of it, is refused. */
  refusal({ code, reason }: Refusal, entry?: string): BuildError {
    const archive = JSON.stringify(this.path);
    const what = entry === undefined ? archive : `the entry ${shown(entry)} of ${archive}`;
    return new BuildError(`Cannot read ${what}: ${reason}`, { code, op: 'build.readArchive', path: this.path, entry });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function shown(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}
