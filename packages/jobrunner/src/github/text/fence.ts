/** A fenced block of code that is open. */
export class Fence {
  readonly #closing: RegExp;

  private constructor(marks: string) {
    const sign = marks.startsWith('`') ? '`' : '~';
    this.#closing = new RegExp(`^${sign}{${String(marks.length)},}[ \\t]*$`);
  }

  /** The fence that a line opens, if it does; without its indent. */
  static opening(line: string): Fence | undefined {
    const marks = /^(`{3,})[^`]*$|^(~{3,})/.exec(line);
    const found = marks?.[1] ?? marks?.[2];
    return found === undefined ? undefined : new Fence(found);
  }

  /** Whether a line closes it; without its indent, which is to be less than that of code. */
  isClosedBy(line: string): boolean {
    return this.#closing.test(line);
  }
}
