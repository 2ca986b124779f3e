import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { imageUnsupported } from './refusals.ts';

/** The files of what `linuxkit build` makes by default. */
export interface LinuxKitOutput {
  readonly kernel: string;
  readonly initrd?: string | undefined;
  readonly cmdline: string;
}

const ENDINGS = { kernel: '-kernel', initrd: '-initrd.img', cmdline: '-cmdline' } as const;
/** The kernel itself takes 2,048 bytes on x86_64 and aarch64. */
const MOST_CMDLINE_BYTES = 65_536;

/**
 * The three files that are named by any one of them, or by what their names have in common; `undefined` where there is
 * no kernel of that name.
 */
export async function findLinuxKitOutput(
  medium: Medium,
  path: string,
  options: CancelOptions,
): Promise<LinuxKitOutput | undefined> {
  const ending = Object.values(ENDINGS).find((each) => path.endsWith(each)) ?? '';
  const prefix = path.slice(0, path.length - ending.length);
  const kernel = prefix + ENDINGS.kernel;
  const initrd = prefix + ENDINGS.initrd;
  if (!(await isThere(medium, kernel, options))) return undefined;
  const hasInitrd = await isThere(medium, initrd, options);
  const cmdline = await readCmdline(medium, prefix + ENDINGS.cmdline, options);
  return { kernel, ...(hasInitrd ? { initrd } : {}), cmdline };
}

async function isThere(medium: Medium, path: string, options: CancelOptions): Promise<boolean> {
  try {
    return await medium.isFile(path, options);
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENAMETOOLONG') return false;
    throw error;
  }
}

/** The words for the kernel; none where there is no such file. */
async function readCmdline(medium: Medium, path: string, options: CancelOptions): Promise<string> {
  if (!(await isThere(medium, path, options))) return '';
  const { size } = await medium.stat(path, options);
  if (size > MOST_CMDLINE_BYTES) throw imageUnsupported(path, 'it is too long for the command line of a kernel');
  const words = (await medium.read(path, options)).trim();
  if (words.includes('\0')) throw imageUnsupported(path, 'it is no text, as the command line of a kernel is');
  return words.replaceAll(/\s*\n\s*/g, ' ');
}
