/**
 * A value inside one of QEMU's option lists, `key=value,key=value`: a comma is doubled, everything else stands for
 * itself, also `=`, spaces and quotes.
 *
 * See https://www.qemu.org/docs/master/system/invocation.html
 */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}

/** A list of options; one without a value is a word, and one that is `undefined` is left out. */
export function optionList(word: string, options: Readonly<Record<string, string | undefined>> = {}): string {
  const pairs = Object.entries(options).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return [word, ...pairs.map(([key, value]) => `${key}=${escapeOption(value)}`)].join(',');
}
