import type { BuilderConfig } from '../../builder.ts';
import { renderTemplate } from '../../config/name-template.ts';
import type { Target } from '../../target.ts';

export const HOW_TO_GET_GO = 'Install Go 1.18 or later from https://go.dev/dl, or with `apt-get install golang-go`.';

/** What every command of Go gets: it is the Go of this machine that builds, and none that it would download. */
export function goEnvironment({ env }: Pick<BuilderConfig, 'env'>): Record<string, string> {
  return { GOTOOLCHAIN: env['GOTOOLCHAIN'] ?? 'local' };
}

/** What Go gets to build for a target. */
export function targetEnvironment(config: Pick<BuilderConfig, 'cgo' | 'env'>, target: Target): Record<string, string> {
  const { os, arch } = target;
  return { ...goEnvironment(config), GOOS: os, GOARCH: arch, CGO_ENABLED: config.cgo ? '1' : '0' };
}

/** What a call of `go build` is made from. */
export interface GoBuild {
  readonly target: Target;
  /** The package: `./cmd/hello`. */
  readonly program: string;
  /** The file that it makes, on the disk. */
  readonly output: string;
}

/** The arguments of `go`. The state of a repository is no part of the program, unless a flag says so. */
export function buildArguments(config: BuilderConfig, { target, program, output }: GoBuild): string[] {
  const { flags, env } = config;
  const linker = linkerFlags(config, target);
  const saysVcs = [...flags, env['GOFLAGS'] ?? ''].some((flag) => flag.includes('-buildvcs'));
  return ['build', ...(saysVcs ? [] : ['-buildvcs=false']), `-ldflags=${linker}`, ...flags, '-o', output, program];
}

/** What flags of the linker are made from. */
type Linking = Pick<BuilderConfig, 'ldflags' | 'project'>;

/** The flags of the linker that are configured, with their fields filled in. */
export function givenLinkerFlags({ ldflags, project }: Linking, { os, arch }: Target): string {
  const { name: Name, version: Version, binary: Binary } = project;
  return ldflags.map((flag) => renderTemplate(flag, { Name, Version, Binary, OS: os, Arch: arch })).join(' ');
}

/** The flags of the linker: those of the configuration, and the version unless they set it. */
export function linkerFlags(linking: Linking, target: Target): string {
  const given = givenLinkerFlags(linking, target);
  const { version: Version } = linking.project;
  if (/(?:^|[\s='"])main\.version=/.test(given)) return given;
  const version = /\s/.test(Version) ? `'main.version=${Version}'` : `main.version=${Version}`;
  return `${given} -X ${version}`.trimStart();
}

/** The build tags that flags set: `-tags=a,b`, or `-tags` and the next one. */
export function tagsIn(flags: readonly string[]): ReadonlySet<string> {
  const words = flags.flatMap((flag) => flag.split(/\s+/));
  const lists = words.flatMap(
    (word, index) => /^--?tags=(.*)$/.exec(word)?.[1] ?? (/^--?tags$/.test(word) ? (words[index + 1] ?? '') : []),
  );
  return new Set(lists.flatMap((list) => list.split(',')).filter(Boolean));
}

/** What a program is called on the system of a target. */
export function goProgramName(binary: string, { os, arch }: Target): string {
  if (os === 'windows') return `${binary}.exe`;
  return arch === 'wasm' ? `${binary}.wasm` : binary;
}
