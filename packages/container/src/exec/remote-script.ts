import { escapeForPrintf, quoteForShell } from './quote.ts';

/** In the environment of each command, so that all that it started can be found and ended. */
const MARK_VARIABLE = 'CORE_EXEC_ID';

/** What a remote command is made from. */
export interface RemoteScript {
  readonly command: readonly string[];
  readonly dir?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Tells the beginning and the end of its output, and its processes. */
  readonly mark: string;
  /** Its output, its errors and its input are one terminal. */
  readonly isTerminal: boolean;
}

/** A word that no output has in it by chance. Its first byte is one that hardly any has. */
export function markBytes(mark: string): Buffer {
  return Buffer.from(`\u0001${mark}:`);
}

/**
 * What the guest's shell is told on ssh's command line: to read the rest from its input, as one line, so that neither
 * variables nor arguments are seen in the list of the host's processes.
 */
export function bootstrap(mark: string, tty: { columns: number; rows: number } | boolean | undefined): string {
  const evaluate = 'IFS= read -r core_line && eval "$(printf %b "$core_line")"';
  if (tty === undefined || tty === false) return evaluate;
  const size = tty === true ? '' : `stty cols ${String(tty.columns)} rows ${String(tty.rows)} 2>/dev/null; `;
  // a terminal would show the line, and cut it at 4,095 bytes
  const raw = `${size}core_tty=$(stty -g); stty raw -echo; ${say(mark, 'ready')}; `;
  return `${raw}IFS= read -r core_line; stty "$core_tty"; eval "$(printf %b "$core_line")"`;
}

/** The line that the guest's shell reads. */
export function scriptLine({ command, dir, env = {}, mark, isTerminal }: RemoteScript): string {
  // a terminal shows what is typed from the first word on, in the midst of a second one
  const everywhere = (line: string): string[] => (isTerminal ? [line] : [line, `${line} >&2`]);
  const variables = Object.entries({ ...env, [MARK_VARIABLE]: mark });
  const exports = variables.map(([name, value]) => ` ${name}=${quoteForShell(value)}`).join('');
  const lines = [
    'unset core_line core_tty CDPATH',
    `export${exports}`,
    ...everywhere(say(mark, 'start')),
    ...(dir === undefined ? [] : [`cd ${directory(dir)} >/dev/null 2>&1 || { ${say(mark, 'dir')} >&2; exit 1; }`]),
    // the shell's own words about a signal are kept out of stderr
    'exec 3>&2 2>/dev/null',
    `(exec ${command.map(quoteForShell).join(' ')} 2>&3 3>&-)`,
    'core_code=$?',
    'exec 2>&3 3>&-',
    ...everywhere(`${say(mark, 'exit')} "$core_code"`),
    'exit "$core_code"',
  ];
  return `${escapeForPrintf(lines.join('\n'))}\n`;
}

/**
 * Ends all that a command started: politely, and by force what is there two seconds later. The kernel's own processes
 * have no command line, and each of the others costs a process to look at.
 */
export function endScript(mark: string): string {
  const isMarked = `case "$(tr '\\0' '\\n' <$d/environ 2>/dev/null)" in *${MARK_VARIABLE}=${mark}*) basename $d;; esac`;
  return [
    'core_pids() { for d in /proc/[0-9]*; do x=; { read -r x <$d/cmdline; } 2>/dev/null; [ -n "$x" ] || continue',
    isMarked,
    'done; }',
    'p=$(core_pids); [ -n "$p" ] || exit 0; kill -TERM $p; n=0',
    'lives() { for q in $p; do kill -0 $q 2>/dev/null && return; done; return 1; }',
    'while lives && [ $n -lt 20 ]; do sleep 0.1 2>/dev/null || sleep 1; n=$((n+1)); done',
    'p=$(core_pids); [ -z "$p" ] || kill -KILL $p',
  ].join('; ');
}

/** Says a word where only this program hears it, and what follows it, each with a colon behind it. */
function say(mark: string, word: string): string {
  return `printf '\\001%s:%s:%s:\\n' ${quoteForShell(mark)} ${word}`;
}

/** `cd` takes `-` for the last directory, and words that begin with it for options. */
function directory(dir: string): string {
  return quoteForShell(dir.startsWith('-') ? `./${dir}` : dir);
}
