/** One line of a checksum file. */
export interface ChecksumLine {
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly name: string;
}

const LINE = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/s;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const UNESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r' };

/** As `sha256sum` writes it: a name that would break the line is escaped, and the line says so at its beginning. */
export function formatChecksumLine({ checksum, name }: ChecksumLine): string {
  const escaped = name.replaceAll(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character);
  return `${escaped === name ? '' : '\\'}${checksum}  ${escaped}\n`;
}

/** What a line says, or `undefined` where it is none. */
export function parseChecksumLine(line: string): ChecksumLine | undefined {
  const [, escaped, checksum = '', name = ''] = LINE.exec(line) ?? [];
  if (escaped === undefined) return undefined;
  const plain = escaped === '' ? name : unescape(name);
  return plain === undefined ? undefined : { checksum: checksum.toLowerCase(), name: plain };
}

function unescape(name: string): string | undefined {
  if (!/^(?:[^\\]|\\[\\nr])*$/.test(name)) return undefined;
  return name.replaceAll(/\\./g, (escape) => UNESCAPES[escape] ?? escape);
}
