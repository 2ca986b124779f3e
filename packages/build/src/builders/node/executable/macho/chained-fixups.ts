/** Chained fixups with a segment more. */
export interface Fixups {
  readonly content: Buffer;
  /** How many bytes longer they are. */
  readonly growth: number;
}

/** Room for one more segment, in steps that keep everything aligned. */
const GROWTH = 8;

/** Places in the header: where the starts are, and what comes after them. */
const STARTS = 4;
const BEHIND = [8, 12];

/**
 * The fixups of an executable that gets a segment before its last one, neither of which has any. There is an entry for
 * each segment; `undefined` where there is not, or where the last has some. See `mach-o/fixup-chains.h` of
 * https://github.com/apple-oss-distributions/dyld
 */
export function fixupsWithSegment(bytes: Buffer, segments: number): Fixups | undefined {
  const starts = bytes.readUInt32LE(STARTS);
  const count = bytes.readUInt32LE(starts);
  const end = starts + 4 + 4 * count;
  if (count !== segments || bytes.readUInt32LE(end - 4) !== 0) return undefined;
  const content = Buffer.concat([bytes.subarray(0, end), Buffer.alloc(GROWTH), bytes.subarray(end)]);
  content.writeUInt32LE(count + 1, starts);
  for (let at = starts + 4; at < end; at += 4) {
    const start = bytes.readUInt32LE(at); // from the starts; 0 where the segment has none
    if (start !== 0) content.writeUInt32LE(start + GROWTH, at);
  }
  for (const at of BEHIND) {
    const place = bytes.readUInt32LE(at);
    if (place >= end) content.writeUInt32LE(place + GROWTH, at);
  }
  return { content, growth: GROWTH };
}
