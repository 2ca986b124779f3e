import { onAbort } from './abort.ts';
import { BufferPool, copyFile } from './copy-file.ts';
import { type CopyPlan, type PlannedLink, planCopy } from './copy-plan.ts';
import { relationOf } from './copy-place.ts';
import { IoError } from './errors.ts';
import type { CancelOptions, Medium } from './medium.ts';
import { replaceLink } from './replace-link.ts';
import { under } from './spelling.ts';

/** How many small files are on their way at once. */
const FILES_AT_ONCE = 8;

/** How far a {@link copy} is. */
export interface CopyProgress {
  /** The file that something was just copied of, on its own medium. */
  readonly path: string;
  /** Of all files so far. */
  readonly copiedBytes: number;
  /** What all files had when the copy began. */
  readonly totalBytes: number;
  /** Files that are complete. */
  readonly files: number;
}

/** How {@link copy} is cancelled and watched. */
export interface CopyOptions extends CancelOptions {
  /** Called after each piece and each file. What it throws ends the copy. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/**
 * Copies a file, or a directory with everything below, from one medium to the same or another.
 *
 * - `dstPath` is what the copy is called, not where it is put; missing parents are made. Onto a directory that stands, the
 *   content is merged; files and links of the same name are replaced.
 * - Each file is atomic and keeps its mode (a new directory, too), as far as both media have modes; times are new.
 * - Links below `srcPath` stay links and say the same, where both media have links; else what they lead to is copied
 *   (`ELOOP` for one that leads into itself). `srcPath` itself is followed.
 * - The content goes through two buffers of 4 MiB a file, up to eight files at once, in pieces of 64 KiB as long as none
 *   has to be waited for, else of 4 MiB; nothing is read whole. After 8 ms of it the event loop has a turn.
 * - The first failure, or the signal, ends it: what is under way leaves nothing, what is complete stays.
 *
 * A file onto itself is left as it is.
 *
 * @throws `EINVAL` for a directory into itself, `ERR_NOT_REGULAR_FILE` for a fifo, socket or device, `EISDIR` or `EEXIST`
 * where the kinds do not fit, and whatever reading and writing refuse with.
 *
 * @example
 * ```ts
 * import { copy, MemoryMedium } from '@core/io';
 *
 * const src = new MemoryMedium({ site: { 'index.html': '<h1>', img: { 'a.png': 'png' } } });
 * const dst = new MemoryMedium();
 * let bytes = 0;
 * await copy(src, 'site', dst, 'www/v1', { onProgress: ({ copiedBytes }) => (bytes = copiedBytes) });
 * assert.deepEqual(dst.toJSON(), { www: { v1: { img: { 'a.png': 'png' }, 'index.html': '<h1>' } } });
 * assert.equal(bytes, 7);
 * ```
 */
export async function copy(
  src: Medium,
  srcPath: string,
  dst: Medium,
  dstPath: string,
  options: CopyOptions = {},
): Promise<void> {
  const { signal } = options;
  const { kind, path } = await src.stat(srcPath, { signal });
  const refuse = (code: string, reason?: string): never => {
    throw new IoError({ code, op: 'copy', path: srcPath, dest: dstPath, reason });
  };
  if (kind === 'other') refuse('ERR_NOT_REGULAR_FILE');
  const relation = await relationOf({ medium: src, path }, { medium: dst, path: dstPath });
  if (relation !== 'apart' && kind === 'dir') refuse('EINVAL', 'it would be copied into itself');
  if (relation === 'same') return;
  const plan = await planCopy({ src, srcPath: path, dst }, options);
  await new Copying({ src, dst, plan, target: dstPath }, options).run();
}

interface Task {
  readonly src: Medium;
  readonly dst: Medium;
  readonly plan: CopyPlan;
  readonly target: string;
}

class Copying {
  readonly #task: Task;
  readonly #options: CopyOptions;
  readonly #buffers = new BufferPool();
  readonly #stop = new AbortController();
  #copiedBytes = 0;
  #files = 0;

  constructor(task: Task, options: CopyOptions) {
    this.#task = task;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const forget = onAbort(signal, () => {
      this.#stop.abort(signal?.reason);
    });
    try {
      signal?.throwIfAborted();
      const made = await this.#makeDirectories();
      const { files, links } = this.#task.plan;
      await this.#each(files, (file) => this.#copyFile(file));
      await this.#each(links, (link) => this.#copyLink(link));
      for (const [to, mode] of made.reverse()) await this.#task.dst.chmod(to, mode, this.#stop);
    } finally {
      forget();
    }
  }

  /** Makes the directories and tells which of them are new, and the modes that they get when they are full. */
  async #makeDirectories(): Promise<[to: string, mode: number][]> {
    const { src, dst, plan, target } = this.#task;
    const made: [to: string, mode: number][] = [];
    for (const { from, below } of plan.directories) {
      const to = under(target, below);
      const isNew = src.capabilities.mode && dst.capabilities.mode && !(await dst.exists(to, this.#stop));
      await dst.ensureDir(to, this.#stop);
      if (isNew) made.push([to, (await src.stat(from, this.#stop)).mode]);
    }
    return made;
  }

  async #copyFile({ from, below }: CopyPlan['files'][number]): Promise<void> {
    const { src, dst, target } = this.#task;
    const to = under(target, below);
    const onBytes = (bytes: number): void => {
      this.#copiedBytes += bytes;
      this.#tell(from);
    };
    await this.#buffers.lend((buffers) =>
      copyFile({ src, from, dst, to, signal: this.#stop.signal, onBytes }, buffers),
    );
    this.#files += 1;
    this.#tell(from);
  }

  #copyLink({ below, says }: PlannedLink): Promise<void> {
    return replaceLink(this.#task.dst, says, under(this.#task.target, below), this.#stop);
  }

  #tell(path: string): void {
    const { totalBytes = 0 } = this.#task.plan;
    this.#options.onProgress?.({ path, copiedBytes: this.#copiedBytes, totalBytes, files: this.#files });
  }

  /** Some at once; the first failure stops the others and is told when none is under way any more. */
  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = items.values();
    const runner = async (): Promise<void> => {
      for (const item of queue) {
        if (this.#stop.signal.aborted) return;
        await work(item).catch((error: unknown) => {
          this.#stop.abort(error);
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(FILES_AT_ONCE, items.length) }, runner));
    this.#stop.signal.throwIfAborted();
  }
}
