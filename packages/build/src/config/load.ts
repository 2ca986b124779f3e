import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { formatTarget, type Target } from '../target.ts';
import { isThere, pathBelow } from '../paths.ts';
import type { BuildConfig } from './build-config.ts';
import { BuildConfigError, type ConfigProblem } from './config-error.ts';
import { DEFINITION } from './definition.ts';
import { parseYaml } from './parse-yaml.ts';
import { defaultOf, type Environment } from './shape.ts';
import { validate } from './validate.ts';

/** A file over this size is no configuration. */
const MAX_BYTES = 65_536;

/** How {@link loadConfig} reads. */
export interface LoadConfigOptions extends CancelOptions {
  /** What `$VAR` in `sign` stands for; the environment of the process by default. */
  readonly env?: Environment | undefined;
}

/**
 * Where the configuration of the project in `dir` is: `.core/build.yaml`.
 *
 * @example
 * ```ts
 * import { configPath } from '@core/build';
 *
 * assert.equal(configPath('app'), 'app/.core/build.yaml');
 * assert.equal(configPath(''), '.core/build.yaml');
 * ```
 */
export function configPath(dir: string): string {
  return pathBelow(dir, '.core/build.yaml');
}

/**
 * Whether the project in `dir` has a configuration.
 *
 * @example
 * ```ts
 * import { configExists } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * assert.equal(await configExists(new MemoryMedium({ '.core/build.yaml': 'version: 1' }), ''), true);
 * assert.equal(await configExists(new MemoryMedium(), ''), false);
 * ```
 */
export function configExists(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return medium.exists(configPath(dir), options);
}

/**
 * What holds where nothing is configured. `sign` is taken from `env`.
 *
 * @example
 * ```ts
 * import { defaultConfig } from '@core/build';
 *
 * const config = defaultConfig({ GPG_KEY_ID: '0xABCD' });
 * assert.deepEqual(config.targets[0], { os: 'linux', arch: 'amd64' });
 * assert.deepEqual(config.build.ldflags, ['-s', '-w']);
 * assert.equal(config.sign.gpg.key, '0xABCD');
 * ```
 */
export function defaultConfig(env: Environment = process.env): BuildConfig {
  return defaultOf(DEFINITION, env) as BuildConfig;
}

/**
 * The configuration of the project in `dir`, with the defaults for what it does not say; a missing or empty file is
 * all defaults, a list that is written out empty stays empty.
 *
 * @throws `ERR_BUILD_CONFIG_INVALID` with `path`, `line`, `column`, the text and the remedy: what is not YAML, wrong
 * types and values, unknown keys (with the nearest known one), keys that are there twice, tags, files over 64 KiB.
 *
 * @example
 * ```ts
 * import { loadConfig } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ '.core/build.yaml': 'archive: { wrap: true, files: [] }' });
 * const { archive } = await loadConfig(medium, '');
 * assert.deepEqual(archive.files, []);
 * assert.equal(archive.wrap, true);
 * assert.equal(archive.format, 'gz');
 * ```
 */
export async function loadConfig(medium: Medium, dir: string, options: LoadConfigOptions = {}): Promise<BuildConfig> {
  return (await loadWritten(medium, dir, options)).config;
}

/** A configuration, and what of it somebody has decided. */
export interface WrittenConfig {
  readonly config: BuildConfig;
  /** The file; absent where there is none. */
  readonly path?: string;
  /** The parts that are written out in it. */
  readonly written: ReadonlySet<string>;
}

/** {@link loadConfig}, and what is written in the file. */
export async function loadWritten(
  medium: Medium,
  dir: string,
  { env = process.env, signal }: LoadConfigOptions,
): Promise<WrittenConfig> {
  const path = configPath(dir);
  const text = await readConfig(medium, path, { signal });
  if (text === undefined) {
    await refuseDanglingLink(medium, path, { signal });
    await refuseOtherSpelling(medium, dir, { signal });
    return { config: defaultConfig(env), written: new Set() };
  }
  const source = parseYaml(text);
  refuse(path, source.problems);
  const { config, written, problems } = validate(source, env);
  refuse(path, problems);
  return { config, path, written };
}

/**
 * The targets of a configuration as a list of the caller's own.
 *
 * @example
 * ```ts
 * import { defaultConfig, formatTarget, toTargets } from '@core/build';
 *
 * const targets = toTargets(defaultConfig()).map(formatTarget);
 * assert.deepEqual(targets, ['linux/amd64', 'linux/arm64', 'darwin/arm64', 'windows/amd64']);
 * ```
 */
export function toTargets(config: BuildConfig): Target[] {
  const targets = new Map(config.targets.map(({ os, arch }) => [formatTarget({ os, arch }), { os, arch }]));
  return [...targets.values()];
}

/** The text of the file; `undefined` where there is none. */
async function readConfig(medium: Medium, path: string, options: CancelOptions): Promise<string | undefined> {
  try {
    const { kind, size } = await medium.stat(path, options);
    if (kind === 'other') refuse(path, [{ line: 1, column: 1, ...NO_FILE }]); // a device may never end
    if (size > MAX_BYTES) refuse(path, [tooLarge(size)]);
    return await medium.read(path, options);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    const known = UNREADABLE[error.code];
    if (known !== undefined) throw new BuildConfigError(path, [{ line: 1, column: 1, ...known }], error);
    throw error;
  }
}

const NO_FILE = { reason: 'it is no file, but a pipe or a device', remedy: 'Make it a file.' };

const UNREADABLE: Readonly<Record<string, Pick<ConfigProblem, 'reason' | 'remedy'>>> = {
  EACCES: { reason: 'it may not be read', remedy: 'Let yourself read it: chmod u+r.' },
  EISDIR: { reason: 'it is a folder', remedy: 'Make it a file.' },
  ELOOP: { reason: 'a link on the way to it leads back to itself', remedy: 'Make it a file in a folder.' },
  ERR_INVALID_UTF8: { reason: 'it is not a text in UTF-8', remedy: 'Save it as UTF-8.' },
};

function tooLarge(size: number): ConfigProblem {
  const reason = `it has ${String(size)} bytes; a configuration has at most ${String(MAX_BYTES)}`;
  return { line: 1, column: 1, reason, remedy: 'Take out what is no configuration.' };
}

/** A file with the other ending would be ignored in silence. */
async function refuseOtherSpelling(medium: Medium, dir: string, options: CancelOptions): Promise<void> {
  const path = pathBelow(dir, '.core/build.yml');
  if (!(await medium.isFile(path, options))) return;
  refuse(path, [{ line: 1, column: 1, reason: 'the file is called build.yml', remedy: 'Rename it to build.yaml.' }]);
}

/** So would a link that leads nowhere. */
async function refuseDanglingLink(medium: Medium, path: string, options: CancelOptions): Promise<void> {
  if (!(await isThere(medium, path, options))) return;
  refuse(path, [{ line: 1, column: 1, reason: 'it is a link that leads nowhere', remedy: 'Make it a file.' }]);
}

function refuse(path: string, problems: readonly ConfigProblem[]): void {
  const [first, ...others] = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  if (first !== undefined) throw new BuildConfigError(path, [first, ...others]);
}
