import type { EncodedEntry, EncodeOptions, FileEntry } from '../../archive/encoder.ts';
import type { ArchiveConformanceCase, ArchiveFeature, ArchiveSubject, UnpackedEntry } from '../archive-conformance.ts';

/** 2001-09-09T01:46:40Z */
export const MTIME = 1_000_000_000;

/** One case; without `requires` it holds for every format. */
export function behaviour(
  name: string,
  run: (subject: ArchiveSubject) => Promise<void>,
  requires: readonly ArchiveFeature[] = [],
): ArchiveConformanceCase {
  return { name, requires, run };
}

/** A file whose content comes in one chunk, or in chunks of so many bytes. */
export function file(name: string, content: string | Uint8Array = '', chunkBytes: number = Infinity): FileEntry {
  const bytes = Buffer.from(content);
  return {
    kind: 'file',
    name,
    size: bytes.length,
    executable: false,
    // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
    async *content() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

/** The whole archive. */
export async function encode(
  { encoder }: ArchiveSubject,
  entries: readonly EncodedEntry[],
  options: Partial<EncodeOptions> = {},
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of encoder.encode(entries, { mtime: MTIME, level: 6, workers: 2, ...options }))
    parts.push(part);
  return Buffer.concat(parts);
}

/** What a reader finds in the archive of the entries. */
export async function roundTrip(
  subject: ArchiveSubject,
  entries: readonly EncodedEntry[],
  options: Partial<EncodeOptions> = {},
): Promise<UnpackedEntry[]> {
  return await subject.unpack(await encode(subject, entries, options));
}

/** Bytes that look random and are always the same; they compress to about half. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  const { imul } = Math; // looked up once: in some test runners a global is slow to reach
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = 0x61 + (state >>> 28);
  }
  return bytes;
}

/** Words that look chosen and are always the same, the first ones more often: whoever looks longer packs it smaller. */
export function prose(length: number): Buffer {
  const words = Array.from({ length: 2000 }, (_, i) => `${noise(2 + ((i * 7) % 11), i + 1).toString()} `);
  const parts: string[] = [];
  let state = 7;
  for (let bytes = 0; bytes < length;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const word = words[Math.floor((state / 2 ** 32) ** 2 * words.length)] ?? '';
    parts.push(word);
    bytes += word.length;
  }
  return Buffer.from(parts.join('').slice(0, length));
}
