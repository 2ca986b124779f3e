import { EngineError, Thread } from '../../thread/thread.ts';
import { CHECKS } from '../xz/xz-check.ts';
import { blockHeader, CHECK, EDGE_BYTES, paddingOf, streamEnd, streamHeader, type XzRecord } from '../xz/xz-format.ts';
import type { ArchiveFile } from './archive-file.ts';
import { UNXZ_ENGINE, type UnxzAnswer } from './unxz-engine.ts';
import { readBlockHeader, type XzBlock } from './xz-block.ts';
import { isZero, readIndex } from './xz-index.ts';
import { xzStreams } from './xz-layout.ts';

/** The header of a block without sizes. */
const PLAIN_HEADER_BYTES = 12;

/** Packed bytes that are worth a way to the thread. */
const PARCEL_BYTES = 1 << 16;

/**
 * What an xz file holds, in all blocks of all its streams. Headers, sizes, digests and indexes are checked here, and
 * nothing may follow the last stream but its padding; the decoder gets one block at a time. The bytes are taken out of
 * the budget, and what the indexes announce is held against it before anything is unpacked.
 */
export async function* unxz(file: ArchiveFile): AsyncGenerator<Buffer> {
  const streams = await xzStreams(file);
  const excess = file.budget.wouldExceed(streams.reduce((sum, { size }) => sum + size, 0));
  if (excess !== undefined) throw file.refusal(excess);
  await using thread = new Thread(UNXZ_ENGINE, { signal: file.signal });
  for (const { start, index, check } of streams) {
    let at = start + EDGE_BYTES;
    for (const record of await readIndex(file, index)) {
      yield* content(file, thread, { start: at, check, ...record });
      at += record.unpadded + paddingOf(record.unpadded);
    }
  }
}

interface Place extends XzRecord {
  readonly start: number;
  readonly check: number;
}

/** The content of the block, held against its size and its check. */
async function* content(file: ArchiveFile, thread: Thread, place: Place): AsyncGenerator<Buffer> {
  const block = await readBlockHeader(file, place.start, place);
  const check = CHECKS.get(place.check)?.start();
  let seen = 0;
  for await (const bytes of unpacked(file, thread, { ...block, size: place.size })) {
    seen += bytes.length;
    if (seen > place.size) throw lies(file);
    file.spend(bytes.length);
    check?.update(bytes);
    yield bytes;
  }
  if (seen !== place.size) throw lies(file);
  const padding = paddingOf(place.unpadded);
  const end = await file.read(block.end, place.start + place.unpadded + padding);
  if (!isZero(end.subarray(0, padding))) throw file.corrupt('the padding of a block in it is damaged');
  if (check?.digest().equals(end.subarray(padding)) === true) return;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_CHECKSUM', reason: 'its content does not match its check' });
}

function lies(file: ArchiveFile): Error {
  const reason = 'its content is not as long as it says';
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH', reason });
}

type Sized = XzBlock & { readonly size: number };

async function* unpacked(file: ArchiveFile, thread: Thread, block: Sized): AsyncGenerator<Buffer> {
  const packed = parcels(file, block);
  let state: UnxzAnswer['state'] | 'fresh' = 'fresh';
  while (state !== 'done') {
    file.checkCancelled();
    const fed: boolean = state !== 'more';
    const input = fed ? (await packed.next()).value : undefined;
    const answer: UnxzAnswer = await ask(file, thread, { fresh: state === 'fresh', fed, input });
    state = answer.state;
    if (answer.output.length > 0) yield Buffer.from(answer.output.buffer);
  }
}

interface Request {
  readonly fresh: boolean;
  readonly fed: boolean;
  readonly input: Uint8Array<ArrayBuffer> | undefined;
}

async function ask(file: ArchiveFile, thread: Thread, request: Request): Promise<UnxzAnswer> {
  try {
    return await thread.ask<UnxzAnswer>(request, request.input === undefined ? [] : [request.input.buffer]);
  } catch (error) {
    throw error instanceof EngineError ? damaged(file) : error;
  }
}

function damaged(file: ArchiveFile): Error {
  return file.corrupt('its compressed data is damaged');
}

/**
 * The block as a stream of its own, without sizes in the header and without check. So the decoder meets nothing that it
 * does not know; its own look at the index makes sure that the packed content ends where it should.
 */
async function* parcels(file: ArchiveFile, block: Sized): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const { start, end, dictionary, size } = block;
  let held = Buffer.concat([streamHeader(CHECK.none), blockHeader({ dictionary, length: PLAIN_HEADER_BYTES })]);
  for await (const chunk of file.chunks(start, end)) {
    held = Buffer.concat([held, chunk]);
    if (held.length < PARCEL_BYTES) continue;
    yield new Uint8Array(held);
    held = Buffer.alloc(0);
  }
  const unpadded = PLAIN_HEADER_BYTES + end - start;
  const index = streamEnd(CHECK.none, [{ unpadded, size }]);
  yield new Uint8Array(Buffer.concat([held, Buffer.alloc(paddingOf(unpadded)), index]));
  return undefined;
}
