import type { Medium, ReadHandle } from '@core/io';

import { BuildError } from '../errors.ts';

/** Large reads: a system call and a turn of the event loop for each of them must not count. */
const READ_BYTES = 1 << 20;

/** A file whose bytes are wanted as they were when it was looked at. */
export interface FileContentRequest {
  readonly path: string;
  /** How many bytes it had. */
  readonly size: number;
  /** `build.archive` */
  readonly op: string;
  readonly signal: AbortSignal | undefined;
  /** Buffers to read into, for whoever is done with a chunk when the next one is asked for; else each is a new one. */
  readonly buffers?: ChunkBuffers;
}

/** Two buffers for the chunks of files that are read one after the other. */
export class ChunkBuffers {
  readonly #buffers: Buffer[] = [];
  #turn = 0;

  /** The buffer that was not given last. */
  next(length: number): Buffer {
    this.#turn = 1 - this.#turn;
    const buffer = (this.#buffers[this.#turn] ??= Buffer.allocUnsafeSlow(READ_BYTES));
    return buffer.subarray(0, length);
  }
}

/**
 * The bytes of a file, exactly `size` of them; the next chunk is read while the last is worked on.
 *
 * @throws `ERR_BUILD_ARTIFACT_CHANGED` where the file is longer, shorter or written to meanwhile.
 */
export async function* fileContent(medium: Medium, request: FileContentRequest): AsyncGenerator<Uint8Array> {
  const { path, size, signal } = request;
  await using handle = await medium.open(path, { signal });
  const before = await handle.stat();
  if (before.size !== size) throw changed(request);
  let coming = size === 0 ? undefined : readAhead(handle, 0, request);
  for (let position = 0; coming !== undefined;) {
    const chunk = await coming;
    signal?.throwIfAborted();
    if (chunk.length === 0) throw changed(request);
    position += chunk.length;
    coming = position < size ? readAhead(handle, position, request) : undefined;
    yield chunk;
  }
  const after = await handle.stat();
  if (after.size !== size || after.mtime.getTime() !== before.mtime.getTime()) throw changed(request);
}

/**
 * The same in one piece: for small files, of which a release may have thousands.
 *
 * @throws `ERR_BUILD_ARTIFACT_CHANGED` where the file is longer or shorter by now.
 */
export async function wholeContent(medium: Medium, request: FileContentRequest): Promise<Uint8Array> {
  const bytes = await medium.readBytes(request.path, { signal: request.signal });
  if (bytes.length !== request.size) throw changed(request);
  return bytes;
}

/** A read whose failure may wait until somebody asks for the bytes. Closing the handle waits for it. */
function readAhead(handle: ReadHandle, position: number, request: FileContentRequest): Promise<Uint8Array> {
  const chunk = read(handle, position, request);
  chunk.catch(() => undefined);
  return chunk;
}

async function read(handle: ReadHandle, position: number, { size, buffers }: FileContentRequest): Promise<Uint8Array> {
  const length = Math.min(READ_BYTES, size - position);
  const buffer = buffers?.next(length) ?? Buffer.allocUnsafeSlow(length);
  return buffer.subarray(0, await handle.read(buffer, 0, buffer.length, position));
}

function changed({ path, op }: FileContentRequest): BuildError {
  return new BuildError(`Cannot read ${JSON.stringify(path)} as it was: it is changing meanwhile`, {
    code: 'ERR_BUILD_ARTIFACT_CHANGED',
    op,
    path,
    hint: 'Wait until whatever writes it has finished, and try again.',
  });
}
