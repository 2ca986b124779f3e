/** What begins a line and hides text up to its own end: elements whose content is never Markdown. */
const ELEMENT = /^\s*<(pre|script|style|textarea)(?=[\s>]|$)/i;
const COMMENT = /<!--/;

interface Border {
  readonly start: number;
  readonly end: number;
  /** What ends that which begins here. */
  readonly closing: RegExp | undefined;
}

/** Blanks what HTML hides, over several lines where it does. */
export class HtmlBlocks {
  readonly #lastCommentEnd: number;
  #closing: RegExp | undefined;

  /** @param lastCommentEnd - Place of the text's last `-->`: what begins in a line after it is no comment. */
  constructor(lastCommentEnd: number) {
    this.#lastCommentEnd = lastCommentEnd;
  }

  /** Whether the next line begins hidden. */
  get isOpen(): boolean {
    return this.#closing !== undefined;
  }

  /** The line with what is hidden blanked. */
  visible(line: string, offset: number): string {
    let shown = '';
    while (shown.length < line.length) {
      const border = this.#border(line, shown.length, offset);
      const isHidden = this.#closing !== undefined;
      const next = border?.end ?? line.length;
      if (!isHidden) shown += line.slice(shown.length, border?.start ?? line.length);
      shown = shown.padEnd(next);
      if (border !== undefined) this.#closing = border.closing;
    }
    return shown;
  }

  /** Where what is hidden begins or ends next. */
  #border(line: string, from: number, offset: number): Border | undefined {
    const rest = line.slice(from);
    if (this.#closing !== undefined) return borderAt(this.#closing.exec(rest), from, undefined);
    const element = from === 0 ? ELEMENT.exec(line) : null;
    if (element !== null) return borderAt(element, 0, new RegExp(`</${element[1] ?? ''}>`, 'i'));
    const comment = COMMENT.exec(rest);
    const isClosed = comment !== null && offset + from + comment.index < this.#lastCommentEnd;
    const isBlock = line.trimStart().startsWith('<!--') && from === 0;
    return isClosed || isBlock ? borderAt(comment, from, /-->/) : undefined;
  }
}

function borderAt(match: RegExpExecArray | null, from: number, closing: RegExp | undefined): Border | undefined {
  if (match === null) return undefined;
  return { start: from + match.index, end: from + match.index + match[0].length, closing };
}
