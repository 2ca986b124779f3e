import { purlOf } from '../purl.ts';
import { type LockReader, textOf } from './read-lock.ts';

/** A module and its version, each as it stands in the file; a folder, and what stands for every version, has none. */
type Module = readonly [name: string, version: string | undefined];

/** By what a module is replaced, under its name alone or with the version that is meant. */
type Replacements = ReadonlyMap<string, Module>;

/**
 * go.mod: since Go 1.17 it names every module that the project's packages need. What is replaced by another module is
 * that one, what is replaced by a folder is the project's own (https://go.dev/ref/mod#go-mod-file-replace).
 */
export const goModules: LockReader = async (place) => {
  const text = await textOf(place, 'go.mod');
  if (text === undefined) return undefined;
  const lines = [...linesOf(text)];
  const replaced = replacements(lines);
  return requirements(lines).flatMap((required) => {
    const [name, version] = replaced.get(required.join(' ')) ?? replaced.get(required[0]) ?? required;
    if (version === undefined) return [];
    return [{ name, version, kind: 'library', purl: purlOf({ type: 'golang', name, version }) }];
  });
};

/** A directive (https://go.dev/ref/mod#go-mod-file-lexical), in one line or as one line of a block. */
type Line = readonly [directive: string, ...words: string[]];

function* linesOf(text: string): Generator<Line> {
  let block: string | undefined;
  for (const raw of text.split('\n')) {
    const words = wordsOf(raw);
    const [first] = words;
    if (first === undefined) continue;
    if (first === ')') block = undefined;
    else if (words[1] === '(') block = first;
    else yield block === undefined ? [first, ...words.slice(1)] : [block, ...words];
  }
}

/** A quoted word, a comment to the end of the line, a parenthesis, or a word. */
const TOKEN = /"[^"]*"|`[^`]*`|\/\/.*|[()]|(?:(?!\/\/)[^\s()])+/g;

function wordsOf(line: string): string[] {
  const tokens = (line.match(TOKEN) ?? []).filter((token) => !token.startsWith('//'));
  return tokens.map((token) => token.replace(/^["`]|["`]$/g, ''));
}

function requirements(lines: readonly Line[]): [string, string][] {
  return lines.flatMap(([directive, name, version]) => {
    if (directive !== 'require' || name === undefined || version?.startsWith('v') !== true) return [];
    return [[name, version]];
  });
}

function replacements(lines: readonly Line[]): Replacements {
  const found = new Map<string, Module>();
  for (const [directive, ...words] of lines) {
    const arrow = words.indexOf('=>');
    const [name, version] = words.slice(arrow + 1);
    if (directive === 'replace' && arrow > 0 && name !== undefined)
      found.set(words.slice(0, arrow).join(' '), [name, version]);
  }
  return found;
}
