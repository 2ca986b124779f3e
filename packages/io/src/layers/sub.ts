import { defineMedium } from '../define-medium.ts';
import type { Medium, MediumCapabilities } from '../medium.ts';
import { normalizePath } from '../path.ts';
import { driverOf } from './driver-of.ts';
import { Folder } from './folder.ts';
import { subDriver } from './sub-driver.ts';

/**
 * The folder `prefix` of a medium as a medium of its own: paths in calls, results, events and errors begin at it, `..`
 * cannot climb over it, a link that leads out of it is `ERR_PATH_ESCAPES_ROOT`. A folder that does not exist is empty,
 * and made by the first write.
 *
 * Links are looked at name by name before each call, whatever the medium below can do about them: good against hostile
 * names and links, not against another process that swaps directories meanwhile (`capabilities.sandbox` says `checked`).
 * Against that, use `new DiskMedium({ root })` on the folder itself.
 *
 * @example
 * ```ts
 * import { MemoryMedium, sub } from '@core/io';
 *
 * const whole = new MemoryMedium({ 'secret.txt': 'no', site: { 'index.html': '<h1>' } });
 * const site = sub(whole, 'site');
 * assert.equal(await site.read('index.html'), '<h1>');
 * await site.write('../a.txt', 'inside');
 * assert.equal(await whole.read('site/a.txt'), 'inside');
 * ```
 */
export function sub(medium: Medium, prefix: string): Medium {
  const inner = driverOf(medium);
  const prefixed = (inner.normalize ?? normalizePath)(prefix);
  const folder = new Folder(inner, prefixed, () => medium.ensureDir(`/${prefixed}`));
  return defineMedium({
    ...subDriver(inner, folder),
    capabilities: { ...medium.capabilities, sandbox: strength(medium.capabilities) },
  });
}

/** Without links a path cannot lead outside: then it is as well kept inside as the medium is. */
function strength({ symlink, sandbox }: MediumCapabilities): MediumCapabilities['sandbox'] {
  return symlink || sandbox === 'none' ? 'checked' : sandbox;
}
