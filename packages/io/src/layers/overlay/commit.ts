import type { Awaitable } from '../../driver.ts';
import type { CancelOptions } from '../../medium.ts';
import { joinPath } from '../../path.ts';
import { toIoError, unless } from '../codes.ts';
import { type Change, changesOf } from './changes.ts';
import { copyLink } from './copy-link.ts';
import { isReserved, ROOT_MARK } from './names.ts';
import { copyContent, modeFor } from './raise.ts';
import { quietList, quietStat, type View } from './view.ts';

/**
 * Does in the base what was done in the overlay, then empties the top: what is new first, what is deleted last, so that a
 * failure in the middle loses nothing, and a second try goes on where it ended, as all stays in the top until then.
 */
export async function commit(view: View, { signal }: CancelOptions): Promise<void> {
  const changes: Change[] = [];
  for await (const change of changesOf(view)) changes.push(change);
  const deletions: Change[] = [];
  for (const [i, change] of changes.entries()) {
    signal?.throwIfAborted();
    if (change.type !== 'delete') await apply(view, change);
    else if (changes[i + 1]?.path === change.path)
      await remove(view, change, signal); // makes room for another kind
    else deletions.push(change);
  }
  for (const change of deletions) await remove(view, change, signal);
  for (const directory of await directoriesOf(view)) await dress(view, directory);
  for (const { name } of await quietList(view.top, '')) await view.top.removeAll(name, signal);
}

async function apply({ base, top }: View, { path, kind }: Change): Promise<void> {
  if (kind === 'dir') {
    if ((await quietStat(base, path)) === undefined) await base.mkdir(path);
  } else if (kind === 'symlink') {
    if ((await quietStat(base, path)) !== undefined) await base.remove(path);
    await copyLink(top, base, path);
  } else {
    const { mode, mtimeMs, ...stat } = await top.stat(path, false);
    await copyContent(top, base, path, modeFor(top, base, { ...stat, mode, mtimeMs }));
    if (top.capabilities.mtime) await base.utimes?.(path, new Date(mtimeMs), new Date(mtimeMs));
  }
}

async function remove({ base }: View, { path, kind }: Change, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await at(path, () => (kind === 'dir' ? base.removeAll(path, undefined) : base.remove(path)));
}

/** Tells where a refusal happened. */
async function at(path: string, work: () => Awaitable<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw toIoError(error, 'commit', path);
  }
}

/** All directories of the top, those within others first. */
async function directoriesOf(view: View, path: string = ''): Promise<string[]> {
  const found: string[] = [];
  for (const { name, kind } of await quietList(view.top, path)) {
    if (kind === 'dir' && !isReserved(name)) found.push(...(await directoriesOf(view, joinPath(path, name))));
  }
  if (path !== '' || (await quietStat(view.top, ROOT_MARK)) !== undefined) found.push(path);
  return found;
}

/**
 * Mode and time of a directory come when its content is complete: they may forbid, and would not stay. A directory of
 * somebody else, which only lies on the way, keeps what it has.
 */
async function dress({ base, top }: View, path: string): Promise<void> {
  const { mode, mtimeMs } = await top.stat(path, false);
  const time = new Date(mtimeMs);
  const before = await base.stat(path, true);
  if (top.capabilities.mode && mode !== before.mode) await base.chmod?.(path, mode);
  if (top.capabilities.mtime) await unless(['EPERM'], () => base.utimes?.(path, time, time));
}
