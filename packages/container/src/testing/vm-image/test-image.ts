import type { CancelOptions } from '@core/io';

import type { ImageFormat } from '../../image/image.ts';
import { defaultCacheDir } from './cache.ts';
import { buildDiskImage } from './disk-image.ts';
import { buildKernelImage, type KernelFlavour } from './kernel-image.ts';

/**
 * What the test image says on its console when SSH, HTTP and, where the machine has a port for it, the agent are there.
 *
 * @example
 * ```ts
 * import { TEST_IMAGE_READY } from '@core/container/testing';
 *
 * assert.ok('READY ssh uptime=2.09'.startsWith(TEST_IMAGE_READY));
 * ```
 */
export const TEST_IMAGE_READY = 'READY ssh';

/**
 * What the test image says on its console before it shuts down: the power button was seen, and files are written out.
 *
 * @example
 * ```ts
 * import { TEST_IMAGE_SHUTDOWN } from '@core/container/testing';
 *
 * assert.equal(TEST_IMAGE_SHUTDOWN, 'init: shutting down');
 * ```
 */
export const TEST_IMAGE_SHUTDOWN = 'init: shutting down';

/** How the test image is made. */
export interface TestImageOptions<F extends ImageFormat = ImageFormat> extends CancelOptions {
  /** Where packages and images are kept; `core-container` in the user's directory for caches unless it is given. */
  readonly cacheDir?: string | undefined;
  /** The forms that are wanted; all of them unless it is given. The kernel form is always made: the others hold it. */
  readonly formats?: readonly F[] | undefined;
  /** Debian's kernel for virtual machines, or its generic one (slower to boot), which knows 9p and AHCI. */
  readonly kernel?: KernelFlavour | undefined;
}

/** A small Linux that boots anywhere. See {@link buildTestImage}. */
export interface TestImage<F extends ImageFormat = ImageFormat> {
  /** Where all of it is; not to be written to. */
  readonly dir: string;
  /** The path of each form; that of `kernel` is the kernel, with `-initrd.img` and `-cmdline` beside it. */
  readonly images: Readonly<Record<F | 'kernel', string>>;
  readonly initrd: string;
  /** The words for the kernel. */
  readonly cmdline: string;
  /** The private key that lets `root` in. */
  readonly sshKey: string;
  /** What the guest's host key must be: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/**
 * Makes a small Linux from Debian's packages, for tests with real machines: busybox, an SSH server, a web server on port
 * 80, the agent, and an orderly shutdown when the power button is pressed. Nothing is installed. What was made is kept,
 * by the versions of the packages and of the recipe, and given again; several programs may do so at once, and one that
 * is killed leaves nothing that another one takes for an image.
 *
 * Words of the kernel's command line change what it does: `vm.dhcp` asks for its address, `vm.ignorepower` ignores the
 * power button, `vm.sshdelay=N` starts SSH N seconds later, `vm.noagent` starts no agent, `vm.newhostkey` makes another
 * host key, `vm.shell` starts a shell on the console. The first disk that holds no image is mounted on `/data`, with a new ext4 file system where it is empty.
 *
 * Needs Debian or a system that descends from it, on x86_64: `apt-get`, `dpkg-deb`, a static C compiler (`musl-gcc` or
 * `gcc`), `ssh-keygen`, and for the forms beside `kernel` `xorriso` and `qemu-img`.
 *
 * A continuous integration fills the cache beforehand by calling it: each call that finds the image takes milliseconds.
 *
 * @throws `ERR_CONTAINER_TOOL_MISSING`; the error of the tool that failed; the reason of the signal.
 *
 * @example
 * ```ts
 * import { buildTestImage } from '@core/container/testing';
 *
 * const build = () => buildTestImage({ formats: ['kernel', 'iso'] }); // some seconds the first time
 * assert.equal(typeof build, 'function');
 * await assert.rejects(buildTestImage({ signal: AbortSignal.abort(new Error('never mind')) }), /never mind/);
 * ```
 */
export async function buildTestImage<F extends ImageFormat = ImageFormat>({
  cacheDir = defaultCacheDir(),
  formats,
  kernel = 'cloud',
  signal,
}: TestImageOptions<F> = {}): Promise<TestImage<F>> {
  signal?.throwIfAborted();
  const image = await buildKernelImage({ cacheDir, flavour: kernel, signal });
  const paths: Partial<Record<ImageFormat, string>> = { kernel: image.kernel };
  for (const format of formats ?? (['iso', 'raw', 'qcow2', 'vmdk'] as const)) {
    if (format !== 'kernel') paths[format] = await buildDiskImage(image, format, signal);
  }
  const { dir, initrd, cmdline, sshKey, hostKey } = image;
  return { dir, images: paths as Record<F | 'kernel', string>, initrd, cmdline, sshKey, hostKey };
}
