/** A fenced block of code that is open. */
export class Fence {
  /** Where the content of the item begins that it is in: what is indented less ends it. */
  readonly contentIndent: number;
  readonly #closing: RegExp;

  private constructor(marks: string, contentIndent: number) {
    this.contentIndent = contentIndent;
    const sign = marks.startsWith('`') ? '`' : '~';
    this.#closing = new RegExp(`^[ \\t]{0,${String(contentIndent + 3)}}${sign}{${String(marks.length)},}\\s*$`);
  }

  /** The fence that a line opens, if it does. */
  static opening(line: string, contentIndent: number): Fence | undefined {
    const marks = /^(`{3,})[^`]*$|^(~{3,})/.exec(line);
    const found = marks?.[1] ?? marks?.[2];
    return found === undefined ? undefined : new Fence(found, contentIndent);
  }

  isClosedBy(line: string): boolean {
    return this.#closing.test(line);
  }
}
