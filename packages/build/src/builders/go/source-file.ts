import { fromOlderLines, mayHold } from './build-constraint.ts';

/** What the head of a Go file says. */
export interface GoFileHead {
  /** `undefined` where the text has no package clause. */
  readonly packageName: string | undefined;
  /** The expression of `//go:build`, or what older lines come to; `''` where there is none. */
  readonly constraint: string;
}

/** Spaces and comments, one at a time. */
const SKIPPED = /[\s\uFEFF;]+|\/\/[^\n]*|\/\*[^]*?\*\//y;
const CLAUSE = /package(?:\s|\/\*[^]*?\*\/)+([\p{L}_][\p{L}\p{Nd}_]*)/uy;

/** Reads the head of a Go file: comments and the package clause (https://go.dev/ref/spec#Package_clause). */
export function readHead(text: string): GoFileHead {
  const lines: string[] = [];
  let offset = 0;
  for (let match = matchAt(SKIPPED, text, offset); match !== null; match = matchAt(SKIPPED, text, offset)) {
    if (match[0].startsWith('//')) lines.push(match[0].trimEnd());
    offset += match[0].length;
  }
  return { packageName: matchAt(CLAUSE, text, offset)?.[1], constraint: constraintIn(lines) };
}

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

function constraintIn(lines: readonly string[]): string {
  const line = lines.map((text) => /^\/\/go:build\s+(.*)$/.exec(text)?.[1]).find((found) => found !== undefined);
  const older = lines.flatMap((text) => /^\/\/\s*\+build\s+(.*)$/.exec(text)?.[1] ?? []);
  return line ?? fromOlderLines(older);
}

/** Whether a file of this text is one of a program, with these build tags and for some target. */
export function isMainFile(text: string, tags: ReadonlySet<string>): boolean {
  const { constraint, packageName } = readHead(text);
  return packageName === 'main' && (constraint === '' || mayHold(constraint, tags));
}
