import { blocksAhead } from './block-deflate.ts';
import type { ArchiveEncoder, EncodedEntry, EncodeOptions } from './encoder.ts';
import { inOrder, type Piece } from './in-order.ts';
import { ZipMember } from './zip-member.ts';
import { endRecords } from './zip-records.ts';

/**
 * A zip file. A file of more than one block is deflated while it is read and followed by its sizes; a smaller one has
 * them before it and is stored where deflate gains nothing; directories and links are stored.
 *
 * @example
 * ```ts
 * import { zipEncoder, unpackWithReader } from '@core/build/testing';
 *
 * const parts: Uint8Array[] = [];
 * const entries = [{ kind: 'dir', name: 'docs' }] as const;
 * for await (const part of zipEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
 * const [entry] = await unpackWithReader(Buffer.concat(parts));
 * assert.equal(entry?.name, 'docs');
 * ```
 */
export const zipEncoder: ArchiveEncoder = {
  format: 'zip',
  extension: '.zip',
  encode: zip,
};

async function* zip(entries: readonly EncodedEntry[], options: EncodeOptions): AsyncGenerator<Uint8Array> {
  const members = entries.map((entry) => new ZipMember(entry, options.mtime));
  yield* inOrder(pieces(members, options), blocksAhead(options.workers));
  let offset = 0;
  const headers = members.map((member) => {
    const header = member.centralHeader(offset);
    offset += member.length;
    return header;
  });
  const directory = Buffer.concat(headers);
  yield directory;
  yield endRecords({ offset, length: directory.length, entries: entries.length });
}

async function* pieces(members: readonly ZipMember[], { level }: EncodeOptions): AsyncGenerator<Piece> {
  for (const member of members) yield* member.pieces(level);
}
