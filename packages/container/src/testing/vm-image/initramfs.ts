import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { CpioArchive } from './cpio.ts';
import { DHCP_SCRIPT, initScript } from './init-script.ts';
import { KernelModule, loadOrder, modulesAlias, modulesDep } from './kernel-modules.ts';

const DIRECTORIES = [
  ...['bin', 'sbin', 'dev', 'etc', 'etc/dropbear', 'lib', 'lib64', 'lib/modules', 'mnt', 'proc', 'run', 'sys'],
  ...['tmp', 'usr', 'usr/bin', 'usr/sbin', 'var', 'var/log', 'var/run', 'www'],
];
/** Busybox of Debian has none. */
const MOUNTPOINT = `#!/bin/sh
[ "$1" != -q ] || shift
grep -qsF " $1 " /proc/mounts
`;
const TEXTS: Readonly<Record<string, string>> = {
  'etc/group': 'root:x:0:\n',
  'etc/hostname': 'testvm\n',
  'etc/hosts': '127.0.0.1 localhost testvm\n',
  'etc/nsswitch.conf': 'passwd: files\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/shells': '/bin/sh\n',
  'www/index.html': 'hello from the vm\n',
};

/** The files that were taken from packages, by their names. */
export class GuestFiles {
  readonly #paths: readonly string[];
  readonly #contents: ReadonlyMap<string, Buffer>;

  constructor(contents: ReadonlyMap<string, Buffer>) {
    this.#contents = contents;
    this.#paths = [...contents.keys()];
  }

  static async read(dir: string): Promise<GuestFiles> {
    const contents = new Map<string, Buffer>();
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isDirectory()) contents.set(path, await readFile(path));
    }
    return new GuestFiles(contents);
  }

  /** The path of the first one that matches. */
  path(pattern: RegExp): string {
    const path = this.#paths.find((each) => pattern.test(each));
    if (path === undefined) throw new Error(`Cannot make the test image: no package has ${String(pattern)}`);
    return path;
  }

  content(pattern: RegExp): Buffer {
    return this.#contents.get(this.path(pattern)) ?? Buffer.alloc(0);
  }

  /** All whose names match, by their names. */
  matching(pattern: RegExp): Map<string, Buffer> {
    const paths = this.#paths.filter((path) => pattern.test(basename(path)));
    return new Map(paths.map((path) => [basename(path), this.#contents.get(path) ?? Buffer.alloc(0)]));
  }
}

/** What is the image's own. */
export interface InitramfsOptions {
  /** Modules that are loaded at once. */
  readonly eager: readonly string[];
  /** As dropbear reads it. */
  readonly hostKey: Buffer;
  readonly authorizedKeys: string;
}

/** The guest's root file system, as the kernel unpacks it. */
export function makeInitramfs(files: GuestFiles, { eager, hostKey, authorizedKeys }: InitramfsOptions): Buffer {
  const archive = new CpioArchive();
  for (const name of DIRECTORIES) archive.directory(name);
  archive.directory('root', 0o700).directory('root/.ssh', 0o700);
  archive.device('dev/console', 0o600, [5, 1]).device('dev/null', 0o666, [1, 3]);
  addPrograms(archive, files);
  for (const [name, text] of Object.entries(TEXTS)) archive.file(name, text);
  archive.file('etc/shadow', 'root:*:19000:0:99999:7:::\n', 0o600);
  archive.file('etc/udhcpc.sh', DHCP_SCRIPT, 0o755);
  archive.file('etc/dropbear/dropbear_ed25519_host_key', hostKey, 0o600);
  archive.file('root/.ssh/authorized_keys', authorizedKeys, 0o600);
  const modules = addModules(archive, files);
  const order = loadOrder(modules.byName, eager).map(({ name }) => name);
  return archive.file('init', initScript({ modules: modules.dir, eager: order }), 0o755).end();
}

function addPrograms(archive: CpioArchive, files: GuestFiles): void {
  const busybox = files.content(/\/bin\/busybox$/);
  archive.file('bin/busybox', busybox, 0o755);
  for (const applet of appletsOf(busybox)) archive.link(`bin/${applet}`, 'busybox');
  archive.link('sbin/modprobe', '../bin/busybox');
  archive.file('usr/bin/mountpoint', MOUNTPOINT, 0o755);
  for (const name of ['dropbear', 'dropbearkey', 'mke2fs', 'core-agent']) {
    archive.file(`usr/sbin/${name}`, files.content(new RegExp(`/${name}$`)), 0o755);
  }
  for (const [name, content] of files.matching(/\.so\.\d+$/)) {
    archive.file(name.startsWith('ld-linux') ? `lib64/${name}` : `lib/${name}`, content, 0o755);
  }
}

function addModules(
  archive: CpioArchive,
  files: GuestFiles,
): { readonly dir: string; readonly byName: ReadonlyMap<string, KernelModule> } {
  const dir = `lib/modules/${files.path(/\/vmlinuz-/).replace(/^.*\/vmlinuz-/, '')}`;
  const modules = [...files.matching(/\.ko$/)].map(([name, content]) => new KernelModule(name, content));
  const byName = new Map(modules.map((module) => [module.name, module]));
  archive.directory(dir);
  for (const { name, content } of modules) archive.file(`${dir}/${name}.ko`, content);
  archive.file(`${dir}/modules.dep`, modulesDep(byName)).file(`${dir}/modules.alias`, modulesAlias(byName));
  return { dir: `/${dir}`, byName };
}

/** The names that this busybox goes by: the list of them stands in it, each with a zero byte behind it. */
function appletsOf(busybox: Buffer): string[] {
  const start = busybox.indexOf('\0[\0[[\0');
  const end = busybox.indexOf('\0\0', start);
  if (start < 0) throw new Error('Cannot make the test image: busybox has no list of its programs');
  return busybox
    .toString('latin1', start + 1, end)
    .split('\0')
    .filter((name) => name !== 'busybox');
}
