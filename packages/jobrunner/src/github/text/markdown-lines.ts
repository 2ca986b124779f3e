import { blankCodeSpans } from './code-spans.ts';
import { Fence } from './fence.ts';
import { HtmlBlocks } from './html-blocks.ts';
import { listItem } from './list-item.ts';

/** A line of Markdown with what is code or comment blanked, so that places stay what they are. */
export interface MarkdownLine {
  /** Where the line begins in the text. */
  readonly offset: number;
  readonly text: string;
  /** Of a task-list item: the place of the letter between its brackets, and whether it is ticked. */
  readonly task?: { readonly markOffset: number; readonly isTicked: boolean } | undefined;
}

/** An indent of so many columns is code, or the rest of a paragraph, but never an item. */
const CODE_INDENT = 4;
const STARTS_BLOCK = /^(?:#{1,6}(?:\s|$)|>|`{3}|~{3}|[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|(?:[-_*]\s*){3,}$|<)/;

/**
 * The lines of a text as GitHub reads them: fenced and indented code, code spans and HTML comments say nothing; items of
 * lists may be nested. What follows CommonMark 0.31 and GFM's task lists, as far as lines go: a quote is no list.
 */
export function markdownLines(text: string): MarkdownLine[] {
  const reader = new LineReader(new HtmlBlocks(text.lastIndexOf('-->')));
  const lines: MarkdownLine[] = [];
  for (const match of text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)) {
    if (match[0] === '' && match.index === text.length && match.index > 0) break;
    lines.push(reader.read(match[1] ?? '', match.index));
  }
  return lines;
}

/** What is open while a text is read line by line. */
class LineReader {
  readonly #html: HtmlBlocks;
  #fence: Fence | undefined;
  /** Where the content of the open items begins, the outermost first. */
  #contents: number[] = [];
  #isAfterText = false;

  constructor(html: HtmlBlocks) {
    this.#html = html;
  }

  read(line: string, offset: number): MarkdownLine {
    const isBlank = line.trim() === '';
    const indent = indentOf(line);
    if (this.#fence !== undefined) {
      if (isBlank || indent >= this.#fence.contentIndent) return this.#inFence(line, offset);
      this.#fence = undefined; // its item is over, and so is it
    }
    if (isBlank) return this.#said(false, { offset, text: line });
    if (this.#html.isOpen) return this.#said(false, { offset, text: this.#html.visible(line, offset) });
    return this.#block(line, offset, indent);
  }

  #block(line: string, offset: number, indent: number): MarkdownLine {
    const isLazy = this.#isAfterText && !STARTS_BLOCK.test(line.trimStart());
    if (!isLazy) this.#contents = this.#contents.filter((content) => content <= indent);
    const own = indent - (this.#contents.at(-1) ?? 0);
    if (own >= CODE_INDENT && !this.#isAfterText) return { offset, text: blank(line) };
    if (isLazy || own >= CODE_INDENT) return this.#text(line, offset);
    this.#fence = Fence.opening(line.trimStart(), this.#contents.at(-1) ?? 0);
    if (this.#fence !== undefined) return this.#said(false, { offset, text: blank(line) });
    return this.#item(line, offset) ?? this.#text(line, offset);
  }

  #item(line: string, offset: number): MarkdownLine | undefined {
    const item = listItem(line);
    if (item === undefined) return undefined;
    this.#contents.push(...item.contents);
    const rest = line.slice(item.contentAt);
    this.#fence = Fence.opening(rest, this.#contents.at(-1) ?? 0);
    if (this.#fence !== undefined) return this.#said(false, { offset, text: blank(line) });
    const { text } = this.#text(line, offset);
    const { markAt, isTicked } = item;
    return { offset, text, task: markAt === undefined ? undefined : { markOffset: offset + markAt, isTicked } };
  }

  #inFence(line: string, offset: number): MarkdownLine {
    if (this.#fence?.isClosedBy(line) === true) this.#fence = undefined;
    return this.#said(false, { offset, text: blank(line) });
  }

  #text(line: string, offset: number): MarkdownLine {
    return this.#said(true, { offset, text: this.#html.visible(blankCodeSpans(line), offset) });
  }

  /** Remembers whether the line was one of a paragraph, which the next may go on with. */
  #said(isText: boolean, line: MarkdownLine): MarkdownLine {
    this.#isAfterText = isText && !/^\s*#{1,6}\s/.test(line.text);
    return line;
  }
}

/** Columns before the first sign; a tab goes to the next multiple of four. */
function indentOf(line: string): number {
  let columns = 0;
  for (const sign of line) {
    if (sign === ' ') columns += 1;
    else if (sign === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

function blank(line: string): string {
  return ' '.repeat(line.length);
}
