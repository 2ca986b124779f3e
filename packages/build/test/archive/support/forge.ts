import { deflateRawSync, gzipSync } from 'node:zlib';

import { crc32 } from '../../../src/archive/crc32.ts';

/** A tar entry as an attacker may want it: every field can lie. */
export interface ForgedTarEntry {
  readonly name: string | Uint8Array;
  readonly type?: string;
  readonly content?: string | Uint8Array;
  /** What the header says, whatever the content is. */
  readonly size?: number;
  readonly target?: string;
  readonly mode?: number;
  readonly magic?: string;
  /** Overwrites single fields after everything else: offset and bytes. */
  readonly patch?: readonly (readonly [offset: number, bytes: string])[];
}

export const TAR_END: Buffer = Buffer.alloc(1024);

export function tarEntry(entry: ForgedTarEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const header = Buffer.alloc(512);
  Buffer.from(entry.name).copy(header, 0, 0, 100);
  header.write(octal(entry.mode ?? 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(entry.size ?? content.length, 11), 124);
  header.write(octal(315_532_800, 11), 136);
  header.write(entry.type ?? '0', 156);
  header.write(entry.target ?? '', 157);
  header.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  for (const [offset, bytes] of entry.patch ?? []) header.write(bytes, offset, 'latin1');
  header.write(' '.repeat(8), 148);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A PAX header for the entry that follows; `g` for all entries. */
export function pax(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest);
    while (Buffer.byteLength(String(length) + rest) !== length) length = Buffer.byteLength(String(length) + rest);
    return String(length) + rest;
  });
  return tarEntry({ name: 'PaxHeader', type, content: lines.join('') });
}

export function tarGz(...parts: readonly Uint8Array[]): Buffer {
  return gzipSync(Buffer.concat([...parts, TAR_END]));
}

/** A zip entry as an attacker may want it. */
export interface ForgedZipEntry {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  readonly stored?: boolean;
  readonly unixMode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** What both headers say. */
  readonly size?: number;
  readonly packed?: number;
  readonly crc?: number;
  /** What only the local header says. */
  readonly localName?: string;
  readonly localSize?: number;
  /** Where the directory says that it begins. */
  readonly offset?: number;
  readonly extra?: Uint8Array;
  readonly localExtra?: Uint8Array;
  /** After the content. */
  readonly descriptor?: Uint8Array;
  /** Before the local header. */
  readonly gap?: Uint8Array;
}

export interface ForgedZip {
  readonly comment?: string;
  /** What the end says. */
  readonly count?: number;
  readonly directoryOffset?: number;
  readonly disk?: number;
  /** Between the directory and its end. */
  readonly beforeEnd?: (directory: { readonly offset: number; readonly length: number }) => Uint8Array;
}

export function zip(entries: readonly ForgedZipEntry[], options: ForgedZip = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const gap = Buffer.from(entry.gap ?? '');
    const { local, directory } = zipEntry(entry, offset + gap.length);
    parts.push(gap, local);
    central.push(directory);
    offset += gap.length + local.length;
  }
  const directory = Buffer.concat(central);
  const between = Buffer.from(options.beforeEnd?.({ offset, length: directory.length }) ?? '');
  const comment = Buffer.from(options.comment ?? '');
  const count = options.count ?? entries.length;
  const end = record(
    [4, 0x06054b50],
    [2, options.disk ?? 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, directory.length],
    [4, options.directoryOffset ?? offset],
    [2, comment.length],
  );
  return Buffer.concat([...parts, directory, between, end, comment]);
}

function zipEntry(entry: ForgedZipEntry, offset: number): { readonly local: Buffer; readonly directory: Buffer } {
  const content = Buffer.from(entry.content ?? '');
  const packed = entry.stored === true ? content : deflateRawSync(content);
  const name = Buffer.from(entry.name);
  const localName = entry.localName === undefined ? name : Buffer.from(entry.localName);
  const extra = Buffer.from(entry.extra ?? '');
  const localExtra = Buffer.from(entry.localExtra ?? '');
  const size = entry.size ?? content.length;
  const common: Field[] = [
    [2, entry.flags ?? 0x0800],
    [2, entry.method ?? (entry.stored === true ? 0 : 8)],
    [4, 0x00210000],
    [4, entry.crc ?? crc32(content)],
    [4, entry.packed ?? packed.length],
  ];
  const local = Buffer.concat([
    record(
      [4, 0x04034b50],
      [2, 20],
      ...common,
      [4, entry.localSize ?? size],
      [2, localName.length],
      [2, localExtra.length],
    ),
    localName,
    localExtra,
    packed,
    Buffer.from(entry.descriptor ?? ''),
  ]);
  const directory = Buffer.concat([
    record([4, 0x02014b50], [2, 0x0314], [2, 20], ...common, [4, size], [2, name.length], [2, extra.length], [2, 0]),
    record([2, 0], [2, 0], [4, (entry.unixMode ?? 0o100644) * 0x1_0000], [4, entry.offset ?? offset]),
    name,
    extra,
  ]);
  return { local, directory };
}

export type Field = readonly [bytes: 2 | 4 | 8, value: number];

export function record(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
