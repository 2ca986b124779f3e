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
    const missing = widthOf(before) + 1 - widthOf(here);
    if (here === undefined || missing <= 0 || MARKER.test(here)) break;
    lines[at] = ' '.repeat(missing) + here;
    inserted.set(at, missing);
  }
  return { text, inserted: new Map() };
}

/** What ends a document wherever it stands at the beginning of a line. */
const MARKER = /^(?:---|\.\.\.)(?:\s|$)/;

/** The first line that goes on too far left. */
function shortLine(text: string): number | undefined {
  const error = parseDocument(text, { prettyErrors: false, logLevel: 'error' }).errors.find(isShort);
  if (error === undefined) return undefined;
  // an open quote is told at the end of its line
  const offset = error.pos[0] + (error.code === 'MISSING_CHAR' ? 1 : 0);
  return text.slice(0, offset).split('\n').length - 1;
}

/** Whether a line that goes on too far left is what YAML 1.2 refuses. */
export function isShort({ message }: YAMLError): boolean {
  return /^(?:Missing closing ["']quote|Flow (?:map|sequence) in block collection)/.test(message);
}

/** How far the innermost map or list of a line is indented. */
function widthOf(line = ''): number {
  return /^(?: |- )*/.exec(line)?.[0].length ?? 0;
}
