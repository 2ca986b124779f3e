import { padding } from '../tar-records.ts';
import type { ArchiveFile } from './archive-file.ts';
import type { ByteReader } from './byte-reader.ts';
import { decodeText } from './decode-text.ts';
import { parsePax, paxNumber, paxTime } from './pax.ts';
import type { TarHeader } from './tar-header.ts';

/** Longer names than the header proper can hold need no more than this. */
const MOST_BYTES = 1 << 20;

/** What extension headers say of the entry that follows them: takes the place of what its own header says. */
export type TarExtension = Partial<Pick<TarHeader, 'mtime' | 'name' | 'size' | 'target'>>;

/** Whether a header is only there for the entry that follows: PAX (`x`, `g`) and GNU (`L`, `K`). */
export function isExtension({ type }: TarHeader): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

/** Reads the content of an extension header. */
export async function readExtension(file: ArchiveFile, bytes: ByteReader, header: TarHeader): Promise<TarExtension> {
  const { type, size } = header;
  if (size > MOST_BYTES) throw file.corrupt('a header in it is larger than 1 MiB');
  const padded = await bytes.take(size + padding(size));
  if (padded.length < size + padding(size)) throw file.truncated();
  const content = padded.subarray(0, size);
  if (type === 'L') return { name: longText(file, content) };
  if (type === 'K') return { target: longText(file, content) };
  const records = parsePax(file, content);
  const sparse = [...records.keys()].find((key) => key.startsWith('GNU.sparse.'));
  if (sparse !== undefined) throw unsupported(file, 'sparse files are not supported');
  return type === 'g' ? checkGlobal(file, records) : extensionOf(file, records);
}

/** GNU's names end with a NUL. */
function longText(file: ArchiveFile, content: Buffer): string {
  const end = content.indexOf(0);
  return decodeText(file, end < 0 ? content : content.subarray(0, end));
}

function extensionOf(file: ArchiveFile, records: ReadonlyMap<string, string>): TarExtension {
  const name = records.get('path');
  const target = records.get('linkpath');
  const size = paxNumber(file, records, 'size');
  const mtime = paxTime(file, records, 'mtime');
  return {
    ...(name !== undefined && { name }),
    ...(target !== undefined && { target }),
    ...(size !== undefined && { size }),
    ...(mtime !== undefined && { mtime }),
  };
}

/** Git leaves the commit here, as a comment. One name or one size for all entries is a trick. */
function checkGlobal(file: ArchiveFile, records: ReadonlyMap<string, string>): TarExtension {
  const odd = ['path', 'linkpath', 'size'].find((key) => records.has(key));
  if (odd !== undefined) throw unsupported(file, `a global ${odd} is not supported`);
  return {};
}

function unsupported(file: ArchiveFile, reason: string): Error {
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason });
}
