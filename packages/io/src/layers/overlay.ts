import type { Medium } from '../medium.ts';
import { MemoryMedium } from '../memory/memory-medium.ts';
import { OverlayMedium } from './overlay/overlay-medium.ts';

/**
 * A medium that shows `base` and can be changed, while `base` stays as it is: reads fall through, all writes, deletions
 * and locks are made in `top`, by default a new {@link MemoryMedium}. `changes()` tells what is different, `commit()` does
 * it in the base. This is what a dry run of anything is made of.
 *
 * What is deleted is noted in `top` as in layers of OCI images: `.wh.<name>` hides a name of the base, `.wh..wh..opq` in a
 * directory all of the base's. An overlay over the same base and top is the same again. Names that begin with `.wh.` are
 * not to be seen and refused with `ERR_INVALID_PATH`. One overlay at a time works on a `top`.
 *
 * Files are copied up once, when they are appended to, moved or get another mode; a directory of the base that is moved
 * is copied as a whole. Absolute links mean what they mean in `base`.
 *
 * @throws `TypeError` where both are the same medium.
 *
 * @example
 * ```ts
 * import { MemoryMedium, overlay } from '@core/io';
 *
 * const base = new MemoryMedium({ 'old.txt': 'old', 'kept.txt': 'kept' });
 * const draft = overlay(base);
 * await draft.write('dist/new.txt', 'new');
 * await draft.delete('old.txt');
 * assert.deepEqual(await draft.changes(), [
 *   { type: 'create', path: 'dist', kind: 'dir' },
 *   { type: 'create', path: 'dist/new.txt', kind: 'file' },
 *   { type: 'delete', path: 'old.txt', kind: 'file' },
 * ]);
 * assert.equal(await base.exists('dist'), false);
 * await draft.commit();
 * assert.deepEqual(base.toJSON(), { dist: { 'new.txt': 'new' }, 'kept.txt': 'kept' });
 * ```
 */
export function overlay(base: Medium, top: Medium = new MemoryMedium()): OverlayMedium {
  return new OverlayMedium(base, top);
}
