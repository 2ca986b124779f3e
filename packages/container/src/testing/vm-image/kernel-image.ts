import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { makeDirectory, removeUnused } from './cache.ts';
import { downloadPackages, extractFiles, packageFiles } from './debian-packages.ts';
import { agentSources, compileAgent } from './guest-agent.ts';
import { DHCP_SCRIPT, initScript } from './init-script.ts';
import { GuestFiles, makeInitramfs } from './initramfs.ts';
import { runTool } from './run-tool.ts';
import { newHostKey } from './ssh-keys.ts';

/** Which of Debian's kernels. */
export type KernelFlavour = 'cloud' | 'generic';

/** To be changed whenever the image is made otherwise, in what its texts do not show. */
const RECIPE = 1;
const NAME = 'core-test';
/** An emulated guest that gets no turn of a busy machine for 10 ms would find its timer broken, and panic. */
const CMDLINE = 'console=ttyS0 quiet no_timer_check';
const KERNELS = { cloud: 'linux-image-cloud-amd64', generic: 'linux-image-amd64' } as const;

/** What is taken from each package. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'busybox-static': ['*/bin/busybox'],
  'dropbear-bin': ['*/sbin/dropbear', '*/bin/dropbearkey'],
  e2fsprogs: ['*/sbin/mke2fs'],
  libtomcrypt1: ['*/libtomcrypt.so.1*'],
  libtommath1: ['*/libtommath.so.1*'],
  libgmp10: ['*/libgmp.so.10*'],
  zlib1g: ['*/libz.so.1*'],
  libcrypt1: ['*/libcrypt.so.1*'],
  libext2fs2: ['*/libext2fs.so.2*', '*/libe2p.so.2*'],
  'libcom-err2': ['*/libcom_err.so.2*'],
  libblkid1: ['*/libblkid.so.1*'],
  libuuid1: ['*/libuuid.so.1*'],
  libc6: ['*/libc.so.6', '*/ld-linux-x86-64.so.2'],
};

/** Modules for what a machine may have. */
const MODULES = [
  ...['virtio', 'virtio_ring', 'virtio_pci', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_mmio'],
  ...['failover', 'net_failover', 'virtio_net', 'virtio_blk', 'virtio_rng', 'virtio_balloon', 'virtio_console'],
  ...['button', 'evdev', 'fuse', 'virtiofs'],
];
/** What the generic kernel has besides. */
const GENERIC_MODULES = [
  ...['netfs', 'fscache', '9pnet', '9pnet_virtio', '9p'],
  ...['ext4', 'jbd2', 'mbcache', 'crc16', 'crc32c_generic'],
];
const EAGER = ['virtio_pci', 'virtio_mmio', 'virtio_net', 'virtio_rng', 'button', 'evdev'];

/** The image in LinuxKit's own form, of which the others are made. */
export interface KernelImageFiles {
  readonly dir: string;
  readonly name: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly cmdline: string;
  readonly sshKey: string;
  readonly hostKey: string;
  readonly cacheDir: string;
}

/** What the image is made from. */
export interface KernelImageRequest {
  readonly cacheDir: string;
  readonly flavour: KernelFlavour;
  readonly signal?: AbortSignal | undefined;
}

/** The image as it is in the cache; it is made where it is not there. */
export async function buildKernelImage(request: KernelImageRequest): Promise<KernelImageFiles> {
  const { cacheDir, flavour, signal } = request;
  const files = await packageFiles({ cacheDir, newestOf: KERNELS[flavour], names: Object.keys(FILES), signal });
  const dir = join(cacheDir, 'images', `${flavour}-${await keyOf(files)}`);
  if (!(await isThere(dir))) {
    await removeUnused(dirname(dir));
    await makeDirectory(dir, (unfinished) => fillImage(unfinished, files, request));
  }
  const path = (ending: string): string => join(dir, `${NAME}-${ending}`);
  return {
    ...{ dir, cacheDir, name: NAME, kernel: path('kernel'), initrd: path('initrd.img'), cmdline: CMDLINE },
    ...{ sshKey: join(dir, 'id_ed25519'), hostKey: await readFile(join(dir, 'host-key.pub'), 'utf8') },
  };
}

/** Whether it is there; the time of its last use is that of the directory. */
async function isThere(dir: string): Promise<boolean> {
  const now = new Date();
  return utimes(dir, now, now).then(
    () => true,
    () => false,
  );
}

async function keyOf(files: readonly string[]): Promise<string> {
  const agent = await Promise.all(agentSources().map((path) => readFile(path, 'utf8')));
  const texts = [initScript({ modules: '', eager: EAGER }), DHCP_SCRIPT, ...agent];
  const recipe = JSON.stringify([RECIPE, CMDLINE, files, FILES, MODULES, GENERIC_MODULES, ...texts]);
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}

async function fillImage(dir: string, files: readonly string[], request: KernelImageRequest): Promise<void> {
  const { signal } = request;
  const work = join(dir, 'work');
  await mkdir(work);
  await extractAll(work, files, request);
  await compileAgent(join(work, 'core-agent'), { signal });
  const sshKey = join(dir, 'id_ed25519');
  await runTool(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', NAME, '-f', sshKey], { signal });
  const hostKey = newHostKey();
  const guest = await GuestFiles.read(work);
  const authorizedKeys = await readFile(`${sshKey}.pub`, 'utf8');
  const initramfs = makeInitramfs(guest, { eager: EAGER, hostKey: hostKey.dropbear, authorizedKeys });
  await writeFile(join(dir, `${NAME}-initrd.img`), initramfs);
  await writeFile(join(dir, `${NAME}-cmdline`), CMDLINE);
  await writeFile(join(dir, 'host-key.pub'), hostKey.publicKey);
  await copyFile(guest.path(/\/vmlinuz-[^/]+$/), join(dir, `${NAME}-kernel`));
  await rm(work, { recursive: true });
}

async function extractAll(into: string, files: readonly string[], request: KernelImageRequest): Promise<void> {
  const { cacheDir, flavour, signal } = request;
  const packages = await downloadPackages(cacheDir, files, signal);
  const names = flavour === 'generic' ? [...MODULES, ...GENERIC_MODULES] : MODULES;
  const modules = names.map((name) => `*/kernel/*/${name.replaceAll('_', '[-_]')}.ko`);
  for (const file of files) {
    const patterns = FILES[file.slice(0, file.indexOf('_'))] ?? ['*/vmlinuz-*', ...modules];
    await extractFiles(join(packages, file), patterns, { into, signal });
  }
}
