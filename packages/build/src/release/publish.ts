import type { CancelOptions, Medium } from '@core/io';

import { isBelow } from '../manifest-codec.ts';
import { folderOf, isThere, listIfThere, pathBelow } from '../paths.ts';
import { deleteIfEmpty } from './entries.ts';

/** Folders beside a release in which the next one is made. The dot keeps them out of patterns. */
export const STAGING_PREFIX: string = '.release-';

/** Name of the note in a folder of a release under way. */
export const NOTE: string = 'publish.json';

/** What a change of releases does: paths from the folder of the release. */
export interface Change {
  /** New files, which replace those of the same name. */
  readonly add: readonly string[];
  /** Files of the old release that the new one does not have. */
  readonly remove: readonly string[];
}

/** A release under way, and where it goes. */
export interface Move {
  readonly medium: Medium;
  readonly outputDir: string;
  readonly root: string;
}

/** Each step can be done again: a file is at its place, or still on its way. */
export async function apply({ medium, outputDir, root }: Move, { add, remove }: Change): Promise<void> {
  for (const name of [...remove, ...add]) {
    const [place, aside, fresh] = [
      pathBelow(outputDir, name),
      pathBelow(root, `old/${name}`),
      pathBelow(root, `new/${name}`),
    ];
    const isNew = add.includes(name);
    if (isNew && !(await isThere(medium, fresh, {}))) continue;
    if (!(await isThere(medium, aside, {})) && (await isThere(medium, place, {}))) await medium.rename(place, aside);
    if (isNew) await medium.rename(fresh, place);
  }
}

/** The steps of {@link apply} that were done, from the last to the first. */
export async function takeBack({ medium, outputDir, root }: Move, { add, remove }: Change): Promise<void> {
  for (const name of [...remove, ...add].reverse()) {
    const [place, aside, fresh] = [
      pathBelow(outputDir, name),
      pathBelow(root, `old/${name}`),
      pathBelow(root, `new/${name}`),
    ];
    const moved = add.includes(name) && !(await isThere(medium, fresh, {}));
    if (moved) await medium.rename(place, fresh);
    if (await isThere(medium, aside, {})) await medium.rename(aside, place);
  }
}

/** Removes what is left of a change that is complete. */
export async function tidy({ medium, outputDir, root }: Move, { remove }: Change): Promise<void> {
  for (const name of remove) {
    const folder = folderOf(name);
    if (folder !== '') await deleteIfEmpty(medium, pathBelow(outputDir, folder));
  }
  await medium.deleteAll(root);
}

/**
 * Clears up after processes that died: a release that was being published is published to its end, any other is removed.
 * Only for whoever is alone with the folder.
 */
export async function recoverReleases(medium: Medium, outputDir: string, options: CancelOptions): Promise<void> {
  for (const { name, path, kind } of await listIfThere(medium, outputDir, options)) {
    if (kind !== 'dir' || !name.startsWith(STAGING_PREFIX)) continue;
    const note = pathBelow(path, NOTE);
    const move = { medium, outputDir, root: path };
    const change = (await medium.isFile(note, options)) ? parseNote(await medium.read(note, options)) : undefined;
    if (change !== undefined) await apply(move, change);
    await tidy(move, change ?? { add: [], remove: [] });
  }
}

/** A note that this program would not have written counts for nothing: it could name files of anybody. */
function parseNote(text: string): Change | undefined {
  try {
    const { add, remove } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const names = [add, remove].map((list) => (Array.isArray(list) && list.every(isBelow) ? list : undefined));
    return names[0] === undefined || names[1] === undefined ? undefined : { add: names[0], remove: names[1] };
  } catch {
    return undefined;
  }
}
