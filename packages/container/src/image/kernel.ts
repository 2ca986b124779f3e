import { constants, gunzipSync } from 'node:zlib';

import type { Architecture } from '../container.ts';
import { isPvhKernel } from './elf.ts';
import { type ImageBytes, latin1 } from './image-bytes.ts';

/** How much of a compressed kernel is looked at, before and after it is unpacked. */
const PACKED_BYTES = 4096;
const UNPACKED_BYTES = PACKED_BYTES * 2048;

/**
 * What a Linux kernel that QEMU starts is for: a bzImage or a vmlinux with a PVH entry for x86_64, an Image, also
 * compressed, for aarch64. `undefined` where it is none.
 *
 * See https://docs.kernel.org/arch/x86/boot.html and https://docs.kernel.org/arch/arm64/booting.html
 */
export async function kernelArchitectureOf(bytes: ImageBytes): Promise<Architecture | undefined> {
  if (bytes.has(0x1fe, '\x55\xaa') && bytes.has(0x202, 'HdrS')) return 'x86_64';
  if (isArmImage(bytes.head) || bytes.has(0, 'MZ\0\0zimg')) return 'aarch64';
  if (bytes.has(0, '\x1f\x8b')) return isArmImage(unpack(bytes.head.subarray(0, PACKED_BYTES))) ? 'aarch64' : undefined;
  return (await isPvhKernel(bytes)) ? 'x86_64' : undefined;
}

function isArmImage(head: Uint8Array): boolean {
  return latin1(head.subarray(56, 60)) === 'ARM\x64';
}

/** The beginning of what is packed, as far as it can be had from the beginning of the packed bytes. */
function unpack(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_BYTES });
  } catch {
    return new Uint8Array();
  }
}
