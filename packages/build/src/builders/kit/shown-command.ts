/** What a POSIX shell takes for one word as it is. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A command with variables before it, as somebody would write it to run it again. */
export function shownCommand(
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...assignments, ...[command, ...args].map(quoted)].join(' ');
}

function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
