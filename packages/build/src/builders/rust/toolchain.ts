import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { listIfThere } from '../../paths.ts';
import { formatTarget, type Target } from '../../target.ts';
import type { TomlTable } from '../../toml.ts';
import { askTool } from '../kit/ask-tool.ts';
import { findCrossCompiler, gnuName } from '../kit/cross-compiler.ts';
import { readCargoConfig, settingsOf } from './cargo-config.ts';
import { triplesOf, variableName } from './triples.ts';

export const HOW_TO_GET_RUST = 'Install Rust 1.63 or later from https://rustup.rs, or with `apt-get install cargo`.';

/** A target that this machine can build for. */
export interface RustTarget {
  readonly target: Target;
  readonly triple: string;
  /** Variables that name its linker, where Cargo does not know it by itself. */
  readonly env: Readonly<Record<string, string>>;
  /** See {@link settingsOf}. */
  readonly ownFlags: boolean;
}

/** The Rust of this machine. */
export class Toolchain {
  readonly #config: BuilderConfig;
  readonly #signal: CancelOptions;
  readonly #cargoConfig: readonly TomlTable[];
  /** Its own triple. */
  readonly host: string;
  /** `1.63.0` */
  readonly version: string;

  private constructor(config: BuilderConfig, options: CancelOptions, facts: ToolchainFacts) {
    this.#config = config;
    this.#signal = { signal: options.signal };
    this.#cargoConfig = facts.cargoConfig;
    this.host = facts.host;
    this.version = facts.version;
  }

  /** @throws `ERR_BUILD_TOOL_MISSING` where there is no rustc. */
  static async find(config: BuilderConfig, options: CancelOptions): Promise<Toolchain> {
    const facts = await askRustc(config, ['-vV'], options);
    const [host = '', version = ''] = ['host', 'release'].map(
      (key) => new RegExp(`^${key}: (.+)$`, 'm').exec(facts)?.[1],
    );
    const cargoConfig = await readCargoConfig(config, options);
    return new Toolchain(config, options, { host, version, cargoConfig });
  }

  /**
   * How a target is built for.
   *
   * @throws `ERR_BUILD_UNSUPPORTED_TARGET` where its standard library or a linker for it is missing.
   */
  async prepare(target: Target): Promise<RustTarget> {
    const triples = triplesOf(target, this.host);
    const [usual] = triples;
    if (usual === undefined) throw unsupported(target, 'Rust has no such target', 'Take it out of the targets.');
    for (const triple of triples) {
      if (!(await this.#hasLibrary(triple))) continue;
      const env = await this.#linkerFor(target, triple);
      if (env === undefined) throw withoutLinker(target, triple);
      return { target, triple, env, ownFlags: settingsOf(triple, this.#cargoConfig, this.#config.env).flags };
    }
    const hint = `Add it with \`rustup target add ${usual}\`, or from your system's packages (libstd-rust-dev…).`;
    throw unsupported(target, `there is no standard library of Rust for ${usual}`, hint);
  }

  async #hasLibrary(triple: string): Promise<boolean> {
    if (triple === this.host) return true;
    const dir = await this.#ask(['--print', 'target-libdir', '--target', triple]);
    const entries = dir === '' ? [] : await listIfThere(localMedium(), dir, this.#signal);
    return entries.some(({ name }) => /^libstd-.*\.rlib$/.test(name));
  }

  /** What rustc answers; nothing where it does not know the triple. */
  async #ask(args: readonly string[]): Promise<string> {
    return askRustc(this.#config, args, this.#signal).catch((error: unknown) => {
      if (error instanceof BuildError && error.code === 'ERR_BUILD_COMMAND_FAILED') return '';
      throw error;
    });
  }

  /** The variables that name the linker, where it is there; `undefined` where it is not. */
  async #linkerFor(target: Target, triple: string): Promise<Record<string, string> | undefined> {
    const { env } = this.#config;
    const knows = triple === this.host || triple.startsWith('wasm32-') || isNeighbour(triple, this.host);
    if (knows || settingsOf(triple, this.#cargoConfig, env).linker) return {};
    const cross = await findCrossCompiler(target, env, this.#signal);
    if (cross !== undefined && !/-(?:msvc|musl\w*)$/.test(triple)) {
      return { [`CARGO_TARGET_${variableName(triple)}_LINKER`]: cross.c };
    }
    return undefined;
  }
}

interface ToolchainFacts {
  readonly host: string;
  readonly version: string;
  readonly cargoConfig: readonly TomlTable[];
}

/** Apple's and Microsoft's linkers link for every processor; musl of the same processor comes with its own files. */
function isNeighbour(triple: string, host: string): boolean {
  if (host.endsWith('-apple-darwin')) return triple.endsWith('-apple-darwin');
  if (host.endsWith('-windows-msvc')) return triple.endsWith('-windows-msvc');
  return triple.endsWith('-linux-musl') && triple.split('-', 1)[0] === host.split('-', 1)[0];
}

function askRustc(config: BuilderConfig, args: readonly string[], options: CancelOptions): Promise<string> {
  const command = config.env['RUSTC'] ?? 'rustc';
  return askTool(config, { command, args, howToGet: HOW_TO_GET_RUST }, options);
}

function withoutLinker(target: Target, triple: string): BuildError {
  const gnu = gnuName(target);
  const install = gnu === undefined ? '' : `Install ${gnu}-gcc, or set `;
  const variable = `CARGO_TARGET_${variableName(triple)}_LINKER`;
  return unsupported(
    target,
    `there is no linker for ${triple}`,
    `${install === '' ? 'Set ' : install}${variable} to one.`,
  );
}

export function unsupported(target: Target, why: string, hint: string): BuildError {
  return new BuildError(`Cannot build for ${formatTarget(target)}: ${why}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.rust',
    target: formatTarget(target),
    hint,
  });
}
