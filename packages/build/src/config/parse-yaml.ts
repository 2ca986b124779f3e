import { type Document, Lexer, LineCounter, parseDocument, type YAMLError } from 'yaml';

import type { ConfigProblem } from './config-error.ts';

/** A parsed file: the nodes keep their offsets. */
export interface YamlSource {
  readonly document: Document;
  readonly lines: LineCounter;
  /** What is wrong with it as YAML. */
  readonly problems: readonly ConfigProblem[];
}

/** A configuration is three deep; beyond these the parser, which calls itself, would run out of stack. */
const MAX_FLOW_DEPTH = 8;
const MAX_DASHES_A_LINE = 4;

/** Nobody reads more. */
export const MAX_PROBLEMS: number = 50;

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  MULTIPLE_DOCS: 'Keep one document: take the line "---" and what follows it out.',
  TAG_RESOLVE_FAILED: 'Take the tag out: only plain texts, numbers, true, false, lists and maps are known.',
  BLOCK_IN_FLOW: 'Put a text with a colon in quotes; inside of brackets lists and maps have brackets, too.',
  BLOCK_AS_IMPLICIT_KEY: 'Put a text with a colon in quotes.',
};
const REMEDY = 'Look at the indentation, quotes and brackets here.';

/** Parses a text of bounded size; nothing in it can make that slow or deep. */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const deep = findDeepNesting(text);
  if (deep !== undefined) return tooDeep(text, deep);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const faults = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]).slice(0, MAX_PROBLEMS);
  return { document, lines, problems: faults.map((error) => problemOf(error, lines)) };
}

function problemOf(error: YAMLError, lines: LineCounter): ConfigProblem {
  const { line, col } = lines.linePos(error.pos[0]);
  const reason = error.message.replace(/; please use .*$/, '').replace(/^./, (first) => first.toLowerCase());
  return { line, column: col, reason: `not valid YAML: ${reason}`, remedy: REMEDIES[error.code] ?? REMEDY };
}

function tooDeep(text: string, offset: number): YamlSource {
  const before = text.slice(0, offset).split('\n');
  const problem = {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    reason: 'nested too deeply',
    remedy: 'No part of a configuration is nested that deeply: take brackets or dashes out.',
  };
  return { document: parseDocument(''), lines: new LineCounter(), problems: [problem] };
}

/** Where brackets, or dashes of one line, are inside more of each other than any configuration needs. */
function findDeepNesting(text: string): number | undefined {
  let [offset, flow, dashes] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow += 1;
    else if ((token === ']' || token === '}') && flow > 0) flow -= 1;
    else if (token.endsWith('\n')) dashes = 0;
    else if (token === '-' || token === '?' || (token === ':' && flow === 0)) dashes += 1;
    if (flow > MAX_FLOW_DEPTH || dashes > MAX_DASHES_A_LINE) return offset;
    if (!isMark(token)) offset += token.length;
  }
  return undefined;
}

/** The lexer's own marks, which are not in the text. */
function isMark(token: string): boolean {
  return token === '\u0002' || token === '\u0018' || token === '\u001f';
}
