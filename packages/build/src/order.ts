/** The order of names everywhere in a release: by the bytes of their UTF-8, whatever the locale. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
