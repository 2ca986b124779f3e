import { blanksAt, columnAfter } from './columns.ts';

/** What begins an item of a list. */
export interface ListMarker {
  /** The column in which the content of the item begins. */
  readonly content: number;
  /** How many letters there are before it. */
  readonly length: number;
  /** Whether it may go on in the middle of a paragraph: it is no number but 1, and it has a content. */
  readonly interrupts: boolean;
}

/** A box that begins an item: the place of its letter, and whether it is ticked. */
export interface TaskBox {
  readonly markAt: number;
  readonly isTicked: boolean;
}

const MARKER = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/;
const RULE = /^([-_*])[ \t]*(?:\1[ \t]*){2,}$/;
const BOX = /^\[([ \txX])\](?=[ \t]+\S)/;
const WIDEST_GAP = 4;

/** The marker that a line begins with; without its indent, which ends in the column. A rule (`- - -`) is none. */
export function listMarker(line: string, column: number): ListMarker | undefined {
  const match = MARKER.exec(line);
  if (match === null || isRule(line)) return undefined;
  const [mark, number = '1'] = match;
  const end = columnAfter(mark, column);
  const blanks = blanksAt(line, mark.length);
  const after = columnAfter(line.slice(mark.length, mark.length + blanks), end);
  const isEmpty = mark.length + blanks === line.length;
  const isWide = isEmpty || after - end > WIDEST_GAP; // what is indented by more is code
  const interrupts = Number(number) === 1 && !isEmpty;
  return { content: isWide ? end + 1 : after, length: mark.length + blanks, interrupts };
}

/** The box that the content of an item begins with, if it does. */
export function taskBox(content: string): TaskBox | undefined {
  const match = BOX.exec(content);
  return match === null ? undefined : { markAt: 1, isTicked: match[1]?.toLowerCase() === 'x' };
}

/** Whether a line is nothing but a rule; without its indent. */
export function isRule(line: string): boolean {
  return RULE.test(line);
}
