import { defineMedium } from '../define-medium.ts';
import type { MediumDriver } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import type { Medium } from '../medium.ts';
import { driverOf } from './driver-of.ts';

/**
 * A medium that can be read and not changed: every mutation is refused with `EROFS` before anything happens, whether it
 * would have had an effect or not (only `ensureDir` of a directory that stands is fine).
 *
 * Reads, `watch` and `realPath` pass. A lock is refused too, as on a disk it is a file that must be written. It guards
 * against mistakes, not against whoever holds the medium below or writes to a real path.
 *
 * @example
 * ```ts
 * import { MemoryMedium, readonly } from '@core/io';
 *
 * const medium = readonly(new MemoryMedium({ 'a.txt': 'hello' }));
 * assert.equal(await medium.read('a.txt'), 'hello');
 * await assert.rejects(medium.write('a.txt', 'other'), { code: 'EROFS' });
 * assert.equal(medium.capabilities.readOnly, true);
 * ```
 */
export function readonly(medium: Medium): Medium {
  const inner = driverOf(medium);
  return defineMedium({
    ...inner,
    capabilities: { ...medium.capabilities, readOnly: true, lock: false, sharedLock: false, durable: false },
    mkdir: (path) => refuseMissing(inner, path),
    write: refuse,
    remove: refuse,
    rename: refuse,
    append: refuse,
    create: refuse,
    removeAll: refuse,
    chmod: refuse,
    utimes: refuse,
    symlink: refuse,
    lock: () => Promise.reject(ErrnoSignal.of('EROFS')),
  });
}

function refuse(): never {
  throw ErrnoSignal.of('EROFS');
}

/** What stands is told as by a medium that can be written: `ensureDir` looks at what it is. */
async function refuseMissing(inner: MediumDriver, path: string): Promise<never> {
  try {
    await inner.stat(path, false);
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ENOENT' ? ErrnoSignal.of('EROFS') : error;
  }
  throw ErrnoSignal.of('EEXIST');
}
