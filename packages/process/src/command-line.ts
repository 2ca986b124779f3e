const PLAIN = /^[\w@%+=:,./-]+$/;
const LONGEST_WORD = 300;
const LONGEST_LINE = 2000;

/** A word as a POSIX shell takes it for exactly this word. */
export function quoteForShell(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command as people read it in a message: words quoted where they need it, control characters spelled out, long ones cut. */
export function formatCommandLine(command: string, args: readonly string[]): string {
  return shorten([command, ...args].map(quoteForReading).join(' '), LONGEST_LINE);
}

function quoteForReading(word: string): string {
  const short = shorten(word, LONGEST_WORD);
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(short)) return quoteForShell(short);
  return `$${JSON.stringify(short)
    .replaceAll("'", String.raw`\'`)
    .replace(/^"|"$/g, "'")
    .replaceAll(String.raw`\"`, '"')}`;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
}
