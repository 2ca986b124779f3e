/** What `go tool dist list` names, of Go 1.19 and of all that came later: by system, its processors. */
const PLATFORMS: Readonly<Record<string, string>> = {
  aix: 'ppc64',
  android: '386 amd64 arm arm64',
  darwin: 'amd64 arm64',
  dragonfly: 'amd64',
  freebsd: '386 amd64 arm arm64',
  illumos: 'amd64',
  ios: 'amd64 arm64',
  js: 'wasm',
  linux: '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x',
  netbsd: '386 amd64 arm arm64',
  openbsd: '386 amd64 arm arm64',
  plan9: '386 amd64 arm',
  solaris: 'amd64',
  windows: '386 amd64 arm64',
};

/** The targets of every Go that this package knows, as `os/arch`. */
export const GO_PLATFORMS: ReadonlySet<string> = new Set(
  Object.entries(PLATFORMS).flatMap(([os, archs]) => archs.split(' ').map((arch) => `${os}/${arch}`)),
);

/** Names of systems that build constraints may use. */
export const SYSTEMS: readonly string[] = [...Object.keys(PLATFORMS), 'hurd', 'nacl', 'wasip1', 'zos'];

/** Names of processors that build constraints may use. */
export const ARCHITECTURES: readonly string[] = [...new Set(Object.values(PLATFORMS).join(' ').split(' ')), 'sparc64'];
