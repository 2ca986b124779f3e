import type { DriverStat } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { masked, type OpenFlags } from './flags.ts';
import type { Place } from './place.ts';
import type { Volume } from './volume.ts';

/** Sees to it that there is what the flags ask for: makes or empties the file, refuses as `open(2)` does. */
export async function findOrMake(
  volume: Volume,
  path: string,
  place: Place,
  flags: OpenFlags,
  mode: number,
): Promise<DriverStat | undefined> {
  const found = await volume.lookUp(path, !flags.noFollow && !flags.exclusive);
  if (found === undefined) return create(volume, path, place, flags, mode);
  if (flags.exclusive) throw ErrnoSignal.of('EEXIST');
  if (found.kind === 'symlink') throw ErrnoSignal.of('ELOOP');
  if (found.kind === 'dir') {
    if (flags.write || flags.create) throw ErrnoSignal.of('EISDIR');
    return found;
  }
  if (place.slash) throw ErrnoSignal.of(flags.create ? 'EISDIR' : 'ENOTDIR');
  if (flags.directory) throw ErrnoSignal.of('ENOTDIR');
  if (found.kind === 'other') throw new ErrnoSignal('ERR_NOT_REGULAR_FILE');
  if (flags.truncate) await volume.driver.write(path, new Uint8Array(), plainWrite());
  return found;
}

async function create(
  volume: Volume,
  path: string,
  place: Place,
  flags: OpenFlags,
  mode: number,
): Promise<DriverStat | undefined> {
  if (!flags.create) throw ErrnoSignal.of('ENOENT');
  if (place.slash) throw ErrnoSignal.of('EISDIR');
  // a dangling link is there already: what it leads to is made
  const exclusive = flags.exclusive || (await volume.lookUp(path, false)) === undefined;
  try {
    await volume.driver.write(path, new Uint8Array(), { ...plainWrite(), mode: masked(mode), exclusive });
    return undefined;
  } catch (error) {
    if (flags.exclusive || (error as { code?: unknown }).code !== 'EEXIST') throw error;
    return findOrMake(volume, path, place, flags, mode); // somebody else was quicker
  }
}

/** How the primitives are asked to replace a file: in place of the old one, which keeps its mode. */
export function plainWrite(): { mode: undefined; exclusive: false; durable: false; signal: undefined } {
  return { mode: undefined, exclusive: false, durable: false, signal: undefined };
}
