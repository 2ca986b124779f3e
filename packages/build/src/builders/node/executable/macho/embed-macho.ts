import { alignUp, type Binary, lengthOf, type Piece } from '../binary.ts';
import { SIGNATURE_ALIGNMENT, signatureSize, signedChunks } from './ad-hoc-signature.ts';
import { type Fixups, fixupsWithSegment } from './chained-fixups.ts';
import { type MachFile, readMach } from './mach-file.ts';
import { encodeSegment } from './segment.ts';

/** A multiple of the size of a page on every Mac. */
const PAGE_BYTES = 0x4000;

/**
 * Puts a blob into a macOS executable: as a segment before the last one, which holds what links it and its signature and
 * moves behind it. The signature is replaced by an ad-hoc one, without which no Mac with an ARM processor would run it.
 * See `mach-o/loader.h` of https://github.com/apple-oss-distributions/xnu
 */
export async function embedInMach(binary: Binary, blob: Uint8Array, name: string): Promise<AsyncIterable<Uint8Array>> {
  const mach = await readMach(binary);
  const { links, signature } = mach;
  if (signature.offset + signature.size !== binary.size) throw binary.unfit('its signature is not at its end');
  const fixups = await fixupsOf(binary, mach);
  const start = links.offset;
  const size = alignUp(blob.length, PAGE_BYTES);
  const segment = encodeSegment({ offset: start, address: links.address, size, contentSize: blob.length });
  const codeEnd = alignUp(signature.offset + size + (fixups?.growth ?? 0), SIGNATURE_ALIGNMENT);

  const fixupsEnd = fixups === undefined ? Infinity : fixups.offset + fixups.size;
  mach.moveLinks((at) => at + size + (at >= fixupsEnd ? (fixups?.growth ?? 0) : 0));
  if (fixups !== undefined) mach.resizeFixups(fixups.content.length);
  mach.placeSignature(codeEnd, signatureSize(codeEnd, name));
  links.move(size);
  links.resize(codeEnd + signatureSize(codeEnd, name) - links.offset, PAGE_BYTES);
  const pieces: Piece[] = [
    ...[mach.headWith(segment), { start: mach.headSize, end: start }, blob, Buffer.alloc(size - blob.length)],
    ...linkPieces({ start, end: signature.offset }, fixups),
  ];
  pieces.push(Buffer.alloc(codeEnd - lengthOf(pieces)));
  return signedChunks(binary.chunks(pieces), { name, codeEnd, textSize: mach.textSize });
}

interface PlacedFixups extends Fixups {
  /** Where they are in the file. */
  readonly offset: number;
  /** Of those in the file. */
  readonly size: number;
}

async function fixupsOf(binary: Binary, mach: MachFile): Promise<PlacedFixups | undefined> {
  const { fixups, segments } = mach;
  if (fixups === undefined) return undefined;
  const { offset, size } = fixups;
  const bytes = await binary.read(offset, offset + size);
  const grown = fixupsWithSegment(bytes, segments);
  if (grown === undefined) throw binary.unfit('its fixups are not those of its segments');
  return { ...grown, offset, size };
}

function linkPieces({ start, end }: { readonly start: number; readonly end: number }, fixups?: PlacedFixups): Piece[] {
  if (fixups === undefined) return [{ start, end }];
  const { content, offset, size } = fixups;
  return [{ start, end: offset }, content, { start: offset + size, end }];
}
