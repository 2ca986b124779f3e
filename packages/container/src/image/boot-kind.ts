import { firstSectorOf } from './first-sector.ts';
import { type ImageBytes, latin1, viewOf } from './image-bytes.ts';
import type { DiskImage } from './image.ts';

/** Who can boot an image: a BIOS (and perhaps UEFI too), UEFI only, or nobody. */
export type BootKind = 'bios' | 'uefi' | 'none';

const CODE_BYTES = 440;
const TABLE = 446;
const ENTRY_BYTES = 16;
/** Types of partitions: the whole disk for a GPT, and that of an EFI system partition. */
const EFI_TYPES: readonly (number | undefined)[] = [0xee, 0xef];
const CD_SECTOR_BYTES = 2048;
/** The 18th sector of a CD that boots names the catalog of what it boots. */
const BOOT_RECORD = 17 * CD_SECTOR_BYTES;
const EFI_PLATFORM = 0xef;

/**
 * Who can boot an image, as far as its first sectors tell; `undefined` where they cannot be seen.
 *
 * See https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html and "El Torito" Bootable CD-ROM Format
 * Specification 1.0.
 */
export async function bootKindOf(format: DiskImage['format'], bytes: ImageBytes): Promise<BootKind | undefined> {
  if (format === 'iso') return await cdKind(bytes);
  const sector = await firstSectorOf(format, bytes);
  return sector === undefined ? undefined : diskKind(sector);
}

function diskKind(sector: Uint8Array): BootKind {
  if (sector[510] !== 0x55 || sector[511] !== 0xaa) return 'none';
  if (sector.subarray(0, CODE_BYTES).some((byte) => byte !== 0)) return 'bios';
  const types = [0, 1, 2, 3].map((at) => sector[TABLE + at * ENTRY_BYTES + 4]);
  return types.some((type) => EFI_TYPES.includes(type)) ? 'uefi' : 'none';
}

async function cdKind(bytes: ImageBytes): Promise<BootKind | undefined> {
  const record = await bytes.read(BOOT_RECORD, CD_SECTOR_BYTES);
  if (!latin1(record).startsWith('\0CD001\x01EL TORITO SPECIFICATION')) return 'none';
  if (record.length < CD_SECTOR_BYTES) return undefined;
  const catalog = await bytes.read(viewOf(record).getUint32(0x47, true) * CD_SECTOR_BYTES, CD_SECTOR_BYTES);
  if (catalog[0] !== 1) return 'none';
  return catalog[1] === EFI_PLATFORM ? 'uefi' : 'bios';
}
