import { parseDocument, type YAMLError } from 'yaml';

/** A text whose lines may have been indented further, and by how much each: the first is 0. */
interface Continued {
  readonly text: string;
  readonly inserted: ReadonlyMap<number, number>;
}

/** So many lines are looked at; a quote that is not closed would take in all of them. */
const MOST = 20;

/**
 * Indents what goes on in brackets or quotes on a line of its own as far as YAML 1.2 wants it. LinuxKit's reader takes it
 * from the beginning of the line on too.
 */
export function indentContinued(text: string): Continued {
  const lines = text.split('\n');
  const inserted = new Map<number, number>();
  for (let count = 0; count < MOST; count += 1) {
    const at = shortLine(lines.join('\n'));
    if (at === undefined) return { text: lines.join('\n'), inserted };
    const [before, here] = [lines.slice(0, at).findLast((line) => line.trim() !== ''), lines[at]];
    const missing = widthOf(before) + 1 - spacesOf(here);
    if (here === undefined || missing <= 0 || MARKER.test(here) || !isOpen(lines.slice(0, at))) break;
    lines[at] = ' '.repeat(missing) + here;
    inserted.set(at, missing);
  }
  return { text, inserted: new Map() };
}

/** What ends a document wherever it stands at the beginning of a line. */
const MARKER = /^(?:---|\.\.\.)(?:\s|$)/;

/** The first line that goes on too far left. */
function shortLine(text: string): number | undefined {
  const error = shortFault(text);
  if (error === undefined) return undefined;
  // what is told at the end of a line goes on in the next one
  return text.slice(0, error.pos[0] + 1).split('\n').length - 1;
}

/** Whether these lines end within brackets or quotes. */
function isOpen(lines: readonly string[]): boolean {
  return shortFault(lines.join('\n')) !== undefined;
}

function shortFault(text: string): YAMLError | undefined {
  return parseDocument(text, { prettyErrors: false, logLevel: 'error' }).errors.find(isShort);
}

/** Whether a line that goes on too far left is what YAML 1.2 refuses. */
export function isShort({ message }: YAMLError): boolean {
  return /^(?:Missing closing ["']quote|Flow (?:map|sequence) in block collection)/.test(message);
}

function spacesOf(line = ''): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** How far the innermost map or list of a line is indented. */
function widthOf(line = ''): number {
  return /^(?: |- )*/.exec(line)?.[0].length ?? 0;
}
