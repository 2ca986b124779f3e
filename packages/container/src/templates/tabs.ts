import { CST, Lexer } from 'yaml';

/**
 * Where the first tab stands that LinuxKit's reader does not take, or -1. It takes them in flow, in quotes and behind
 * something on a line; where a line or an item begins it wants spaces, on blank lines and before comments too.
 *
 * Source: `scannerc.go` of gopkg.in/yaml.v3.
 */
export function forbiddenTab(text: string): number {
  if (!text.includes('\t')) return -1;
  const scan = new TabScan();
  let isScalar = false;
  for (const source of new Lexer().lex(text)) {
    if (source === CST.DOCUMENT || source === CST.FLOW_END) continue;
    if (source !== CST.SCALAR) {
      const tab = scan.take(isScalar ? 'scalar' : CST.tokenType(source), source);
      if (tab !== -1 || scan.isOver) return tab;
    }
    isScalar = source === CST.SCALAR;
  }
  return scan.doubtful;
}

/** What stands before a tab decides whether it may be there. */
class TabScan {
  #offset = 0;
  #column = 0;
  #flow = 0;
  /** A line or an item begins here. */
  #isBeginning = true;
  /** Where the last word began: the column of a key if a `:` follows. */
  #keyColumn = 0;
  /** The column from which on a word can go on, while nothing but white space has followed it. */
  #wordIndent: number | undefined;
  #blockHeader: string | undefined;
  #hasContent = false;
  /** The columns of the maps and lists around. */
  readonly #indents: number[] = [];
  /** The line before is nothing but a comment. */
  #isBelowComment = false;
  /** A tab on a line below a comment, which only another comment makes right; or -1. */
  doubtful = -1;
  /** The document ends here; the reader does not read on. */
  isOver = false;

  /** Where in the text a tab of the next token stands that may not be there, or -1. */
  take(type: CST.TokenType | null, source: string): number {
    const found = this.#tabIn(type, source);
    const at = found === -1 ? -1 : this.#offset + found;
    const line = source.lastIndexOf('\n');
    this.#offset += source.length;
    this.#column = line === -1 ? this.#column + source.length : source.length - line - 1;
    return this.#decided(type, at);
  }

  #decided(type: CST.TokenType | null, at: number): number {
    const { doubtful } = this;
    if (type === 'space' && this.#isBelowComment) {
      this.doubtful = doubtful === -1 ? at : doubtful;
      return -1;
    }
    if (type === 'space' || type === 'newline') return at;
    this.doubtful = -1;
    this.#isBelowComment = type === 'comment' && this.#isBeginning;
    return doubtful === -1 || type === 'comment' ? at : doubtful;
  }

  #tabIn(type: CST.TokenType | null, source: string): number {
    if (type === 'newline') this.#isBeginning ||= this.#flow === 0;
    if (type === 'space') return this.#tabInSpace(source);
    if (type === 'newline' || type === 'byte-order-mark') return -1;
    this.#wordIndent = undefined;
    if (type === 'comment') return -1;
    while (this.#flow === 0 && this.#indent > this.#column) this.#indents.pop();
    if (type === 'scalar') return this.#tabInScalar(source);
    this.#passSign(type, source);
    return -1;
  }

  get #indent(): number {
    return this.#indents.at(-1) ?? -1;
  }

  #tabInSpace(source: string): number {
    const tab = source.indexOf('\t');
    const isFree = this.#flow > 0 || !this.#isBeginning || this.#column + tab >= (this.#wordIndent ?? Infinity);
    return isFree ? -1 : tab;
  }

  #tabInScalar(source: string): number {
    const [header, indent] = [this.#blockHeader, this.#indent];
    this.#blockHeader = undefined;
    this.#hasContent = true;
    if (this.#isBeginning) this.#keyColumn = this.#column;
    this.#isBeginning = header !== undefined;
    if (header !== undefined) return tabBefore(source, blockIndent({ source, header, indent }));
    this.#wordIndent = indent + 1;
    const line = source.indexOf('\n') + 1;
    if (this.#flow > 0 || line === 0) return -1;
    const tab = tabBefore(source.slice(line), indent + 1);
    return tab === -1 ? -1 : line + tab;
  }

  #passSign(type: CST.TokenType | null, source: string): void {
    if (type === 'block-scalar-header') this.#blockHeader = source;
    else if (type === 'flow-seq-start' || type === 'flow-map-start') this.#flow += 1;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') this.#flow -= 1;
    else if (type === 'doc-start' || type === 'doc-end') this.isOver = this.#hasContent || type === 'doc-end';
    if (type === 'map-value-ind') this.#enter(this.#isBeginning ? this.#column : this.#keyColumn);
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') this.#enter(this.#column);
    else if (this.#isBeginning) this.#keyColumn = this.#column;
    this.#hasContent ||= type !== 'doc-start' && type !== 'directive-line';
    // a value begins anew only where its key is not before it on the line
    this.#isBeginning =
      type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'directive-line'
        ? this.#flow === 0
        : type === 'map-value-ind' && this.#isBeginning;
  }

  #enter(column: number): void {
    if (this.#flow === 0 && column > this.#indent) this.#indents.push(column);
  }
}

interface Block {
  readonly source: string;
  readonly header: string;
  readonly indent: number;
}

/** How far a text in lines of its own is indented: as told, or as its first line is. `Infinity` while nobody knows. */
function blockIndent({ source, header, indent }: Block): number {
  const told = /[1-9]/.exec(header)?.[0];
  if (told !== undefined) return Math.max(indent, 0) + Number(told);
  const first = /^(?: *\r?\n)*( *)[^ \t\r\n]/.exec(source)?.[1];
  return first === undefined ? Infinity : Math.max(first.length, indent + 1, 1);
}

/** The first tab that only spaces stand before on its line, fewer than so many. */
function tabBefore(lines: string, indent: number): number {
  let offset = 0;
  for (const line of lines.split('\n')) {
    const column = /^ *(?=\t)/.exec(line)?.[0].length;
    if (column !== undefined && column < indent) return offset + column;
    offset += line.length + 1;
  }
  return -1;
}
