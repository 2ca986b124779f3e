/**
 * Names that say what is not there, as layers of OCI images have them (image-spec, "Layer Filesystem Changeset"):
 * `.wh.<name>` hides `<name>` of the base, `.wh..wh..opq` in a directory hides all that the base has in it. A whiteout
 * never hides what stands beside it in the same layer.
 */
import { ErrnoSignal } from '../../errno.ts';
import { baseName, joinPath, parentPath } from '../../path.ts';

const PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE = `${META_PREFIX}.opq`;
const NAME_MAX_BYTES = 255;
const LONGEST = NAME_MAX_BYTES - PREFIX.length;

/** Stands in the top's root once mode and time of the root are the top's: the root itself is in every top. */
export const ROOT_MARK: string = `${META_PREFIX}.root`;

/** A directory in the root for what is put together before it is moved to its place. */
export const WORKSHOP: string = `${META_PREFIX}.new`;

/** Whether a name is one that the overlay keeps for itself. */
export function isReserved(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Refuses a path whose last name is reserved. */
export function refuseReserved(path: string): void {
  if (!isReserved(baseName(path))) return;
  throw new ErrnoSignal('ERR_INVALID_PATH', { hint: `Names that begin with "${PREFIX}" are kept for the overlay.` });
}

/** The marker that makes a directory hide the base's. */
export function opaqueIn(directory: string): string {
  return joinPath(directory, OPAQUE);
}

/** The marker that hides what the base has under a path; `undefined` where no name is that long. */
export function whiteoutOf(path: string): string | undefined {
  const name = PREFIX + baseName(path);
  return Buffer.byteLength(name) > NAME_MAX_BYTES ? undefined : joinPath(parentPath(path), name);
}

/** As {@link whiteoutOf}, for whoever must make it. */
export function writableWhiteoutOf(path: string): string {
  const whiteout = whiteoutOf(path);
  if (whiteout !== undefined) return whiteout;
  const hint = `In an overlay, what the base has can be deleted or moved if its name has up to ${String(LONGEST)} bytes.`;
  throw new ErrnoSignal('ENAMETOOLONG', { hint });
}

/** What markers of a directory's list hide: single names, or everything. */
export function hiddenBy(names: Iterable<string>): { readonly isOpaque: boolean; readonly names: ReadonlySet<string> } {
  const all = [...names].filter(isReserved);
  const hidden = all.filter((name) => !name.startsWith(META_PREFIX)).map((name) => name.slice(PREFIX.length));
  return { isOpaque: all.includes(OPAQUE), names: new Set(hidden) };
}
