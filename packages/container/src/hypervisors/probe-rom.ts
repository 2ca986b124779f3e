import type { Architecture } from '../container.ts';

/** A firmware that only counts, and then ends the machine. */
export interface ProbeRom {
  readonly rom: Uint8Array;
  /** The board and its devices for it. */
  readonly args: readonly string[];
  /** With what exit code QEMU ends when the firmware has come to its end. */
  readonly exitCode: number;
}

/**
 * Firmware that shows whether a machine really runs: it counts to 2^22, which takes milliseconds where the processor
 * does it, and for ever where a broken accelerator does it step by step.
 */
export function probeRom(arch: Architecture): ProbeRom {
  return arch === 'x86_64' ? x86() : arm();
}

const ROM_BYTES = 65_536;

/** The processor begins 16 bytes before the end of the ROM, in real mode. */
function x86(): ProbeRom {
  const rom = new Uint8Array(ROM_BYTES).fill(0x90);
  rom.set(
    [
      ...[0x66, 0xb9, 0x00, 0x00, 0x40, 0x00], // mov ecx, 0x400000
      ...[0x66, 0x49, 0x75, 0xfc], // dec ecx; jnz -4
      ...[0xb0, 0x31, 0xe6, 0xf4], // mov al, 0x31; out 0xf4, al: ends QEMU
      ...[0xf4, 0xeb, 0xfd], // hlt; jmp -3
    ],
    0xff00,
  );
  rom.set([0xe9, 0x0d, 0xff], 0xfff0); // jmp 0xff00
  const args = ['-machine', 'q35', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'];
  return { rom, args, exitCode: (0x31 << 1) | 1 };
}

/** The processor begins at 0, where the virt board has its flash. */
function arm(): ProbeRom {
  const code = [
    0xd2_a0_08_01, // movz x1, #0x40, lsl #16
    0xf1_00_04_21, // subs x1, x1, #1
    0x54_ff_ff_e1, // b.ne -4
    0xd2_80_01_00, // movz x0, #8
    0xf2_b0_80_00, // movk x0, #0x8400, lsl #16: SYSTEM_OFF of PSCI
    0xd4_00_00_02, // hvc #0
    0x14_00_00_00, // b .
  ];
  const rom = new Uint8Array(ROM_BYTES);
  const view = new DataView(rom.buffer);
  for (const [at, word] of code.entries()) view.setUint32(at * 4, word, true);
  // the board's own processor has 32 bits
  return { rom, args: ['-machine', 'virt', '-cpu', 'max'], exitCode: 0 };
}
