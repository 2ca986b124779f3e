import picomatch from 'picomatch';

import { describe } from './path.ts';

/** Whether a path, relative to where the patterns begin, is one of a set. */
type Matcher = (path: string) => boolean;

/** One name of a pattern. */
interface Segment {
  /** What stands here can be any number of names: `**`, or braces that hold a slash. */
  readonly isOpen: boolean;
  /** It can stand for a name that begins with a dot. */
  readonly allowsHidden: boolean;
  readonly matches: Matcher;
}

const OPTIONS = { windows: false, nonegate: true } as const;

/** A positive pattern that was taken apart: what it matches, and where it can match at all. */
export class GlobPattern {
  /** The directory that all matches are in, without any wildcard. */
  readonly base: string;
  readonly #matches: Matcher;
  readonly #baseDepth: number;
  readonly #segments: readonly Segment[];
  readonly #dot: boolean;

  constructor(pattern: string, dot: boolean) {
    const { base, isGlob, parts = [] } = picomatch.scan(pattern, { parts: true, unescape: true, nonegate: true });
    const names = base === '' ? [] : base.split('/');
    this.#baseDepth = isGlob ? names.length : names.length - 1;
    this.base = names.slice(0, this.#baseDepth).join('/');
    this.#matches = picomatch(pattern, { ...OPTIONS, dot });
    this.#segments = parts.map((part) => segment(part, dot));
    this.#dot = dot;
  }

  /** Whether an entry is meant: always one inside the base, which is never a match itself. */
  matches(path: string): boolean {
    return this.#matches(path) && path.split('/').length > this.#baseDepth;
  }

  /** Whether something below a directory can match; where that is hard to say, it can. */
  canMatchBelow(directory: string): boolean {
    const names = directory === '' ? [] : directory.split('/');
    for (const [i, name] of names.entries()) {
      const part = this.#segments[i];
      if (part === undefined || i === this.#segments.length - 1) return part?.isOpen === true && this.#isSeen(names, i);
      if (part.isOpen) return this.#isSeen(names, i);
      if (!part.matches(name)) return false;
    }
    return true;
  }

  /** Whether the names from `from` on can be what an open segment and those behind it stand for: hidden ones rarely. */
  #isSeen(names: readonly string[], from: number): boolean {
    if (this.#dot || this.#segments.slice(from).some(({ allowsHidden }) => allowsHidden)) return true;
    return !names.slice(from).some((name) => name.startsWith('.'));
  }
}

function segment(part: string, dot: boolean): Segment {
  const isOpen = part.includes('**') || part.includes('/');
  return {
    isOpen,
    allowsHidden: /^(?:\\?\.|.*[{([])/u.test(part),
    matches: isOpen ? () => true : picomatch(part, { ...OPTIONS, dot }),
  };
}

/** A directory or a file that is left out, with everything below. Hidden names are like any other. */
export function ignoring(patterns: readonly string[]): Matcher {
  return patterns.length === 0 ? () => false : picomatch([...patterns], { ...OPTIONS, dot: true });
}

/** The patterns to match and those to leave out: the latter begin with `!` (and no bracket, which is an extglob). */
export function splitPatterns(patterns: string | readonly string[]): [positive: string[], negative: string[]] {
  const positive: string[] = [];
  const negative: string[] = [];
  for (const pattern of checkedList('patterns', patterns)) {
    if (/^!(?!\()/u.test(pattern)) negative.push(cleaned(pattern.slice(1)));
    else positive.push(cleaned(pattern));
  }
  return [positive.length === 0 && negative.length > 0 ? ['**'] : positive, negative];
}

/** The patterns of the `ignore` option. */
export function ignorePatterns(patterns: string | readonly string[]): string[] {
  return checkedList('ignore', patterns).map(cleaned);
}

function checkedList(name: string, patterns: string | readonly string[]): readonly string[] {
  const list: unknown = typeof patterns === 'string' ? [patterns] : patterns;
  if (!Array.isArray(list))
    throw new TypeError(`${name} must be a string or an array of strings, not ${describe(list)}`);
  return list.map((pattern: unknown) => {
    if (typeof pattern === 'string' && pattern !== '') return pattern;
    throw new TypeError(`${name} must hold patterns, not ${pattern === '' ? 'an empty text' : describe(pattern)}`);
  });
}

/** Without what says nothing: slashes and `.` at the beginning and the end, doubled slashes. */
function cleaned(pattern: string): string {
  const clean = pattern.replace(/\/(?:\.?\/)+/gu, '/').replace(/^\.?(?:\/|$)|\/\.?$/gu, '');
  if (clean !== '' && !clean.split('/').includes('..')) return clean;
  throw new TypeError(`A pattern must name something below the directory, not ${JSON.stringify(pattern)}`);
}
