import type { BuilderConfig } from '../../builder.ts';
import { pathBelow } from '../../paths.ts';

/** How Cargo is told of flags for rustc besides those that somebody else gives. */
export interface FlagDelivery {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What paths are replaced by in programs. */
export interface RemappedPaths {
  /** The root of the workspace. */
  readonly root: string;
  readonly targetDir: string;
}

/** Flags with which a program does not tell in which folders it was made; a later one wins over an earlier one. */
export function remapFlags({ root, targetDir }: RemappedPaths, env: Readonly<Record<string, string>>): string[] {
  const home = env['CARGO_HOME'] ?? (env['HOME'] === undefined ? undefined : pathBelow(env['HOME'], '.cargo'));
  return [
    ...(home === undefined ? [] : [`--remap-path-prefix=${home}=/cargo`]),
    `--remap-path-prefix=${root}=.`,
    `--remap-path-prefix=${targetDir}=target`,
  ];
}

/** Where flags are given to Cargo. */
export interface FlagPlace {
  readonly triple: string;
  /** Flags are given for the triple, so that those for all targets do not count. */
  readonly ownFlags: boolean;
}

/**
 * Adds flags for rustc to those of the user. Cargo takes them from one source only, the first of CARGO_ENCODED_RUSTFLAGS,
 * RUSTFLAGS, `target.<triple>.rustflags` and `build.rustflags`: so ours go to where the user's are.
 */
export function deliverFlags(
  flags: readonly string[],
  { env }: Pick<BuilderConfig, 'env'>,
  { ownFlags, triple }: FlagPlace,
): FlagDelivery {
  const encoded = env['CARGO_ENCODED_RUSTFLAGS'] ?? env['RUSTFLAGS']?.split(' ').filter(Boolean).join(SEPARATOR);
  if (encoded !== undefined) {
    const all = [encoded, ...flags].filter(Boolean).join(SEPARATOR);
    return { args: [], env: { CARGO_ENCODED_RUSTFLAGS: all } };
  }
  const key = ownFlags ? `target.${triple}.rustflags` : 'build.rustflags';
  return { args: ['--config', `${key}=${JSON.stringify(flags)}`], env: {} };
}

/** Between flags in CARGO_ENCODED_RUSTFLAGS. */
const SEPARATOR = '\u001f';
