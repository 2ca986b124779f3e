import { lstatSync, readdirSync } from 'node:fs';

import type { DriverEntry } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import type { FileKind } from '../medium.ts';
import { kindOf } from './file-kind.ts';
import { removeLeftovers } from './leftovers.ts';
import { isReserved } from './reserved.ts';
import type { Place } from './sandbox/sandbox.ts';

/** Stands in a name for bytes that are not UTF-8, or for itself. */
const REPLACEMENT = '\uFFFD';

/** The entries of a directory without those that the disk keeps for itself, of which the dead ones are removed. */
export function listDirectory(place: Place): DriverEntry[] {
  const directory = place.dir;
  const found = readdirSync(directory, { withFileTypes: true });
  // a deleted directory that is still open can be listed
  if (found.length === 0 && place.directory.isGone()) throw ErrnoSignal.of('ENOENT');
  const entries: DriverEntry[] = [];
  const reserved: string[] = [];
  for (const entry of found) {
    const { name } = entry;
    if (isReserved(name)) {
      reserved.push(name);
      continue;
    }
    const kind = entry.isFile() ? 'file' : kindOf(entry);
    const isCertain = kind !== 'other' && !name.includes(REPLACEMENT);
    entries.push({ name, kind: isCertain ? kind : lookUp(directory, name) });
  }
  if (reserved.length > 0) removeLeftovers(directory, reserved);
  return entries;
}

/** Some disks do not tell kinds in a list. What no path can spell is `other`, as nothing can be done with it. */
function lookUp(directory: string, name: string): FileKind {
  const stats = lstatSync(`${directory}/${name}`, { throwIfNoEntry: false });
  return stats === undefined ? 'other' : kindOf(stats);
}
