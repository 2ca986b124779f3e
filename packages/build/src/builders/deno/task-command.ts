/** A command of Deno in a task. */
export interface DenoCommand {
  readonly verb: 'compile' | 'run';
  readonly flags: readonly string[];
  /** The module that it is for. */
  readonly module: string | undefined;
  /** What follows the module. */
  readonly args: readonly string[];
}

/** Flags of Deno whose value is a word of its own. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...['--app-name', '--cert', '--config', '-c', '--exclude', '--ext', '--icon', '--import-map', '--include'],
  ...['--location', '--log-level', '-L', '--output', '-o', '--preload', '--seed', '--target'],
]);

/** What grants or denies, in words or in letters. */
const PERMISSION = /^(?:--(?:allow|deny|ignore|permission-set)(?:[-=].*)?|-[AEINPRSW]+(?:=.*)?)$/;

/** Whether a flag says what the program may do. */
export function isPermission(flag: string): boolean {
  return PERMISSION.test(flag);
}

/** The first `deno compile` or `deno run` of a task; `undefined` where it is something else. */
export function denoCommandIn(task: string, verb: DenoCommand['verb']): DenoCommand | undefined {
  for (const words of commandsOf(task)) {
    const at = words.findIndex((word, index) => word === 'deno' && words[index + 1] === verb);
    // variables may come before
    if (at >= 0 && words.slice(0, at).every((word) => /^\w+=/.test(word))) return parse(verb, words.slice(at + 2));
  }
  return undefined;
}

function parse(verb: DenoCommand['verb'], words: readonly string[]): DenoCommand {
  const flags: string[] = [];
  let at = 0;
  for (; at < words.length && words[at]?.startsWith('-') === true; at += 1) {
    const flag = words[at] ?? '';
    const value = WITH_VALUE.has(flag) ? words[(at += 1)] : undefined;
    flags.push(value === undefined ? flag : `${flag}=${value}`);
  }
  return { verb, flags, module: words[at], args: words.slice(at + 1) };
}

/** Words in quotes or without, and what stands between commands. */
const WORD = /\s*(?:(&&|\|\||[;|&\n])|((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\;|&])+))/y;

/** The words of each command in a line for the shell. */
function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  WORD.lastIndex = 0;
  for (let match = WORD.exec(line); match !== null; match = WORD.exec(line)) {
    const [, border, word] = match;
    if (border !== undefined) commands.push([]);
    else commands.at(-1)?.push(unquoted(word ?? ''));
  }
  return commands;
}

function unquoted(word: string): string {
  return word.replace(
    /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
    (_, double?: string, single?: string, escaped?: string) =>
      double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? '',
  );
}
