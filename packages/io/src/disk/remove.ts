import { lstatSync, readdirSync, rmdirSync } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import { unlinkFile } from './calls.ts';
import { removeLeftovers } from './leftovers.ts';
import { isReserved } from './reserved.ts';
import type { Place, Sandbox } from './sandbox/sandbox.ts';
import { errorCode, unsteady } from './system-error.ts';

const MOST_CHANGES = 100;

/** Removes the file, link or empty directory at a place. */
export async function removeAt(sandbox: Sandbox, path: string, place: Place): Promise<void> {
  for (let changes = 0; changes <= MOST_CHANGES; changes += 1) {
    const stats = lstatSync(place.path, { throwIfNoEntry: false });
    if (stats === undefined) throw ErrnoSignal.of('ENOENT');
    try {
      if (stats.isDirectory()) removeDirectory(sandbox, path, place);
      else await unlinkFile(place.path, stats.size);
      return;
    } catch (error) {
      // it was the one when it was looked at, and the other when it was removed
      if (errorCode(error) !== (stats.isDirectory() ? 'ENOTDIR' : 'EISDIR')) throw error;
    }
  }
  throw unsteady(undefined);
}

function removeDirectory(sandbox: Sandbox, path: string, place: Place): void {
  try {
    rmdirSync(place.path);
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' || !clearOut(sandbox, path)) throw error;
    rmdirSync(place.path);
  }
}

/** Clears up after dead processes in a directory that shows nothing; false where it shows something. */
function clearOut(sandbox: Sandbox, path: string): boolean {
  const inside = sandbox.enter(path);
  try {
    const names = readdirSync(inside.dir);
    if (!names.every(isReserved)) return false;
    removeLeftovers(inside.dir, names);
    return true;
  } finally {
    inside.close();
  }
}
