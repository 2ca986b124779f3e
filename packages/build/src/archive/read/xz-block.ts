import { VliReader } from '../xz/vli.ts';
import { CHECKS } from '../xz/xz-check.ts';
import { BLOCK_FLAG, crcOf, LZMA2, type XzRecord } from '../xz/xz-format.ts';
import type { ArchiveFile } from './archive-file.ts';
import { isZero } from './xz-index.ts';

/** What must be known of a block to unpack it. */
export interface XzBlock {
  /** Where its packed content is in the archive. */
  readonly start: number;
  readonly end: number;
  /** The size of the dictionary as the format has it: one byte. */
  readonly dictionary: number;
}

/** 64 MiB, which is what `xz -9` takes; each step up is half as much more, or a third. */
const LARGEST_DICTIONARY = 28;

/** Reads the header of the block at `start`, which must say what the index says. */
export async function readBlockHeader(
  file: ArchiveFile,
  start: number,
  { unpadded, size, check }: XzRecord & { readonly check: number },
): Promise<XzBlock> {
  const [first = 0] = await file.read(start, start + 1);
  const length = (first + 1) * 4;
  const packed = unpadded - length - (CHECKS.get(check)?.bytes ?? 0);
  if (first === 0 || packed <= 0) throw damaged(file);
  const header = await file.read(start, start + length);
  const fields = header.subarray(0, -4);
  if (!crcOf(fields).equals(header.subarray(-4))) throw damaged(file);
  const flags = header.readUInt8(1);
  const numbers = new VliReader(fields, 2);
  const said = [
    (flags & BLOCK_FLAG.packedSize) === 0 ? packed : numbers.next(),
    (flags & BLOCK_FLAG.size) === 0 ? size : numbers.next(),
  ];
  if (said[0] !== packed || said[1] !== size) throw file.corrupt('a block in it and its index disagree');
  const dictionary = dictionaryOf(file, { flags, filters: fields.subarray(numbers.at) });
  return { start: start + length, end: start + length + packed, dictionary };
}

/** LZMA2 alone is what archives are packed with; its one property is the size of the dictionary. */
function dictionaryOf(
  file: ArchiveFile,
  { flags, filters }: { readonly flags: number; readonly filters: Buffer },
): number {
  const [id, properties, dictionary = 0] = filters;
  if ((flags & (BLOCK_FLAG.filters | BLOCK_FLAG.reserved)) !== 0 || id !== LZMA2) {
    throw unsupported(file, 'it is packed by other means than LZMA2 alone');
  }
  if (properties !== 1 || !isZero(filters.subarray(3))) throw damaged(file);
  if (dictionary > LARGEST_DICTIONARY) throw unsupported(file, 'it takes a dictionary of more than 64 MiB');
  return dictionary;
}

function damaged(file: ArchiveFile): Error {
  return file.corrupt('the header of a block in it is damaged');
}

function unsupported(file: ArchiveFile, reason: string): Error {
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason });
}
