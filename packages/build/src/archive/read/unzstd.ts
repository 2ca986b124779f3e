import { EngineError, Thread } from '../../thread/thread.ts';
import type { ArchiveFile } from './archive-file.ts';
import { ByteReader } from './byte-reader.ts';
import { UNZSTD_ENGINE, type UnzstdAnswer, type ZstdLabel } from './unzstd-engine.ts';
import { readBlock, readFrameHeader, take, type ZstdFrame } from './zstd-frame.ts';

/** Blocks that go to the thread together: each gives 128 KiB at most. */
const MOST_BLOCKS = 8;

const CHECKSUM_BYTES = 4;

/**
 * What a zstd file holds, in all its frames. Where each part ends is found here, so that nothing may be missing, follow
 * the last frame or unpack to more than is asked for at a time; lengths and checksums are checked. The bytes are taken
 * out of the budget, and what a frame announces is held against it before the frame is unpacked.
 */
export async function* unzstd(file: ArchiveFile): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(file.chunks(0, file.size));
  await using decoder = new Decoder(file);
  try {
    for (let step = await readFrameHeader(file, bytes); step !== undefined; step = await readFrameHeader(file, bytes)) {
      if ('skip' in step) await skip(file, bytes, step.skip);
      else yield* frameContent(file, bytes, { decoder, frame: step });
    }
    await decoder.finish();
  } finally {
    await bytes.close();
  }
}

async function skip(file: ArchiveFile, bytes: ByteReader, count: number): Promise<void> {
  let left = count;
  for await (const part of bytes.parts(count)) left -= part.length;
  if (left > 0) throw file.truncated();
}

interface Reading {
  readonly decoder: Decoder;
  readonly frame: ZstdFrame;
}

async function* frameContent(
  file: ArchiveFile,
  bytes: ByteReader,
  { decoder, frame }: Reading,
): AsyncGenerator<Buffer> {
  const excess = file.budget.wouldExceed(frame.size ?? 0);
  if (excess !== undefined) throw file.refusal(excess);
  let seen = 0;
  for await (const pieces of piecesOf(file, bytes, frame)) {
    const content = await decoder.send(pieces);
    seen += content.length;
    if (seen > (frame.size ?? seen)) throw lies(file);
    file.spend(content.length);
    if (content.length > 0) yield content;
  }
  if (seen !== (frame.size ?? seen)) throw lies(file);
}

function lies(file: ArchiveFile): Error {
  const reason = 'its content is not as long as it says';
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH', reason });
}

/** What the decoder takes at once: empty at the end of all. */
interface Piece {
  readonly label: ZstdLabel;
  readonly bytes: Buffer;
}

/** A frame from its header to its checksum, in lists that unpack to a megabyte at most. */
async function* piecesOf(file: ArchiveFile, bytes: ByteReader, frame: ZstdFrame): AsyncGenerator<Piece[]> {
  let pieces: Piece[] = [{ label: 'header', bytes: frame.header }];
  for (let isLast = false; !isLast;) {
    const block = await readBlock(file, bytes);
    pieces.push({ label: 'block', bytes: block.bytes });
    isLast = block.isLast;
    if (isLast || pieces.length < MOST_BLOCKS) continue;
    yield pieces;
    pieces = [];
  }
  if (frame.isSummed) pieces.push({ label: 'checksum', bytes: await take(file, bytes, CHECKSUM_BYTES) });
  yield pieces;
}

/** The decoder in its thread, which is started when there is something to unpack. */
class Decoder implements AsyncDisposable {
  readonly #file: ArchiveFile;
  #thread: Thread | undefined;

  constructor(file: ArchiveFile) {
    this.#file = file;
  }

  /** The content of the pieces. Whether a piece was damaged is known when the next one is sent. */
  async send(pieces: readonly Piece[]): Promise<Buffer> {
    this.#file.checkCancelled();
    const bytes = new Uint8Array(Buffer.concat(pieces.map((piece) => piece.bytes)));
    const request = { bytes, pieces: pieces.map((piece) => ({ label: piece.label, size: piece.bytes.length })) };
    const { content, damaged } = await this.#ask(request, bytes.buffer);
    if (damaged === 'checksum') {
      const reason = 'its content does not match its checksum';
      throw this.#file.refusal({ code: 'ERR_BUILD_ARCHIVE_CHECKSUM', reason });
    }
    if (damaged !== undefined) throw this.#damage();
    return Buffer.from(content.buffer);
  }

  /** Makes sure of the last piece. */
  async finish(): Promise<void> {
    if (this.#thread !== undefined) await this.send([{ label: 'end', bytes: Buffer.alloc(0) }]);
  }

  async #ask(request: object, buffer: ArrayBuffer): Promise<UnzstdAnswer> {
    try {
      this.#thread ??= new Thread(UNZSTD_ENGINE, { signal: this.#file.signal });
      return await this.#thread.ask<UnzstdAnswer>(request, [buffer]);
    } catch (error) {
      throw error instanceof EngineError ? this.#damage() : error;
    }
  }

  #damage(): Error {
    return this.#file.corrupt('its compressed data is damaged');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.close();
  }
}
