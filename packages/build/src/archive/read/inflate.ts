import { Readable } from 'node:stream';
import { createInflateRaw, inflateRawSync } from 'node:zlib';

import type { ArchiveFile } from './archive-file.ts';

const OUTPUT_BYTES = 1 << 18;

/** What is packed into so few bytes, and says that it unpacks to no more than {@link OUTPUT_BYTES}, is done at once. */
const SMALL_BYTES = 1 << 14;

/** Where a deflate stream is in the archive, and where it turned out to end. */
export interface DeflateRange {
  readonly start: number;
  /** It ends here at the latest. */
  readonly end: number;
  /** Set when all bytes have been given: where the stream really ended. */
  endedAt?: number;
}

/** The bytes of a raw deflate stream inside the archive. What follows the stream is left alone. */
export async function* inflate(file: ArchiveFile, range: DeflateRange): AsyncGenerator<Buffer> {
  const engine = createInflateRaw({ chunkSize: OUTPUT_BYTES });
  const source = Readable.from(file.chunks(range.start, range.end), { highWaterMark: 1 });
  source.on('error', (error) => engine.destroy(error));
  source.pipe(engine);
  try {
    yield* engine as AsyncIterable<Buffer>;
    range.endedAt = range.start + engine.bytesWritten;
  } catch (error) {
    throw refusal(file, error);
  } finally {
    source.destroy();
    engine.destroy();
  }
}

/** Whether {@link inflateSmall} may be used: to start an engine would take longer than the work. */
export function isSmall(range: DeflateRange, size: number): boolean {
  return range.end - range.start <= SMALL_BYTES && size <= OUTPUT_BYTES;
}

/** As {@link inflate}, for a small stream that gives `size` bytes: in one piece, `undefined` where it gives more. */
export async function inflateSmall(file: ArchiveFile, range: DeflateRange, size: number): Promise<Buffer | undefined> {
  const packed = await file.read(range.start, range.end);
  try {
    const options = { info: true, maxOutputLength: Math.max(1, size) };
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as InflateInfo;
    range.endedAt = range.start + engine.bytesWritten;
    return buffer;
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw refusal(file, error);
  }
}

/** What `info: true` makes of the result. */
interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function refusal(file: ArchiveFile, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'Z_BUF_ERROR') return file.truncated();
  return code === 'Z_DATA_ERROR' ? file.corrupt('its compressed data is damaged') : error;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
