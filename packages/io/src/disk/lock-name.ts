/** Of a lock file, or of a marker: the hash of the leaf, and for a marker the token that it is about. */
const LOCK_NAME = /^(?<stem>\.core-io-[0-9a-f]{16})(?:-[0-9a-f]{16})?\.lock$/u;

/** Whether `name` is that of a lock file or of a marker. */
export function isLockName(name: string): boolean {
  return LOCK_NAME.test(name);
}

/** How the markers begin that belong to a lock file, or to the same one as a marker. */
export function markerPrefix(name: string): string {
  return `${LOCK_NAME.exec(name)?.groups?.['stem'] ?? name}-`;
}

/** The name of the marker for a token in the file `name`. */
export function markerName(name: string, id: string): string {
  return `${markerPrefix(name)}${id}.lock`;
}
