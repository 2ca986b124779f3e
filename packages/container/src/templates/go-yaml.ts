import {
  type Document,
  isCollection,
  isScalar,
  type LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

import { GO_NUMBERS } from './go-numbers.ts';
import { forbiddenTab } from './tabs.ts';

/** Why a text is no YAML for LinuxKit, and where. */
export interface ReaderFault {
  readonly message: string;
  readonly offset: number;
}

/** What is a line end for LinuxKit's reader, and none in YAML 1.2. */
export const OTHER_BREAKS: RegExp = /\r(?!\n)|[\u0085\u2028\u2029]/g;

/** Takes a text apart, with the numbers and double keys of LinuxKit's reader. */
export function parseGoYaml(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    merge: true,
    uniqueKeys: (a, b) => textOf(a) === textOf(b),
    customTags: (tags) => [GO_NUMBERS, ...tags],
    logLevel: 'error',
  });
}

/** As keys are told apart: `1` is `"1"`. */
function textOf(key: unknown): unknown {
  return isScalar(key) ? (key.source ?? key.value) : key;
}

/** Everything that LinuxKit's reader refuses. */
export function readerFaults(document: Document.Parsed, text: string): ReaderFault[] {
  return [...parseFaults(document), ...textFaults(document, text), ...keyFaults(document)];
}

/** Where the document ends before the text does: at the next one, or at a line further left than its first key. */
export function unreadOffset({ errors, contents }: Document.Parsed, lines: LineCounter): number | undefined {
  const columnOf = (offset: number): number => lines.linePos(offset).col;
  const left = isCollection(contents) ? columnOf(contents.range[0]) : 0;
  const isEnd = ({ code, message, pos }: YAMLError): boolean =>
    code === 'MULTIPLE_DOCS' || (message.startsWith('Unexpected scalar at node end') && columnOf(pos[0]) < left);
  return errors.find(isEnd)?.pos[0];
}

/** What YAML wants, and LinuxKit's reader does not: white space between what ends with a quote or bracket and a comment. */
const TOUCHING_COMMENT = 'Comments must be separated';

function parseFaults({ errors, warnings }: Document.Parsed): ReaderFault[] {
  return [
    ...errors.filter(({ code, message }) => code !== 'MULTIPLE_DOCS' && !message.startsWith(TOUCHING_COMMENT)),
    ...warnings.filter(({ code }) => code === 'BAD_DIRECTIVE'),
  ].map(({ message, pos }) => ({ message: message.split('\n')[0] ?? '', offset: pos[0] }));
}

/** What YAML does not allow anywhere, not even in quotes. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** What the reader of LinuxKit refuses and this one does not. */
function textFaults({ directives }: Document.Parsed, text: string): ReaderFault[] {
  const { explicit, version } = directives.yaml;
  const isOther = explicit === true && version !== '1.1';
  return [
    { message: 'LinuxKit reads YAML 1.1 by its name only', offset: isOther ? 0 : -1 },
    { message: 'Control characters are not allowed', offset: text.search(CONTROL) },
    { message: 'LinuxKit takes no tab here: indent with spaces', offset: forbiddenTab(text) },
  ].filter(({ offset }) => offset !== -1);
}

/** LinuxKit makes JSON of it, where all keys are texts; only that of a merge is none. */
function keyFaults(document: Document.Parsed): ReaderFault[] {
  const faults: ReaderFault[] = [];
  visit(document, {
    Pair: (_, { key }: Pair) => {
      if (!isScalar(key) || ['string', 'symbol'].includes(typeof key.value)) return;
      const message = `Keys must be texts: write ${JSON.stringify(key.source ?? '')} in quotes`;
      faults.push({ message, offset: key.range?.[0] ?? 0 });
    },
  });
  return faults;
}
