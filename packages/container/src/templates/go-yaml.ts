import {
  type Document,
  isAlias,
  isCollection,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

import { indentContinued, isShort } from './continued-lines.ts';
import { GO_NUMBERS } from './go-numbers.ts';
import { type ReaderFault, readTags } from './go-tags.ts';
import { forbiddenTab } from './tabs.ts';

/** A text that was taken apart, and how its lines were made readable. */
export interface GoYaml {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly lines: LineCounter;
  /** What is not what its tag says. */
  readonly misread: readonly ReaderFault[];
  /** By how much lines were indented further; the first is 0. */
  readonly inserted: ReadonlyMap<number, number>;
}

/** What ends a line for LinuxKit's reader, beside a line feed; the last three do not in YAML 1.2. */
const BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;

/** Takes a text apart as LinuxKit's reader does. */
export function readGoYaml(content: string): GoYaml {
  const whole = parsed(content.replaceAll(BREAKS, '\n'));
  if (!whole.document.errors.some(isShort)) return whole;
  const { text, inserted } = indentContinued(whole.text);
  return { ...parsed(text), inserted };
}

function parsed(text: string): GoYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    resolveKnownTags: false, // a set is a map like any other
    uniqueKeys: false, // they are told apart in another way
    prettyErrors: false, // where they are is told in another way
    customTags: (tags) => [GO_NUMBERS, ...tags],
    logLevel: 'error',
  });
  return { document, text, lines, misread: readTags(document), inserted: new Map() };
}

/** Everything that LinuxKit's reader refuses. */
export function readerFaults({ document, text, misread }: GoYaml): ReaderFault[] {
  const faults = [...parseFaults(document, text), ...textFaults(document, text), ...misread];
  return faults.length > 0 ? faults : keyFaults(document);
}

/** Where the document ends before the text does: at the next one, or at a line further left than its first key. */
export function unreadOffset({ document: { errors, contents }, lines }: GoYaml): number | undefined {
  const columnOf = (offset: number): number => lines.linePos(offset).col;
  const left = isCollection(contents) ? columnOf(contents.range[0]) : 0;
  const isEnd = ({ code, message, pos }: YAMLError): boolean =>
    code === 'MULTIPLE_DOCS' || (message.startsWith('Unexpected scalar at node end') && columnOf(pos[0]) < left);
  return errors.find(isEnd)?.pos[0];
}

/** What YAML does not allow, and LinuxKit's reader does: a comment that touches a quote or bracket, `"\'"`. */
const TAKEN = /^(?:Comments must be separated|Invalid escape sequence \\'$)/;

/** The first that stops the reader; what follows from it is not told. */
function parseFaults({ errors, warnings }: Document.Parsed, text: string): ReaderFault[] {
  const first = errors.find(({ code, message }) => code !== 'MULTIPLE_DOCS' && !TAKEN.test(message));
  const directives = warnings.filter(({ code }) => code === 'BAD_DIRECTIVE');
  return [...(first === undefined ? [] : [first]), ...directives].map(({ message, pos: [offset] }) => ({
    message: endsText(text, offset) ? 'This comment ends the text that begins above: indent it further' : message,
    offset,
  }));
}

/** A comment where the first line of a text is wanted: people take it for one that is of the text. */
function endsText(text: string, offset: number): boolean {
  const before = text.slice(0, offset).trimEnd();
  return text[offset] === '#' && /[:-] +[|>][-+\d]*$/.test(before);
}

/** What YAML does not allow anywhere, not even in quotes. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** What the reader of LinuxKit refuses and this one does not. */
function textFaults(document: Document.Parsed, text: string): ReaderFault[] {
  const { explicit, version } = document.directives.yaml;
  const isOther = explicit === true && version !== '1.1';
  return [
    { message: 'LinuxKit reads YAML 1.1 by its name only', offset: isOther ? 0 : -1 },
    { message: 'Control characters are not allowed', offset: text.search(CONTROL) },
    { message: 'LinuxKit knows no "\\/": write "/"', offset: slashEscape(document, text) },
    { message: 'LinuxKit takes no tab here: indent with spaces', offset: forbiddenTab(text) },
  ].filter(({ offset }) => offset !== -1);
}

/** Where a slash is escaped, as in JSON: YAML allows it since 1.2. */
function slashEscape(document: Document.Parsed, text: string): number {
  let found = -1;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type !== 'QUOTE_DOUBLE' || range === undefined || range === null) return undefined;
      const before = /^(?:[^\\]|\\[^/])*?(?=\\\/)/.exec(text.slice(range[0], range[1]))?.[0];
      if (before === undefined) return undefined;
      found = range[0] + before.length;
      return visit.BREAK;
    },
  });
  return found;
}

/** LinuxKit makes JSON of it, where all keys are texts, but that of a merge, and each is there once. */
function keyFaults(document: Document.Parsed): ReaderFault[] {
  const faults: ReaderFault[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        const message = keyFault(key, seen);
        if (message !== undefined) faults.push({ message, offset: isNode(key) ? (key.range?.[0] ?? 0) : 0 });
      }
    },
  });
  return faults;
}

/** Whether in quotes or not, a key is the same. */
function keyFault(key: unknown, seen: Set<string>): string | undefined {
  if (isAlias(key)) return undefined;
  if (!isScalar(key)) return 'Keys must be texts';
  const { value, source = '' } = key;
  const name = JSON.stringify(source);
  if (!['string', 'symbol'].includes(typeof value)) return `Keys must be texts: write ${name} in quotes`;
  if (seen.has(source)) return `There is another ${name} in this map`;
  seen.add(source);
  return undefined;
}
