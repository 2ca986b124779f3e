import { blankCodeSpans } from './code-spans.ts';
import { blanksAt, columnAfter } from './columns.ts';
import { InlineComments } from './comments.ts';
import { Fence } from './fence.ts';
import { type HtmlBlock, htmlBlock } from './html-block.ts';
import { isRule, listMarker, taskBox } from './list-item.ts';

/** A line of Markdown with what is code or comment blanked, so that places stay what they are. */
export interface MarkdownLine {
  /** Where the line begins in the text. */
  readonly offset: number;
  readonly text: string;
  /** Of a task-list item: the place of the letter between its brackets, and whether it is ticked. */
  readonly task?: { readonly markOffset: number; readonly isTicked: boolean } | undefined;
}

/** What a line goes on with, or ends. */
type Leaf = 'nothing' | 'paragraph' | 'quote' | Fence | HtmlBlock;

/** A line that is being read, and how far. */
interface Cursor {
  readonly line: string;
  readonly offset: number;
  /** Place and column of the first sign that is not blank. */
  at: number;
  column: number;
  /** How many of the open items the line is in. */
  depth: number;
}

/** An indent of so many columns is code, or the rest of a paragraph, but never an item. */
const CODE_INDENT = 4;
/** Nobody nests deeper within one line; a line of thousands of markers takes its time. */
const DEEPEST = 10;
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const UNDERLINE = /^=+[ \t]*$/;

/**
 * The lines of a text as GitHub reads them: fenced and indented code, code spans and HTML comments say nothing, and
 * blocks of HTML have no lists. What follows CommonMark 0.31 and GFM's task lists, as far as lines go: a quote is no list.
 */
export function markdownLines(text: string): MarkdownLine[] {
  const reader = new LineReader(new InlineComments(text.lastIndexOf('-->')));
  const lines: MarkdownLine[] = [];
  for (const match of text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)) {
    if (match[0] === '' && match.index === text.length && match.index > 0) break;
    lines.push(reader.read(match[1] ?? '', match.index));
  }
  return lines;
}

/** What is open while a text is read line by line. */
class LineReader {
  readonly #comments: InlineComments;
  /** Columns where the content of the open items begins, the outermost first. */
  #items: number[] = [];
  #leaf: Leaf = 'nothing';

  constructor(comments: InlineComments) {
    this.#comments = comments;
  }

  read(line: string, offset: number): MarkdownLine {
    const at = blanksAt(line, 0);
    const column = columnAfter(line.slice(0, at));
    const isBlank = at === line.length;
    const left = isBlank ? -1 : this.#items.findIndex((content) => content > column);
    const cursor: Cursor = { line, offset, at, column, depth: left === -1 ? this.#items.length : left };
    if (typeof this.#leaf !== 'string' && left === -1) return this.#goOn(this.#leaf, cursor, isBlank);
    if (typeof this.#leaf !== 'string') this.#leaf = 'nothing'; // its item is over, and so is it
    if (!isBlank) return this.#begin(cursor);
    return this.#block(cursor, 'nothing', line);
  }

  /** A line of code or HTML. */
  #goOn(leaf: Fence | HtmlBlock, cursor: Cursor, isBlank: boolean): MarkdownLine {
    const { line, offset, at } = cursor;
    if (leaf instanceof Fence) {
      const isClosed = this.#own(cursor) < CODE_INDENT && leaf.isClosedBy(line.slice(at));
      return this.#block(cursor, isClosed ? 'nothing' : leaf, blank(line));
    }
    if (leaf.closing !== undefined) return this.#hide(cursor, leaf.closing, 0);
    if (isBlank) return this.#block(cursor, 'nothing', line);
    return { offset, text: this.#comments.visible(line, offset) };
  }

  /** A line that may begin something: items, and then something else. */
  #begin(cursor: Cursor): MarkdownLine {
    for (let items = 0; items < DEEPEST; items += 1) {
      const isText = isParagraph(this.#leaf);
      const rest = cursor.line.slice(cursor.at);
      if (this.#own(cursor) >= CODE_INDENT) return isText ? this.#text(cursor) : this.#code(cursor);
      const isOwnText = this.#leaf === 'paragraph' && cursor.depth === this.#items.length;
      const block = this.#blockOf(cursor, rest, isOwnText);
      if (block !== undefined) return block;
      const marker = listMarker(rest, cursor.column);
      if (marker === undefined || (isOwnText && !marker.interrupts)) break;
      this.#items = [...this.#items.slice(0, cursor.depth), marker.content];
      this.#leaf = 'nothing';
      const gap = cursor.line.slice(cursor.at, cursor.at + marker.length);
      cursor.column = columnAfter(gap, cursor.column);
      cursor.at += marker.length;
      cursor.depth += 1;
      if (cursor.at === cursor.line.length) return this.#block(cursor, 'nothing', cursor.line);
    }
    return this.#text(cursor);
  }

  /** A line that begins a block which is neither an item nor a paragraph. */
  #blockOf(cursor: Cursor, rest: string, isOwnText: boolean): MarkdownLine | undefined {
    const { line } = cursor;
    if (rest.startsWith('>')) return this.#quote(cursor, rest);
    if (HEADING.test(rest) || isRule(rest) || (isOwnText && UNDERLINE.test(rest))) {
      return this.#block(cursor, 'nothing', blankCodeSpans(line));
    }
    const fence = Fence.opening(rest);
    if (fence !== undefined) return this.#block(cursor, fence, blank(line));
    const html = htmlBlock(rest, isOwnText);
    if (html === undefined) return undefined;
    const shown = this.#block(cursor, html, line);
    return html.closing === undefined ? shown : this.#hide(cursor, html.closing, cursor.at);
  }

  /** What is quoted is text, which may go on without its `>`. */
  #quote(cursor: Cursor, rest: string): MarkdownLine {
    const quoted = rest.replace(/^[> \t]+/, '');
    const isText = quoted !== '' && !HEADING.test(quoted) && !isRule(quoted) && Fence.opening(quoted) === undefined;
    return this.#block(cursor, isText ? 'quote' : 'nothing', blankCodeSpans(cursor.line));
  }

  #code(cursor: Cursor): MarkdownLine {
    return this.#block(cursor, 'nothing', blank(cursor.line));
  }

  /** A line of a paragraph: of the one that is open, in whatever item that is, or of a new one. */
  #text(cursor: Cursor): MarkdownLine {
    const { line, offset, at, depth } = cursor;
    if (isParagraph(this.#leaf)) return { offset, text: this.#comments.visible(blankCodeSpans(line), offset) };
    const isItem = depth > 0 && /\S/.test(line.slice(0, at));
    const shown = this.#block(cursor, 'paragraph', blankCodeSpans(line));
    const box = isItem ? taskBox(line.slice(at)) : undefined;
    if (box === undefined) return shown;
    return { ...shown, task: { markOffset: offset + at + box.markAt, isTicked: box.isTicked } };
  }

  /** The first line of a block, or a line that ends one. */
  #block({ depth, offset }: Cursor, leaf: Leaf, text: string): MarkdownLine {
    this.#items.length = depth;
    this.#leaf = leaf;
    this.#comments.reset();
    return { offset, text: this.#comments.visible(text, offset) };
  }

  /** A line of a block that hides its text up to its end. */
  #hide({ line, offset }: Cursor, closing: RegExp, from: number): MarkdownLine {
    const end = closing.exec(line.slice(from));
    if (end === null) return { offset, text: blank(line) };
    this.#leaf = 'nothing';
    this.#comments.reset();
    const hidden = from + end.index + end[0].length;
    return { offset, text: this.#comments.visible(blank(line.slice(0, hidden)) + line.slice(hidden), offset) };
  }

  /** Columns between the content of the innermost item that the line is in, and the line's own. */
  #own({ column, depth }: Cursor): number {
    return column - (this.#items[depth - 1] ?? 0);
  }
}

function isParagraph(leaf: Leaf): boolean {
  return leaf === 'paragraph' || leaf === 'quote';
}

function blank(line: string): string {
  return ' '.repeat(line.length);
}
