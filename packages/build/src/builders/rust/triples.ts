import { formatTarget, type Target } from '../../target.ts';

/**
 * What Rust calls a target (https://doc.rust-lang.org/rustc/platform-support.html). Where it has several toolchains for
 * one, the first of which this machine has the standard library is taken.
 */
const TRIPLES: Readonly<Record<string, readonly string[]>> = {
  'android/amd64': ['x86_64-linux-android'],
  'android/arm64': ['aarch64-linux-android'],
  'darwin/amd64': ['x86_64-apple-darwin'],
  'darwin/arm64': ['aarch64-apple-darwin'],
  'freebsd/386': ['i686-unknown-freebsd'],
  'freebsd/amd64': ['x86_64-unknown-freebsd'],
  'freebsd/arm64': ['aarch64-unknown-freebsd'],
  'illumos/amd64': ['x86_64-unknown-illumos'],
  'ios/arm64': ['aarch64-apple-ios'],
  'js/wasm': ['wasm32-unknown-unknown'],
  'linux/386': ['i686-unknown-linux-gnu', 'i686-unknown-linux-musl'],
  'linux/amd64': ['x86_64-unknown-linux-gnu', 'x86_64-unknown-linux-musl'],
  'linux/arm': ['armv7-unknown-linux-gnueabihf', 'arm-unknown-linux-gnueabihf', 'armv7-unknown-linux-musleabihf'],
  'linux/arm64': ['aarch64-unknown-linux-gnu', 'aarch64-unknown-linux-musl'],
  'linux/loong64': ['loongarch64-unknown-linux-gnu'],
  'linux/mips64le': ['mips64el-unknown-linux-gnuabi64'],
  'linux/ppc64le': ['powerpc64le-unknown-linux-gnu'],
  'linux/riscv64': ['riscv64gc-unknown-linux-gnu'],
  'linux/s390x': ['s390x-unknown-linux-gnu'],
  'netbsd/amd64': ['x86_64-unknown-netbsd'],
  'openbsd/amd64': ['x86_64-unknown-openbsd'],
  'solaris/amd64': ['x86_64-pc-solaris', 'x86_64-sun-solaris'],
  'wasip1/wasm': ['wasm32-wasip1', 'wasm32-wasi'],
  'windows/386': ['i686-pc-windows-gnu', 'i686-pc-windows-msvc'],
  'windows/amd64': ['x86_64-pc-windows-gnu', 'x86_64-pc-windows-msvc', 'x86_64-pc-windows-gnullvm'],
  'windows/arm64': ['aarch64-pc-windows-gnullvm', 'aarch64-pc-windows-msvc'],
};

/** The triples of a target, the usual one first, but that of this machine before all; none where Rust has no such target. */
export function triplesOf(target: Target, host?: string): readonly string[] {
  const triples = TRIPLES[formatTarget(target)] ?? [];
  return host !== undefined && triples.includes(host) ? [host, ...triples.filter((one) => one !== host)] : triples;
}

/** The part of the names of variables that is for a triple: `X86_64_UNKNOWN_LINUX_GNU`. */
export function variableName(triple: string): string {
  return triple.toUpperCase().replaceAll(/[-.]/g, '_');
}

/** What Cargo calls the file of a program. */
export function cargoFileName(program: string, triple: string): string {
  if (triple.includes('-windows-')) return `${program}.exe`;
  return triple.startsWith('wasm32-') ? `${program}.wasm` : program;
}
