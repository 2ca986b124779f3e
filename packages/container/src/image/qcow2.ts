import { type ImageBytes, latin1, viewOf } from './image-bytes.ts';

/** What a qcow2 file says of itself, as far as it matters before QEMU opens it. */
export interface Qcow2Header {
  /** The file under it, by which everything is read that it has not itself. */
  readonly backingFile?: string | undefined;
  /** Its content is in another file: in this one, where it names one. */
  readonly dataFile?: string | undefined;
}

const V2_BYTES = 72;
const V3_BYTES = 104;
/** Bits of `incompatible_features`: external data file, and all that is known. */
const EXTERNAL_DATA = 1n << 2n;
const KNOWN_FEATURES = 0b1_1111n;
const DATA_FILE_NAME = 0x44_41_54_41;
const MOST_NAME_BYTES = 1023;

/**
 * Reads the header of a qcow2 file. Nothing in it is believed: an offset or a length beyond the file or beyond what the
 * format allows is a fault.
 *
 * See https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.txt
 *
 * @returns What is wrong with it, as the end of a sentence, where it cannot be used.
 */
export function readQcow2(bytes: ImageBytes): Qcow2Header | string {
  const { head, size } = bytes;
  if (head.length < V2_BYTES) return 'it is a qcow2 file that is cut off';
  const view = viewOf(head);
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return `it is a qcow file of version ${String(version)}`;
  if (version === 3 && head.length < V3_BYTES) return 'it is a qcow2 file that is cut off';
  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) return 'it is a damaged qcow2 file: its clusters have no possible size';
  if (view.getUint32(32) !== 0) return 'it is an encrypted qcow2 file';
  const tables = [Number(view.getBigUint64(40)) + view.getUint32(36) * 8, Number(view.getBigUint64(48)) + 1];
  if (tables.some((end) => end > size)) return 'it is a qcow2 file that is cut off, or damaged';
  return referencesOf(head, { view, version, clusterBytes: 2 ** clusterBits });
}

interface Header {
  readonly view: DataView;
  readonly version: number;
  readonly clusterBytes: number;
}

function referencesOf(head: Uint8Array, { view, version, clusterBytes }: Header): Qcow2Header | string {
  const features = version === 3 ? view.getBigUint64(72) : 0n;
  if ((features & ~KNOWN_FEATURES) !== 0n) return 'it is a qcow2 file with features that are unknown here';
  const headerBytes = version === 3 ? view.getUint32(100) : V2_BYTES;
  const end = Math.min(clusterBytes, head.length);
  if (headerBytes > end || (version === 3 && headerBytes < V3_BYTES)) return 'it is a damaged qcow2 file';
  const dataFile = (features & EXTERNAL_DATA) === 0n ? undefined : (findName(head.subarray(headerBytes, end)) ?? '');
  const offset = Number(view.getBigUint64(8));
  if (offset === 0) return { dataFile };
  const length = view.getUint32(16);
  if (length > MOST_NAME_BYTES || offset + length > end)
    return 'it is a damaged qcow2 file: its backing file has no possible name';
  return { backingFile: latin1(head.subarray(offset, offset + length)), dataFile };
}

/** The name of the data file among the extensions: type, length and content, each filled up to 8 bytes. */
function findName(extensions: Uint8Array): string | undefined {
  const view = viewOf(extensions);
  for (let at = 0; at + 8 <= view.byteLength;) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === 0) return undefined;
    if (type === DATA_FILE_NAME) return latin1(extensions.subarray(at + 8, at + 8 + length));
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}
