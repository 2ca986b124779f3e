/** As much of a kernel as QEMU looks at: boot protocol 2.12, one sector of set-up, and code behind it. */
export function bzImage(): Uint8Array {
  const image = new Uint8Array(8192);
  const view = new DataView(image.buffer);
  view.setUint8(0x1f1, 1);
  view.setUint16(0x1fe, 0xaa55, true);
  put(image, 0x202, 'HdrS');
  view.setUint16(0x206, 0x020c, true);
  view.setUint8(0x211, 1);
  view.setUint32(0x22c, 0x7fff_ffff, true);
  view.setUint32(0x238, 2047, true);
  return image;
}

/** An Image of aarch64 with nothing in it. */
export function armImage(): Uint8Array {
  return put(put(new Uint8Array(4096), 0, 'MZ'), 56, 'ARM\x64');
}

/** An ISO with nothing in it; a bootable disk too, where it is asked for. */
export function iso({ isohybrid = false }: { readonly isohybrid?: boolean } = {}): Uint8Array {
  const image = put(new Uint8Array(40_960), 0x8001, 'CD001');
  return isohybrid ? put(image, 510, '\x55\xaa') : image;
}

/** What a qcow2 header is made from. */
export interface Qcow2Parts {
  readonly version?: number;
  readonly backing?: string;
  readonly backingOffset?: bigint;
  readonly backingLength?: number;
  readonly clusterBits?: number;
  readonly crypt?: number;
  readonly features?: bigint;
  readonly headerBytes?: number;
  readonly l1Offset?: bigint;
  readonly extensions?: readonly (readonly [type: number, content: string])[];
}

const QCOW2_BYTES = 262_144;

/** A qcow2 file with no more than its header. */
export function qcow2(parts: Qcow2Parts = {}): Uint8Array {
  const { version = 3, backing, clusterBits = 16, crypt = 0, features = 0n, extensions = [] } = parts;
  const headerBytes = parts.headerBytes ?? (version === 2 ? 72 : 104);
  const image = put(new Uint8Array(QCOW2_BYTES), 0, 'QFI\xfb');
  const view = new DataView(image.buffer);
  view.setUint32(4, version);
  view.setBigUint64(8, parts.backingOffset ?? (backing === undefined ? 0n : 1024n));
  view.setUint32(16, parts.backingLength ?? backing?.length ?? 0);
  view.setUint32(20, clusterBits);
  view.setBigUint64(24, 8_388_608n);
  view.setUint32(32, crypt);
  view.setUint32(36, 1);
  view.setBigUint64(40, parts.l1Offset ?? 196_608n);
  view.setBigUint64(48, 65_536n);
  if (version === 3) {
    view.setBigUint64(72, features);
    view.setUint32(100, headerBytes);
  }
  let at = headerBytes;
  for (const [type, content] of extensions) {
    view.setUint32(at, type);
    view.setUint32(at + 4, content.length);
    put(image, at + 8, content);
    at += 8 + Math.ceil(content.length / 8) * 8;
  }
  return put(image, 1024, backing ?? '');
}

/** A sparse vmdk with this description in its second sector. */
export function vmdk(description = '', capacity = 16_384n, start = 1n): Uint8Array {
  const image = put(new Uint8Array(65_536), 0, 'KDMV');
  const view = new DataView(image.buffer);
  view.setUint32(4, 1, true);
  view.setBigUint64(12, capacity, true);
  view.setBigUint64(28, start, true);
  view.setBigUint64(36, 20n, true);
  return put(image, 512, description);
}

/** Bytes with this Latin-1 text in them. */
export function put(bytes: Uint8Array, position: number, text: string): Uint8Array {
  for (let at = 0; at < text.length; at += 1) bytes[position + at] = text.charCodeAt(at);
  return bytes;
}
