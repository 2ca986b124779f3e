import type { MediumDriver } from '../../driver.ts';
import { ErrnoSignal } from '../../errno.ts';
import { joinPath } from '../../path.ts';
import { codeOf } from '../codes.ts';
import type { CompleteDriver } from '../driver-of.ts';
import { WORKSHOP } from './names.ts';

/** Makes the link that one medium has at a path at the same path of another. */
export async function copyLink(from: MediumDriver, to: CompleteDriver, path: string): Promise<void> {
  if (from.readLink === undefined || to.symlink === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
  const target = await from.readLink(path);
  try {
    await to.symlink(target, path);
  } catch (error) {
    if (codeOf(error) !== 'ERR_PATH_ESCAPES_ROOT' || target.startsWith('/')) throw error;
    await moveIn(to, target, path);
  }
}

/** What climbs over the root cannot be made in place; as in the medium it comes from, it can be moved there. */
async function moveIn(to: CompleteDriver, target: string, path: string): Promise<void> {
  await to.removeAll(WORKSHOP, undefined);
  await to.mkdir(WORKSHOP);
  try {
    let directory = WORKSHOP;
    for (const name of target.split('/')) {
      if (name !== '..') continue;
      directory = joinPath(directory, 'd');
      await to.mkdir(directory);
    }
    await to.symlink?.(target, joinPath(directory, 'link'));
    await to.rename(joinPath(directory, 'link'), path);
  } finally {
    await to.removeAll(WORKSHOP, undefined);
  }
}
