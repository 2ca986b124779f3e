import { BuildError } from './errors.ts';

/** What a build is for, in Go's words: `{ os: 'linux', arch: 'amd64' }`. */
export interface Target {
  /** `linux`, `darwin`, `windows`, … */
  readonly os: string;
  /** `amd64`, `arm64`, … */
  readonly arch: string;
}

/** One word of a target: it becomes a part of file names, so nothing else may be in it. */
const WORD = /^[a-z0-9]+$/;

/**
 * The target that `os/arch` says. Spaces around it are fine.
 *
 * @throws `ERR_BUILD_INVALID_TARGET` where it is not two words of lower-case letters and digits.
 *
 * @example
 * ```ts
 * import { parseTarget } from '@core/build';
 *
 * assert.deepEqual(parseTarget('linux/amd64'), { os: 'linux', arch: 'amd64' });
 * assert.throws(() => parseTarget('linux'), { code: 'ERR_BUILD_INVALID_TARGET' });
 * ```
 */
export function parseTarget(text: string): Target {
  const [os = '', arch = '', ...more] = text.trim().split('/');
  if (!WORD.test(os) || !WORD.test(arch) || more.length > 0) {
    throw new BuildError(`Cannot read the target ${JSON.stringify(text)}: it is not os/arch in lower case`, {
      code: 'ERR_BUILD_INVALID_TARGET',
      op: 'build.parseTarget',
      target: text,
      hint: 'Write it as linux/amd64 or darwin/arm64.',
    });
  }
  return { os, arch };
}

/**
 * The targets of a list with commas, in its order; one that is said twice counts once.
 *
 * @throws `ERR_BUILD_INVALID_TARGET` for an item that is no target, also an empty one.
 *
 * @example
 * ```ts
 * import { parseTargets } from '@core/build';
 *
 * assert.deepEqual(parseTargets('linux/amd64, darwin/arm64'), [
 *   { os: 'linux', arch: 'amd64' },
 *   { os: 'darwin', arch: 'arm64' },
 * ]);
 * ```
 */
export function parseTargets(text: string): Target[] {
  const targets = new Map<string, Target>();
  for (const target of text.split(',').map(parseTarget)) targets.set(formatTarget(target), target);
  return [...targets.values()];
}

/**
 * A target as it is written: what {@link parseTarget} reads.
 *
 * @example
 * ```ts
 * import { formatTarget } from '@core/build';
 *
 * assert.equal(formatTarget({ os: 'linux', arch: 'amd64' }), 'linux/amd64');
 * ```
 */
export function formatTarget(target: Target): string {
  return `${target.os}/${target.arch}`;
}
