import { type CancelOptions, localMedium } from '@core/io';

import type { Target } from '../../target.ts';

/** Of the ELF header, e_machine: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: '386',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
};

/** Of the COFF header: https://learn.microsoft.com/windows/win32/debug/pe-format#machine-types */
const PE_MACHINES: Readonly<Record<number, string>> = {
  0x014c: '386',
  0x8664: 'amd64',
  0xaa64: 'arm64',
};

/** Of a 64-bit Mach-O header, cputype. */
const MACH_CPUS: Readonly<Record<number, string>> = { 0x01000007: 'amd64', 0x0100000c: 'arm64' };

const HEAD_BYTES = 4096;

/**
 * What a program on the disk is for, as far as its header says: an ELF file is for any system but Windows and macOS, so
 * its `os` is absent. `undefined` for scripts, unknown processors and all else.
 */
export async function programTarget(
  path: string,
  { signal }: CancelOptions = {},
): Promise<Partial<Target> | undefined> {
  const head = new Uint8Array(HEAD_BYTES);
  await using file = await localMedium().open(path, { signal });
  const length = await file.read(head, 0, HEAD_BYTES, 0);
  return targetOfHeader(new DataView(head.buffer, 0, length));
}

/** The same for the first bytes of a file. */
export function targetOfHeader(head: DataView): Partial<Target> | undefined {
  if (head.byteLength < 64) return undefined;
  const magic = head.getUint32(0);
  if (magic === 0x7f454c46) return processor(ELF_MACHINES[head.getUint16(18, head.getUint8(5) === 1)]);
  if (magic === 0xcffaedfe) return processor(MACH_CPUS[head.getUint32(4, true)], 'darwin');
  if (magic >>> 16 !== 0x4d5a) return undefined;
  const start = head.getUint32(60, true);
  if (start + 6 > head.byteLength || head.getUint32(start) !== 0x50450000) return undefined;
  return processor(PE_MACHINES[head.getUint16(start + 4, true)], 'windows');
}

function processor(arch: string | undefined, os?: string): Partial<Target> | undefined {
  if (arch === undefined) return undefined;
  return os === undefined ? { arch } : { os, arch };
}

/** Whether a program for `made` cannot be one for `wanted`. */
export function isForAnother(made: Partial<Target>, wanted: Target): boolean {
  const isElf = made.os === undefined;
  if (isElf && (wanted.os === 'windows' || wanted.os === 'darwin')) return true;
  return (made.arch ?? wanted.arch) !== wanted.arch || (made.os ?? wanted.os) !== wanted.os;
}
