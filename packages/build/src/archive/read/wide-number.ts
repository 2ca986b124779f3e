import type { ArchiveFile } from './archive-file.ts';

/** Eight bytes as a number. */
export function wideNumber(file: ArchiveFile, bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw file.corrupt('a number in it is too large');
  return Number(value);
}
