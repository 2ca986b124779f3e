import { Branch, isGone, isNoWay } from './branch.ts';
import { isPromise } from './derivation.ts';
import type { Awaitable, Walker } from './driver.ts';
import type { CancelOptions, DirEntry, Medium, WalkOptions } from './medium.ts';
import { describe } from './path.ts';

/** The entries of a directory, and which of them is next. */
interface Level {
  readonly entries: readonly DirEntry[];
  next: number;
}

type Step = IteratorResult<DirEntry, undefined>;

const END: Step = { done: true, value: undefined };

/** Lists a directory for a walk, at once where the medium can: what is there need not be awaited. */
export type Lister = (path: string, walker: Walker, options: CancelOptions) => Awaitable<readonly DirEntry[]>;

const listers = new WeakMap<Medium, Lister>();

/** Has walks through this medium list by `lister`; its walker is the same object for the lists of one walk. */
export function listForWalks(medium: Medium, lister: Lister): void {
  listers.set(medium, lister);
}

export interface GuidedWalkOptions extends WalkOptions {
  /** Asked for each directory (with `follow`: each link, too): whether to go into it. */
  readonly isEntered?: ((entry: DirEntry) => boolean) | undefined;
}

/**
 * The entries below `path`, depth first, each directory before its content, read one directory at a time.
 *
 * A directory that is gone when its turn comes is passed over; only the first one must be there.
 */
export function walk(medium: Medium, path: string, options: GuidedWalkOptions = {}): AsyncIterableIterator<DirEntry> {
  const { maxDepth = Infinity } = options;
  if (typeof path !== 'string') throw new TypeError(`The path must be a string, not ${describe(path)}`);
  if (!(maxDepth >= 0)) throw new RangeError(`maxDepth must be a number from 0 up, not ${String(maxDepth)}`);
  return new Walk(medium, path, options);
}

/**
 * Written by hand and not as an async generator: entries of a list that is there already are handed out, and a medium
 * that lists at once is listed, without the turns of the microtask queue that a generator takes for each.
 */
class Walk implements AsyncIterableIterator<DirEntry> {
  readonly #lister: Lister;
  readonly #options: GuidedWalkOptions;
  readonly #branch: Branch | undefined;
  readonly #maxDepth: number;
  readonly #walker: Walker = {};
  readonly #levels: Level[] = [];
  /** Where the walk starts, until it has; then what was handed out last, if it is to be entered. */
  #ahead: string | DirEntry | undefined;
  #running: Promise<Step> | undefined;

  constructor(medium: Medium, path: string, options: GuidedWalkOptions) {
    this.#lister = listers.get(medium) ?? ((at, _, cancel) => medium.list(at, cancel));
    this.#options = options;
    this.#branch = options.follow === true ? new Branch(medium) : undefined;
    this.#maxDepth = options.maxDepth ?? Infinity;
    if (this.#maxDepth > 0) this.#ahead = path;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (this.#running !== undefined) return this.#after(this.#running, () => this.#step());
    const step = this.#step();
    return isPromise(step) ? this.#untilDone(step) : Promise.resolve(step);
  }

  return(): Promise<Step> {
    if (this.#running !== undefined) return this.#after(this.#running, () => this.#end());
    return Promise.resolve(this.#end());
  }

  /** One after the other, also where the next entry is asked for before the last one has come. */
  #after(running: Promise<Step>, work: () => Awaitable<Step>): Promise<Step> {
    return this.#untilDone(running.then(work, work));
  }

  /** What is asked for meanwhile waits; whoever waits for this one finds the walk at rest again. */
  #untilDone(step: Promise<Step>): Promise<Step> {
    const running = step.finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  /** The next entry; rejects, and never throws. */
  #step(): Awaitable<Step> {
    try {
      this.#options.signal?.throwIfAborted();
      const entered = this.#enterAhead();
      if (entered === undefined) return this.#take();
      return entered.then(
        () => this.#take(),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(reason: unknown): Promise<never> {
    this.#end();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it is
    return Promise.reject(reason);
  }

  #take(): Step {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const entry = level.entries[level.next];
      if (entry !== undefined) {
        level.next += 1;
        if (this.#isEntered(entry)) this.#ahead = entry;
        return { done: false, value: entry };
      }
      this.#levels.pop();
      this.#branch?.leave();
    }
    return this.#end();
  }

  #isEntered(entry: DirEntry): boolean {
    if (entry.kind !== 'dir' && (entry.kind !== 'symlink' || this.#branch === undefined)) return false;
    return this.#levels.length < this.#maxDepth && (this.#options.isEntered?.(entry) ?? true);
  }

  /** Enters what is ahead, at once (`undefined`) where nothing has to be waited for. */
  #enterAhead(): Promise<void> | undefined {
    const ahead = this.#ahead;
    if (ahead === undefined) return undefined;
    this.#ahead = undefined;
    if (this.#branch !== undefined) return this.#enterBranch(this.#branch, ahead);
    const isStart = typeof ahead === 'string';
    const passOver = (error: unknown): void => {
      if (isStart || !isGone(error)) throw error;
    };
    try {
      return this.#list(isStart ? ahead : ahead.path)?.catch(passOver);
    } catch (error) {
      passOver(error);
      return undefined;
    }
  }

  async #enterBranch(branch: Branch, ahead: string | DirEntry): Promise<void> {
    if (typeof ahead === 'string') {
      await branch.begin(ahead);
      await this.#list(ahead);
    } else if (await branch.enter(ahead)) {
      try {
        await this.#list(ahead.path);
      } catch (error) {
        if (!isNoWay(error)) throw error;
        branch.leave();
      }
    }
  }

  #list(path: string): Promise<void> | undefined {
    const listed = this.#lister(path, this.#walker, { signal: this.#options.signal });
    if (isPromise(listed)) return listed.then((entries) => void this.#levels.push({ entries, next: 0 }));
    this.#levels.push({ entries: listed, next: 0 });
    return undefined;
  }

  #end(): Step {
    this.#levels.length = 0;
    this.#ahead = undefined;
    this.#walker.release?.();
    return END;
  }
}
