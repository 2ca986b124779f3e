import { type ImageBytes, latin1, viewOf } from './image-bytes.ts';

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const MACHINE_X86_64 = 62;
const PT_NOTE = 4;
/** The note by which a kernel says where a hypervisor enters it. */
const PHYS32_ENTRY = 18;
const MOST_NOTES_BYTES = 65_536;

/**
 * Whether it is an uncompressed Linux kernel for x86_64 that a hypervisor can enter: an ELF file with a Xen note, which
 * ordinary programs have not.
 *
 * See https://xenbits.xen.org/docs/unstable/misc/pvh.html
 */
export async function isPvhKernel(bytes: ImageBytes): Promise<boolean> {
  if (!bytes.has(0, '\x7fELF\x02\x01') || bytes.head.length < HEADER_BYTES) return false;
  const header = viewOf(bytes.head);
  if (header.getUint16(18, true) !== MACHINE_X86_64) return false;
  const count = header.getUint16(56, true);
  const table = viewOf(await bytes.read(Number(header.getBigUint64(32, true)), count * PROGRAM_HEADER_BYTES));
  for (let at = 0; at + PROGRAM_HEADER_BYTES <= table.byteLength; at += PROGRAM_HEADER_BYTES) {
    if (table.getUint32(at, true) !== PT_NOTE) continue;
    const length = Math.min(Number(table.getBigUint64(at + 32, true)), MOST_NOTES_BYTES);
    if (hasEntryNote(await bytes.read(Number(table.getBigUint64(at + 8, true)), length))) return true;
  }
  return false;
}

/** Notes: the lengths of name and content, a type, and both, each filled up to 4 bytes. */
function hasEntryNote(notes: Uint8Array): boolean {
  const view = viewOf(notes);
  for (let at = 0; at + 12 <= view.byteLength;) {
    const nameBytes = view.getUint32(at, true);
    const name = latin1(notes.subarray(at + 12, at + 12 + nameBytes));
    if (name === 'Xen\0' && view.getUint32(at + 8, true) === PHYS32_ENTRY) return true;
    at += 12 + filled(nameBytes) + filled(view.getUint32(at + 4, true));
  }
  return false;
}

function filled(length: number): number {
  return Math.ceil(length / 4) * 4;
}
