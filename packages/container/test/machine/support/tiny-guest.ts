import { join } from 'node:path';

import { localMedium } from '@core/io';

import { tempDir } from './temp-dir.ts';

/**
 * A guest of 100 bytes that the BIOS boots in a tenth of a second: it writes READY to the serial console and powers off
 * when the power button is pressed. To each key it answers with the number of keys so far (`1`, `2`, …), to `r` with a
 * reset, to `p` with a panic. It sleeps in between.
 *
 * ```
 *        xor ax, ax         mov ds, ax
 *        mov dx, 0x602      mov ax, 0x0100     out dx, ax         ; the button is wanted: PM1 enable, bit 8
 *        mov si, message
 * print: lodsb              test al, al        jz loop
 *        mov dx, 0x3f8      out dx, al         jmp print
 * loop:  sti                hlt
 *        mov dx, 0x600      in ax, dx          test ah, 1         jnz off         ; the button: PM1 status, bit 8
 *        mov dx, 0x3fd      in al, dx          test al, 1         jz loop         ; a key?
 *        mov dx, 0x3f8      in al, dx
 *        cmp al, 'r'        je reset           cmp al, 'p'        je panic
 *        inc [count]        mov al, [count]    out dx, al         jmp loop
 * off:   mov dx, 0x604      mov ax, 0x2000     out dx, ax         jmp $           ; soft off: PM1 control
 * reset: mov al, 0xfe       out 0x64, al       jmp $
 * panic: mov dx, 0x505      mov al, 1          out dx, al         jmp $           ; the pvpanic device
 * ```
 */
const CODE =
  '31c08ed8ba0206b80001efbe5a7cac84c07406baf803eeebf5fbf4ba0006edf6c401751ebafd03eca80174edbaf803ec3c7274173c707419fe06597ca0597ceeebd7ba0406b80020efebfeb0fee664ebfeba0505b001eeebfe3052454144590d0a00';

/** The BIOS boots nothing that is smaller than a cylinder. */
const DISK_BYTES = 1_048_576;
/** Where the button is asked for: nothing is written to PM1 enable by a guest that is deaf to it. */
const BUTTON_AT = 10;
const NOP = 0x90;

/** The arguments that boot such a guest; one that is `deaf` does not hear the power button. */
export async function tinyGuest({ deaf = false }: { readonly deaf?: boolean } = {}): Promise<string[]> {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(Buffer.from(CODE, 'hex'));
  if (deaf) disk[BUTTON_AT] = NOP;
  disk.set([0x55, 0xaa], 510);
  const path = join(tempDir(), 'guest.raw');
  await localMedium().write(path, disk);
  return [
    '-machine',
    'q35',
    '-m',
    '16',
    '-boot',
    'strict=on,reboot-timeout=100',
    '-serial',
    'chardev:console',
    ...diskArgs(path),
  ];
}

/** The arguments for a disk. */
function diskArgs(path: string): string[] {
  const drive = { 'node-name': 'disk', driver: 'raw', file: { driver: 'file', filename: path } };
  return ['-blockdev', JSON.stringify(drive), '-device', 'virtio-blk-pci,drive=disk,bootindex=0'];
}

/** The arguments for a machine whose disk holds nothing that boots. */
export async function emptyDisk(): Promise<string[]> {
  const path = join(tempDir(), 'empty.raw');
  await localMedium().write(path, new Uint8Array(DISK_BYTES));
  return [
    '-machine',
    'q35',
    '-m',
    '16',
    '-boot',
    'strict=on,reboot-timeout=100',
    '-serial',
    'chardev:console',
    ...diskArgs(path),
  ];
}
