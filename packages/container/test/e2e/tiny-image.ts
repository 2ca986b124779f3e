import { tinyGuest } from '../machine/support/tiny-guest.ts';

/** The path of a raw disk with a guest that boots in a tenth of a second, says READY and hears the power button. */
export async function tinyImage(): Promise<string> {
  const args = await tinyGuest();
  const drive = JSON.parse(args[args.indexOf('-blockdev') + 1] ?? '') as { file: { filename: string } };
  return drive.file.filename;
}
