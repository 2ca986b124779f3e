import type { DriverEntry } from '../../driver.ts';
import type { FileKind } from '../../medium.ts';
import { compareNames, joinPath } from '../../path.ts';
import { hiddenBy, isReserved, ROOT_MARK } from './names.ts';
import { quietList, quietStat, type View } from './view.ts';

/** One difference between an overlay and its base. */
export interface Change {
  /** `change`: the same kind stands there with other content, target or mode. */
  readonly type: 'change' | 'create' | 'delete';
  /** As the medium presents it. */
  readonly path: string;
  /** What is made or changed, or what was there that is deleted. */
  readonly kind: FileKind;
}

/** A directory of the top, compared with what the base has at the same path. */
interface Pair {
  readonly path: string;
  /** The base has a directory here, seen or not. */
  readonly isInBase: boolean;
  /** And it can be seen, but for what this directory's markers hide. */
  readonly isMerged: boolean;
}

/** All differences, each directory before its content, sorted as `walk`. */
export async function* changesOf(view: View): AsyncGenerator<Change> {
  const isRootMarked = (await quietStat(view.top, ROOT_MARK)) !== undefined;
  if (isRootMarked && (await modeDiffers(view, ''))) yield { type: 'change', path: '', kind: 'dir' };
  yield* within(view, { path: '', isInBase: true, isMerged: true });
}

async function* within(view: View, { path, isInBase, isMerged }: Pair): AsyncGenerator<Change> {
  const all = await quietList(view.top, path);
  const above = byName(all);
  const below = byName(isInBase ? await quietList(view.base, path) : []);
  const hidden = hiddenBy(all.map(({ name }) => name));
  for (const name of [...new Set([...above.keys(), ...below.keys()])].sort(compareNames)) {
    const at = joinPath(path, name);
    const [now, before] = [above.get(name), below.get(name)];
    const isSeen = isMerged && !hidden.isOpaque && !hidden.names.has(name);
    if (now !== undefined) yield* compare(view, at, now, before);
    else if (before !== undefined && !isSeen) yield { type: 'delete', path: at, kind: before };
    if (now === 'dir') yield* within(view, { path: at, isInBase: before === 'dir', isMerged: isSeen });
  }
}

/** What changed at one path, where the top has something. */
async function* compare(view: View, path: string, now: FileKind, before: FileKind | undefined): AsyncGenerator<Change> {
  if (before !== undefined && before !== now) yield { type: 'delete', path, kind: before };
  if (before !== now) yield { type: 'create', path, kind: now };
  else if (await differs(view, path, now)) yield { type: 'change', path, kind: now };
}

/** A file that is in the top was written: its content is not compared. */
async function differs(view: View, path: string, kind: FileKind): Promise<boolean> {
  if (kind === 'dir') return modeDiffers(view, path);
  return kind !== 'symlink' || (await view.top.readLink?.(path)) !== (await view.base.readLink?.(path));
}

async function modeDiffers({ base, top }: View, path: string): Promise<boolean> {
  if (!base.capabilities.mode || !top.capabilities.mode) return false;
  return (await top.stat(path, false)).mode !== (await base.stat(path, false)).mode;
}

function byName(entries: readonly DriverEntry[]): Map<string, FileKind> {
  return new Map(entries.filter(({ name }) => !isReserved(name)).map(({ name, kind }) => [name, kind]));
}
