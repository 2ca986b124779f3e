import { BuildError } from '../errors.ts';

/** One thing that is wrong in a configuration. */
export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** `archive.format`; absent where the text is not YAML. */
  readonly key?: string;
  /** What is wrong, with the text that is. */
  readonly reason: string;
  /** What to do. */
  readonly remedy: string;
}

/**
 * A configuration that cannot be used: `path`, `line`, `column` and `hint` are those of the first problem.
 *
 * @example
 * ```ts
 * import { BuildConfigError, loadConfig } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ '.core/build.yaml': 'archive:\n  fromat: zip\n' });
 * const error = await loadConfig(medium, '').catch((reason: unknown) => reason);
 * assert.ok(error instanceof BuildConfigError);
 * assert.equal(error.message, 'Cannot use ".core/build.yaml": line 2, column 3: unknown key "fromat" in archive');
 * assert.equal(error.hint, 'The nearest known key is "format".');
 * ```
 */
export class BuildConfigError extends BuildError {
  /** All that is wrong, from top to bottom. */
  readonly problems: readonly ConfigProblem[];

  constructor(path: string, problems: readonly [ConfigProblem, ...ConfigProblem[]], cause?: unknown) {
    const [{ line, column, key, reason, remedy }] = problems;
    const others = problems.length - 1;
    const more = others === 0 ? '' : ` (and ${String(others)} more ${others === 1 ? 'problem' : 'problems'})`;
    super(`Cannot use ${JSON.stringify(path)}: line ${String(line)}, column ${String(column)}: ${reason}${more}`, {
      code: 'ERR_BUILD_CONFIG_INVALID',
      op: 'build.loadConfig',
      hint: remedy,
      path,
      key,
      line,
      column,
      cause,
    });
    this.problems = problems;
  }
}
