/**
 * A word for a POSIX shell that is exactly this text, whatever is in it.
 *
 * @throws `TypeError` for a NUL character, which no shell can be given.
 *
 * @example
 * ```ts
 * import { quoteForShell } from '@core/container';
 *
 * assert.equal(quoteForShell("it's $HOME"), `'it'\\''s $HOME'`);
 * assert.equal(quoteForShell(''), "''");
 * ```
 */
export function quoteForShell(text: string): string {
  if (text.includes('\0')) throw new TypeError('text must not have a NUL character in it');
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** What `printf %b` of a POSIX shell turns into this text: one line of ASCII, so that `read -r` takes it as it is. */
export function escapeForPrintf(text: string): string {
  const bytes = Buffer.from(text);
  let line = '';
  for (const byte of bytes) {
    line += PLAIN.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\0${byte.toString(8).padStart(3, '0')}`;
  }
  return line;
}

/** Digits are no octal digits behind an escape of three, and `%` means nothing to `%b`. */
const PLAIN = /[ A-Za-z0-9_./:=,@%+-]/;
