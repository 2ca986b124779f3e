import { alignUp, type Binary, type Piece } from '../binary.ts';
import { type ProgramHeader, readElf, type SectionHeader } from './elf-file.ts';

/** The name that Node looks for. */
const NOTE_NAME = Buffer.from('NODE_SEA_BLOB\0\0\0');
const NOTE_NAME_BYTES = 14;

/** What comes after the loaded part keeps its place within so many bytes. */
const UNIT = 64;

/**
 * Puts a blob into an ELF executable: as a note at the end of its last loaded segment, behind what is zero there. The
 * header that says where notes are then says this place, to which the notes before are copied; so no header is added,
 * and none moves. What is not loaded moves behind it. See https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */
export async function embedInElf(binary: Binary, blob: Uint8Array): Promise<AsyncIterable<Uint8Array>> {
  const elf = await readElf(binary);
  const { load, note } = headersOf(binary, elf.programs);
  const end = load.offset + load.fileSize;
  const isLast = elf.programs.every(({ offset, fileSize }) => offset + fileSize <= end) && elf.sectionsAt >= end;
  if (!isLast) throw binary.unfit('its last segment is not the end of what is loaded');
  const notes = Buffer.concat([await binary.read(note.offset, note.offset + note.fileSize), noteOf(blob)]);
  const inside = alignUp(load.address + load.memorySize, UNIT) - load.address;
  const moved = alignUp(inside + notes.length - load.fileSize, UNIT);
  const grown = Buffer.alloc(moved);
  notes.copy(grown, inside - load.fileSize);

  load.resize(load.fileSize + moved);
  note.move(load.offset + inside, load.address + inside, notes.length);
  moveSections(elf.sections, load, { end, moved, notesAt: note.address });
  const sectionsEnd = elf.sectionsAt + elf.sectionTable.length;
  if (sectionsEnd === binary.size) elf.addNotes(note);
  elf.moveSections(moved);
  const pieces: Piece[] = [
    ...[elf.header, { start: elf.header.length, end: elf.programsAt }, elf.programTable],
    ...[{ start: elf.programsAt + elf.programTable.length, end }, grown, { start: end, end: elf.sectionsAt }],
    ...[elf.sectionTable, { start: sectionsEnd, end: binary.size }],
  ];
  return binary.chunks(pieces);
}

function headersOf(
  binary: Binary,
  programs: readonly ProgramHeader[],
): { readonly load: ProgramHeader; readonly note: ProgramHeader } {
  const load = programs.filter(({ type }) => type === 'load').sort((a, b) => b.address - a.address)[0];
  const note = programs.find(({ type, alignment }) => type === 'note' && alignment <= 4);
  if (load?.isWritable !== true || note === undefined) throw binary.unfit('its segments are not those of a Node');
  return { load, note };
}

function noteOf(blob: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(NOTE_NAME_BYTES, 0);
  head.writeUInt32LE(blob.length, 4);
  return Buffer.concat([head, NOTE_NAME, blob, Buffer.alloc(alignUp(blob.length, 4) - blob.length)]);
}

interface Growth {
  /** Where the loaded part ended in the file. */
  readonly end: number;
  readonly moved: number;
  /** In memory. */
  readonly notesAt: number;
}

/** What is not loaded is further back; what was zero in memory is in the file, for programs that go by sections. */
function moveSections(sections: readonly SectionHeader[], load: ProgramHeader, { end, moved, notesAt }: Growth): void {
  for (const section of sections) {
    if (!section.isLoaded && section.offset >= end) section.setOffset(section.offset + moved);
  }
  const inside = ({ address }: SectionHeader): boolean => address >= load.address && address < notesAt;
  const zeros = sections
    .filter((section) => section.isLoaded && section.isEmpty && !section.isThreadLocal && inside(section))
    .sort((a, b) => a.address - b.address);
  for (const [index, section] of zeros.entries()) {
    const next = zeros[index + 1]?.address ?? notesAt;
    section.fill(load.offset + section.address - load.address, next - section.address);
  }
}
