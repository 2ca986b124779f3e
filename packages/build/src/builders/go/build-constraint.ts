import { ARCHITECTURES, SYSTEMS } from './platforms.ts';

/** Tags that depend on target and compiler: `go1.21`, `unix`, `windows`. */
const OPEN: ReadonlySet<string> = new Set([...SYSTEMS, ...ARCHITECTURES, 'unix', 'cgo', 'gc', 'gccgo', 'race']);

/** True, false, or different from target to target. */
type Answer = boolean | undefined;

/**
 * Whether a file with this constraint belongs to its package for some target: the expression of a `//go:build` line
 * (https://pkg.go.dev/go/build/constraint). One that cannot be read is left to Go itself.
 */
export function mayHold(expression: string, tags: ReadonlySet<string>): boolean {
  const tokens = expression.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  return new Evaluation(tokens, tags).any() !== false;
}

/** A file's lines of the older form `// +build`, as one expression. */
export function fromOlderLines(lines: readonly string[]): string {
  const groups = lines.map((line) => {
    const options = line.trim().split(/\s+/);
    return `(${options.map((option) => `(${option.replaceAll(',', '&&')})`).join('||')})`;
  });
  return groups.join('&&');
}

class Evaluation {
  readonly #tokens: readonly string[];
  readonly #tags: ReadonlySet<string>;
  #next = 0;

  constructor(tokens: readonly string[], tags: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#tags = tags;
  }

  any(): Answer {
    let answer = this.#all();
    while (this.#take('||')) {
      const other = this.#all();
      answer = answer === true || other === true ? true : answer === false && other === false ? false : undefined;
    }
    return answer;
  }

  #all(): Answer {
    let answer = this.#one();
    while (this.#take('&&')) {
      const other = this.#one();
      answer = answer === false || other === false ? false : answer === true && other === true ? true : undefined;
    }
    return answer;
  }

  #one(): Answer {
    if (this.#take('!')) {
      const answer = this.#one();
      return answer === undefined ? undefined : !answer;
    }
    if (this.#take('(')) {
      const answer = this.any();
      this.#take(')');
      return answer;
    }
    const tag = this.#tokens[this.#next++];
    if (tag === undefined || OPEN.has(tag) || tag.startsWith('go1')) return undefined;
    return this.#tags.has(tag);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next += 1;
    return true;
  }
}
