import { crc32 } from '../crc32.ts';
import { METHOD } from '../zip-records.ts';
import type { ArchiveFile } from './archive-file.ts';
import { type DeflateRange, inflate, inflateSmall, isSmall } from './inflate.ts';
import type { ZipEntry } from './zip-entry.ts';

/** The content of an entry, held against the length and digest that the directory says, and against the budget. */
export async function* zipContent(file: ArchiveFile, entry: ZipEntry, start: number): AsyncGenerator<Uint8Array> {
  const { name, size, crc } = entry;
  let seen = 0;
  let digest = 0;
  for await (const chunk of unpacked(file, entry, start)) {
    seen += chunk.length;
    if (seen > size) throw lies(file, name);
    file.spend(chunk.length);
    digest = crc32(chunk, digest);
    yield chunk;
  }
  if (seen !== size) throw lies(file, name);
  if (digest === crc) return;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_CHECKSUM', reason: 'its content does not match its CRC-32' }, name);
}

async function* unpacked(
  file: ArchiveFile,
  { name, method, packed, size }: ZipEntry,
  start: number,
): AsyncGenerator<Uint8Array> {
  const range: DeflateRange = { start, end: start + packed };
  if (method === METHOD.stored) {
    yield* file.chunks(range.start, range.end);
    return;
  }
  if (isSmall(range, size)) {
    const bytes = await inflateSmall(file, range, size);
    if (bytes === undefined) throw lies(file, name);
    yield bytes;
  } else {
    yield* inflate(file, range);
  }
  if (range.endedAt !== range.end) throw lies(file, name);
}

function lies(file: ArchiveFile, name: string): Error {
  const reason = 'its content is not as long as it says';
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH', reason }, name);
}
