import { VliReader } from '../xz/vli.ts';
import { crcOf, paddingOf, type XzRecord } from '../xz/xz-format.ts';
import type { ArchiveFile } from './archive-file.ts';

/** More blocks than a file of terabytes has: what is longer is no archive that anybody made. */
const MOST_BYTES = 1 << 22;

/** The shortest block: a header, one byte, no check. */
const LEAST_UNPADDED = 5;

/** Where the index of a stream is in the archive. */
export interface XzIndexPlace {
  readonly start: number;
  readonly end: number;
}

/** The blocks that an index lists. */
export async function readIndex(file: ArchiveFile, { start, end }: XzIndexPlace): Promise<XzRecord[]> {
  if (end - start > MOST_BYTES) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason: 'its index is longer than 4 MiB' });
  }
  const index = await file.read(start, end);
  const list = index.subarray(0, -4);
  if (index[0] !== 0 || !crcOf(list).equals(index.subarray(-4))) throw damaged(file);
  const numbers = new VliReader(list, 1);
  const count = numbers.next();
  const records: XzRecord[] = [];
  for (let left = count ?? 0; left > 0; left -= 1) {
    const unpadded = numbers.next() ?? 0;
    const size = numbers.next();
    if (unpadded < LEAST_UNPADDED || size === undefined) throw damaged(file);
    records.push({ unpadded, size });
  }
  const padding = list.subarray(numbers.at);
  if (count === undefined || padding.length !== paddingOf(numbers.at) || !isZero(padding)) throw damaged(file);
  return records;
}

/** Whether there is nothing but zeros. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function damaged(file: ArchiveFile): Error {
  return file.corrupt('its index is damaged');
}
