/** How a line begins an item, or several at once (`- 1. [ ] …`). */
export interface ListItem {
  /** Columns where the content of each begins. */
  readonly contents: readonly number[];
  /** Place of the innermost content in the line. */
  readonly contentAt: number;
  /** Place of the letter between the brackets of a task. */
  readonly markAt?: number;
  readonly isTicked: boolean;
}

const MARKER = /^([ \t]*)([-+*]|\d{1,9}[.)])([ \t]+)(?=\S)/;
const RULE = /^[ \t]*([-*])[ \t]*(?:\1[ \t]*){2,}$/;
const TASK = /^\[([ \txX])\](?=[ \t]+\S)/;
const TAB = 4;
/** Nobody nests deeper within one line; a line of thousands of markers takes its time. */
const DEEPEST = 10;

/** The item that a line begins; an indent of four columns or more after a marker is code, and no task. */
export function listItem(line: string): ListItem | undefined {
  if (RULE.test(line)) return undefined;
  const contents: number[] = [];
  let at = 0;
  for (
    let match = MARKER.exec(line);
    match !== null && contents.length < DEEPEST;
    match = MARKER.exec(line.slice(at))
  ) {
    const [whole, , , gap = ''] = match;
    const before = columnsOf(line.slice(0, at + whole.length - gap.length));
    const after = columnsOf(line.slice(0, at + whole.length));
    at += whole.length;
    const isCode = after - before > TAB;
    contents.push(isCode ? before + 1 : after);
    if (isCode) return { contents, contentAt: at, isTicked: false };
  }
  if (contents.length === 0) return undefined;
  const task = TASK.exec(line.slice(at));
  if (task === null) return { contents, contentAt: at, isTicked: false };
  return { contents, contentAt: at, markAt: at + 1, isTicked: task[1]?.toLowerCase() === 'x' };
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const sign of text) columns += sign === '\t' ? TAB - (columns % TAB) : 1;
  return columns;
}
