import { isNoWay } from './branch.ts';
import { isCoreError } from './errors.ts';
import { GlobPattern, ignorePatterns, ignoring, splitPatterns } from './glob-pattern.ts';
import type { CancelOptions, DirEntry, FileInfo, Medium } from './medium.ts';
import { compareNames, isWithin, joinPath } from './path.ts';
import { relativeTo, under } from './spelling.ts';
import { walk } from './walk.ts';

/** What a glob looks at. */
/** Where and how {@link glob} looks. */
export interface GlobOptions extends CancelOptions {
  /** The directory that the patterns begin at; the root by default. One that is missing holds no match. */
  readonly cwd?: string | undefined;
  /** What is left out, a directory with everything below, as by a pattern with `!`. Hidden names included. */
  readonly ignore?: string | readonly string[] | undefined;
  /** Wildcards match names that begin with a dot, too. Off by default; a dot in the pattern always matches. */
  readonly dot?: boolean | undefined;
  /** Give files only, and links that lead to files; on by default. */
  readonly onlyFiles?: boolean | undefined;
  /** Go into directories behind links inside the root, each once on a branch. */
  readonly followLinks?: boolean | undefined;
}

/**
 * What matches one of the patterns (`*`, `?`, `[a-z]`, `{a,b}`, `**`, extglobs; a backslash escapes) and none that begins
 * with `!`, in the order of `walk`, each once. Patterns that are all negative select from everything.
 *
 * Only directories that can hold a match are read, one at a time; those that are ignored are not.
 *
 * @throws `TypeError` at once for a pattern that is empty, no text, or climbs with `..`.
 *
 * @example
 * ```ts
 * import { glob, MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ src: { 'a.ts': '', 'a.test.ts': '', lib: { 'b.ts': '' } }, 'c.ts': '' });
 * const found: string[] = [];
 * for await (const { path } of glob(medium, ['src/**\/*.ts', '!**\/*.test.ts'])) found.push(path);
 * assert.deepEqual(found, ['src/a.ts', 'src/lib/b.ts']);
 * ```
 */
export function glob(
  medium: Medium,
  patterns: string | readonly string[],
  options: GlobOptions = {},
): AsyncIterable<DirEntry> {
  const { dot = false, ignore = [] } = options;
  const [positive, negative] = splitPatterns(patterns);
  const isIgnored = ignoring([...negative, ...ignorePatterns(ignore)]);
  const wanted = positive.map((pattern) => new GlobPattern(pattern, dot));
  return search(medium, { wanted, isIgnored }, options);
}

interface Query {
  readonly wanted: readonly GlobPattern[];
  readonly isIgnored: (path: string) => boolean;
}

async function* search(medium: Medium, query: Query, options: GlobOptions): AsyncGenerator<DirEntry> {
  const { cwd = '', onlyFiles = true, followLinks = false, signal } = options;
  const { wanted, isIgnored } = query;
  for (const base of basesOf(wanted)) {
    if (prefixes(base).some(isIgnored)) continue;
    const start = await directory(medium, under(cwd, base), options);
    if (start === undefined) continue;
    const fromStart = relativeTo(start.path);
    const relative = ({ path }: DirEntry): string => joinPath(base, fromStart(path));
    const isEntered = (entry: DirEntry): boolean => {
      const path = relative(entry);
      return !isIgnored(path) && wanted.some((pattern) => pattern.canMatchBelow(path));
    };
    for await (const entry of walk(medium, start.path, { follow: followLinks, signal, isEntered })) {
      const path = relative(entry);
      if (isIgnored(path) || !wanted.some((pattern) => pattern.matches(path))) continue;
      if (!onlyFiles || (await isFile(medium, entry))) yield entry;
    }
  }
}

/** The directories to start at, in order; none is inside another. */
function basesOf(patterns: readonly GlobPattern[]): string[] {
  const all = [...new Set(patterns.map(({ base }) => base))];
  return all
    .filter((base) => !all.some((other) => other !== base && isWithin(other, base)))
    .sort((a, b) => compareNames(a.replaceAll('/', '\0'), b.replaceAll('/', '\0')));
}

/** The path and every directory above it; the root is none. */
function prefixes(path: string): string[] {
  const names = path === '' ? [] : path.split('/');
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
}

async function directory(medium: Medium, path: string, { signal }: CancelOptions): Promise<FileInfo | undefined> {
  try {
    const info = await medium.stat(path, { signal });
    return info.kind === 'dir' ? info : undefined;
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function isFile(medium: Medium, { kind, path }: DirEntry): Promise<boolean> {
  if (kind !== 'symlink') return kind === 'file';
  try {
    return await medium.isFile(path);
  } catch (error) {
    if (isNoWay(error)) return false;
    throw error;
  }
}
