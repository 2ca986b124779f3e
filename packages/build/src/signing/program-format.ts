import type { CancelOptions, Medium } from '@core/io';

/** How the programs of a system begin. */
const MAGICS: Readonly<Record<string, readonly string[]>> = {
  // Mach-O of 32 and 64 bits in either order of bytes, and one file for several processors: <mach-o/loader.h>, <mach-o/fat.h>
  darwin: ['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'],
  // "MZ" of PE; the compound file of an installer (.msi)
  windows: ['4d5a', 'd0cf11e0'],
};

/** Whether a file is a program of the system: a script that is made for it holds no signature. */
export async function isProgramOf(
  os: string,
  { medium, path, signal }: CancelOptions & { readonly medium: Medium; readonly path: string },
): Promise<boolean> {
  await using handle = await medium.open(path, { signal });
  const head = new Uint8Array(4);
  const count = await handle.read(head, 0, head.length, 0);
  const text = Buffer.from(head.subarray(0, count)).toString('hex');
  return (MAGICS[os] ?? []).some((magic) => text.startsWith(magic));
}
