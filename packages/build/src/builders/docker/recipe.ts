/** One instruction of a recipe: `RUN make`. */
interface Instruction {
  /** In upper case. */
  readonly keyword: string;
  /** What follows it, its lines joined. */
  readonly rest: string;
}

/** What begins with a `FROM`. */
export interface Stage {
  /** An image, or the name of a stage before. */
  readonly from: string;
  /** What `--platform` says. */
  readonly platform?: string;
  /** What others call it. */
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile or Containerfile, as far as a build has to know it. What is wrong in it is left to the tool to say. */
export interface Recipe {
  readonly stages: readonly Stage[];
  /** Names of every `ARG`. */
  readonly declared: ReadonlySet<string>;
  /** Values that `ARG`s before the first stage have by themselves. */
  readonly defaults: ReadonlyMap<string, string>;
}

/**
 * Reads a recipe: https://docs.docker.com/reference/dockerfile/. Comments, continued lines (also where a directive
 * changes their mark) and here-documents are known.
 */
export function parseRecipe(text: string): Recipe {
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  const declared = new Set<string>();
  const defaults = new Map<string, string>();
  for (const instruction of instructionsOf(text)) {
    if (instruction.keyword === 'FROM') stages.push({ ...stageOf(instruction.rest, defaults), instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
    if (instruction.keyword !== 'ARG') continue;
    for (const [name, value] of pairsOf(instruction.rest)) {
      declared.add(name);
      if (stages.length === 0 && value !== undefined) defaults.set(name, value);
    }
  }
  return { stages, declared, defaults };
}

function stageOf(rest: string, defaults: ReadonlyMap<string, string>): Omit<Stage, 'instructions'> {
  const words = rest.split(/\s+/);
  const platform = words.find((word) => word.startsWith('--platform='))?.slice('--platform='.length);
  const [from = '', as = '', name] = words.filter((word) => !word.startsWith('--'));
  return {
    from: expand(from, defaults) ?? from,
    ...(platform === undefined ? {} : { platform: expand(platform, defaults) ?? platform }),
    ...(/^as$/i.test(as) && name !== undefined ? { name: name.toLowerCase() } : {}),
  };
}

function* instructionsOf(text: string): Generator<Instruction> {
  const mark = /^(?:\s*#[^\n]*\n)*?\s*#\s*escape\s*=\s*(\S)/i.exec(text)?.[1] === '`' ? '`' : '\\';
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.length > 0) {
    const line = joinedLine(lines, mark).trim();
    const [, keyword = '', rest = ''] = /^([A-Za-z]+)(?:\s+(.*))?$/s.exec(line) ?? [];
    for (const [, , end] of rest.matchAll(/(?<!\S)\d*<<-?(["']?)([A-Za-z_]\w*)\1(?!\S)/g)) skipTo(lines, end);
    if (keyword !== '') yield { keyword: keyword.toUpperCase(), rest };
  }
}

/** Takes the next line, with those that continue it; comments and empty lines between them do not count. */
function joinedLine(lines: string[], mark: string): string {
  let joined = '';
  for (let more = true; more && lines.length > 0;) {
    const line = lines.shift() ?? '';
    if (/^\s*(?:#.*)?$/.test(line)) {
      if (joined === '') return '';
      continue;
    }
    const trimmed = line.trimEnd();
    more = trimmed.endsWith(mark);
    joined += more ? trimmed.slice(0, -1) : line;
  }
  return joined;
}

/** Takes the lines of a here-document, with the one that ends it; nothing where it has no end. */
function skipTo(lines: string[], end: string | undefined): void {
  const last = lines.findIndex((line) => line.trim() === end);
  if (last >= 0) lines.splice(0, last + 1);
}

/** `A=1 B="two words" C`: the pairs of an `ARG`, an `ENV` or a `LABEL`, without their quotes. */
export function pairsOf(rest: string): [name: string, value: string | undefined][] {
  const words = rest.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0) return [unquoted(word), undefined];
    return [unquoted(word.slice(0, equals)), unquoted(word.slice(equals + 1))];
  });
}

function unquoted(word: string): string {
  return word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\([^$])/g, (_, double?: string, single?: string, one?: string) =>
    double === undefined ? (single ?? one ?? '') : double.replace(/\\([^$])/g, '$1'),
  );
}

/** A text with its variables put in; `undefined` where the value of one is not known. */
export function expand(text: string, values: ReadonlyMap<string, string>): string | undefined {
  const unknown: string[] = [];
  const variable = /\\\$|\$\{(\w+)(?::?([-+])([^}]*))?\}|\$(\w+)/g;
  const expanded = text.replace(variable, (whole, braced?: string, how?: string, word?: string, plain?: string) => {
    const name = braced ?? plain;
    if (name === undefined) return whole.slice(1);
    const value = values.get(name);
    if (how === '+') return value === undefined ? '' : (word ?? '');
    if (value === undefined && how === undefined) unknown.push(name);
    return value ?? word ?? '';
  });
  return unknown.length === 0 ? expanded : undefined;
}
