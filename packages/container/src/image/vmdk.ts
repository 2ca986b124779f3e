import { type ImageBytes, latin1, viewOf } from './image-bytes.ts';

/** What a vmdk file names. */
export interface VmdkReferences {
  /** The files that its content is in; none where it is in this one. */
  readonly extents: readonly string[];
  /** What it was made from, and reads what it has not itself from. */
  readonly parent?: string | undefined;
}

const SECTOR_BYTES = 512;
const HEADER_BYTES = 79;
/** What QEMU reads of a description; and it looks in the second sector, whatever the header says. */
const DESCRIPTION_BYTES = 20 * SECTOR_BYTES;
const MOST_DESCRIPTION_BYTES = 1_048_576;

/**
 * Reads what a vmdk file refers to, in its own description or in that of a text file. Nothing in it is believed.
 *
 * See https://www.vmware.com/support/developer/vddk/vmdk_50_technote.pdf
 *
 * @returns What is wrong with it, as the end of a sentence, where it cannot be used.
 */
export async function readVmdk(bytes: ImageBytes): Promise<VmdkReferences | string> {
  if (!bytes.has(0, 'KDMV')) {
    if (bytes.size > MOST_DESCRIPTION_BYTES) return 'its description is larger than any is';
    return referencesIn(latin1(await bytes.read(0, bytes.size)));
  }
  const { head, size } = bytes;
  if (head.length < HEADER_BYTES) return 'it is a vmdk file that is cut off';
  const view = viewOf(head);
  const capacity = view.getBigUint64(12, true);
  const start = Number(view.getBigUint64(28, true)) * SECTOR_BYTES;
  const length = Number(view.getBigUint64(36, true)) * SECTOR_BYTES;
  if (start > size || length > MOST_DESCRIPTION_BYTES) return 'it is a damaged vmdk file';
  const descriptions = [
    await bytes.read(start, start === 0 ? 0 : Math.max(length, DESCRIPTION_BYTES)),
    await bytes.read(SECTOR_BYTES, DESCRIPTION_BYTES),
  ];
  const found = descriptions.map((text) => referencesIn(latin1(text)));
  const parent = found.find((each) => each.parent !== undefined)?.parent;
  // one with no capacity of its own is nothing but a description
  return { extents: capacity === 0n ? found.flatMap(({ extents }) => extents) : [], parent };
}

/**
 * Every name in quotation marks that is not the value of a key: more than there can be extents, never fewer.
 */
function referencesIn(description: string): VmdkReferences {
  const text = description.replaceAll('\0', '\n');
  const parent = /parentFileNameHint\s*=\s*"?([^"\r\n]*)/.exec(text)?.[1];
  const extents = [...text.matchAll(/(=?)[ \t]*"([^"\r\n]*)"/g)]
    .filter(([, equals]) => equals === '')
    .map(([, , name = '']) => name);
  return { extents, parent };
}
