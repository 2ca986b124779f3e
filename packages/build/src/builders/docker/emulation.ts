import { type CancelOptions, isCoreError, localMedium } from '@core/io';

import { hostTarget } from '../kit/host-target.ts';

/** Where Linux keeps who runs the programs of other processors: https://docs.kernel.org/admin-guide/binfmt-misc.html */
const BINFMT = '/proc/sys/fs/binfmt_misc';

/** How the header of a program says what it is for: its class (32 or 64 bits), then `e_machine` as it is in the file. */
const MACHINES: Readonly<Record<string, string>> = {
  '386': '010300',
  amd64: '023e00',
  arm: '012800',
  arm64: '02b700',
  loong64: '020201',
  mips64le: '020800',
  ppc64le: '021500',
  riscv64: '02f300',
  s390x: '020016',
};

/** What a processor runs of others by itself. */
const ALSO: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/**
 * Whether this machine runs Linux programs of a processor, by itself or by an emulator. Elsewhere than on Linux it is a
 * virtual machine that does, and those have emulators.
 */
export async function canRun(
  arch: string,
  { host = hostTarget(), handlers = BINFMT, ...options }: EmulationOptions = {},
): Promise<boolean> {
  if (host.os !== 'linux' || arch === host.arch || ALSO[host.arch]?.includes(arch) === true) return true;
  const wanted = MACHINES[arch];
  for (const machine of await emulated(handlers, options)) if (machine === wanted) return true;
  return false;
}

interface EmulationOptions extends CancelOptions {
  readonly host?: { readonly os: string; readonly arch: string };
  readonly handlers?: string;
}

/** The machines that have an emulator which is enabled. */
async function emulated(handlers: string, { signal }: CancelOptions): Promise<string[]> {
  const disk = localMedium();
  try {
    const entries = await disk.list(handlers, { signal });
    // some cannot be read: what registers others, and what a machine forbids
    const texts = entries.map(({ name }) => disk.read(`${handlers}/${name}`, { signal }).catch(() => ''));
    return (await Promise.all(texts)).flatMap((text) => {
      const [, size, machine] = /^magic 7f454c46(..).{26}(....)/m.exec(text) ?? [];
      return /^enabled$/m.test(text) && size !== undefined ? [`${size}${machine ?? ''}`] : [];
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (isCoreError(error)) return [];
    throw error;
  }
}
