import { DefinedMedium } from '../../define-medium.ts';
import { ErrnoSignal } from '../../errno.ts';
import type { CancelOptions, Medium } from '../../medium.ts';
import { toIoError } from '../codes.ts';
import { type Change, changesOf } from './changes.ts';
import { commit } from './commit.ts';
import { Contents } from './contents.ts';
import { Ground } from './ground.ts';
import { overlayDriver } from './overlay-driver.ts';
import { View } from './view.ts';

/** A medium over another one that it leaves as it is: see `overlay`. */
export class OverlayMedium extends DefinedMedium {
  /** Where everything is that was written, and the markers of what was deleted. */
  readonly top: Medium;
  readonly #ground: Ground;
  readonly #contents: Contents;

  constructor(base: Medium, top: Medium) {
    if (base === top) throw new TypeError('The base and the top of an overlay must be two media');
    const ground = new Ground(new View(base, top));
    const contents = new Contents(ground);
    super(overlayDriver(ground, contents));
    this.top = top;
    this.#ground = ground;
    this.#contents = contents;
  }

  /**
   * All that is not as in the base, each directory before its content, sorted as `walk`.
   *
   * - A directory that is gone is one entry, without its content; of a new one, its content is told, too.
   * - Where another kind stands now, there is a `delete` and then a `create` of the same path.
   * - A file that was written, moved or given another mode is a `change` also where the bytes are the same. Of a directory
   *   only the mode counts, of a link what it says. Times alone are no change of a directory.
   */
  changes(options: CancelOptions = {}): Promise<Change[]> {
    return this.#alone('changes', options, async () => {
      const changes: Change[] = [];
      for await (const change of changesOf(this.#ground.view)) {
        options.signal?.throwIfAborted();
        changes.push({ ...change, path: this.driver.present?.(change.path) ?? change.path });
      }
      return changes;
    });
  }

  /**
   * Does in the base all that was done here, with modes and times, and empties the top. What is new comes first, each
   * file atomically, deletions last; a failure or the signal in the middle leaves the top as it is, and a second `commit`
   * finishes the work. Other calls wait meanwhile, but for reads.
   *
   * @throws `EBUSY` while a stream to the overlay is open, and whatever the base refuses with.
   */
  commit(options: CancelOptions = {}): Promise<void> {
    return this.#alone('commit', options, async () => {
      if (this.#contents.openStreams > 0) {
        throw new ErrnoSignal('EBUSY', { hint: 'Finish or destroy the streams to the overlay first.' });
      }
      await commit(this.#ground.view, options);
      this.#ground.view.handles.forget();
    });
  }

  async #alone<T>(op: string, { signal }: CancelOptions, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await this.#ground.alone(work);
    } catch (error) {
      throw error === signal?.reason ? error : toIoError(error, op, '');
    }
  }
}
