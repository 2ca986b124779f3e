import { DefinedMedium } from './define-medium.ts';
import { MediumLinks } from './links.ts';
import type { Medium } from './medium.ts';
import { isWithin, joinPath, normalizePath } from './path.ts';

/** A path on a medium. */
export interface Located {
  readonly medium: Medium;
  readonly path: string;
}

/** How two paths lie to each other: one and the same, the second below the first, or neither. */
export type Relation = 'same' | 'inside' | 'apart';

/**
 * Looks through links and, where both media are on a disk, through their roots. Media that wrap one another in memory
 * are not seen through.
 */
export async function relationOf(from: Located, to: Located): Promise<Relation> {
  const [here, there] = [await placeOf(from), await placeOf(to)];
  if (here === undefined || here.world !== there?.world) return 'apart';
  if (here.path === there.path) return 'same';
  return isWithin(here.path, there.path) ? 'inside' : 'apart';
}

interface Place {
  /** What the path is unique in. */
  readonly world: Medium | 'disk';
  readonly path: string;
}

/** `undefined` where the path leads nowhere, for whatever reason: whoever writes there will be told. */
async function placeOf({ medium, path }: Located): Promise<Place | undefined> {
  try {
    const place = await new MediumLinks(medium).place(normalized(medium, path));
    const root = medium.capabilities.realPath ? await medium.realPath('/') : undefined;
    if (root === undefined) return { world: medium, path: place };
    return { world: 'disk', path: joinPath(normalizePath(root), place) };
  } catch {
    return undefined;
  }
}

function normalized(medium: Medium, path: string): string {
  const known = medium instanceof DefinedMedium ? medium.driver.normalize?.(path) : undefined;
  return known ?? normalizePath(path);
}
