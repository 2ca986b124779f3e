import { Branch, isGone, isNoWay } from './branch.ts';
import type { Walker } from './driver.ts';
import type { CancelOptions, DirEntry, Medium, WalkOptions } from './medium.ts';
import { describe } from './path.ts';

/** The entries of a directory, and which of them is next. */
interface Level {
  readonly entries: readonly DirEntry[];
  next: number;
}

type Step = IteratorResult<DirEntry, undefined>;

const END: Step = { done: true, value: undefined };

/** In the options of a `list`: the walk that it is for, which a medium may tell its driver. */
export const WALKER: unique symbol = Symbol('walker');

/** Options of a `list` that may be for a walk. */
export interface WalkListOptions extends CancelOptions {
  readonly [WALKER]?: Walker;
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
 * Written by hand and not as an async generator: entries of a list that is there already are handed out without the
 * turns of the microtask queue that a generator takes for each.
 */
class Walk implements AsyncIterableIterator<DirEntry> {
  readonly #medium: Medium;
  readonly #options: GuidedWalkOptions;
  readonly #branch: Branch | undefined;
  readonly #maxDepth: number;
  readonly #walker: Walker = {};
  readonly #listOptions: WalkListOptions;
  readonly #levels: Level[] = [];
  /** Where the walk starts, until it has; then what was handed out last, if it is to be entered. */
  #ahead: string | DirEntry | undefined;
  #running: Promise<void> | undefined;

  constructor(medium: Medium, path: string, options: GuidedWalkOptions) {
    this.#medium = medium;
    this.#options = options;
    this.#branch = options.follow === true ? new Branch(medium) : undefined;
    this.#maxDepth = options.maxDepth ?? Infinity;
    this.#listOptions = { signal: options.signal, [WALKER]: this.#walker };
    if (this.#maxDepth > 0) this.#ahead = path;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    const atOnce = this.#running === undefined && this.#ahead === undefined && this.#options.signal?.aborted !== true;
    return atOnce ? Promise.resolve(this.#take()) : this.#afterAll(() => this.#enterAndTake());
  }

  return(): Promise<Step> {
    return this.#afterAll(() => Promise.resolve(this.#end()));
  }

  /** One after the other, also where the next entry is asked for before the last one has come. */
  #afterAll(work: () => Promise<Step>): Promise<Step> {
    const step = this.#running === undefined ? work() : this.#running.then(work);
    const running = step.then(
      () => undefined,
      () => undefined,
    );
    this.#running = running;
    void running.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return step;
  }

  async #enterAndTake(): Promise<Step> {
    try {
      this.#options.signal?.throwIfAborted();
      const ahead = this.#ahead;
      this.#ahead = undefined;
      if (typeof ahead === 'string') await this.#start(ahead);
      else if (ahead !== undefined) await this.#enter(ahead);
      return this.#take();
    } catch (error) {
      this.#end();
      throw error;
    }
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

  async #start(path: string): Promise<void> {
    await this.#branch?.begin(path);
    await this.#list(path);
  }

  async #enter(entry: DirEntry): Promise<void> {
    if (this.#branch !== undefined && !(await this.#branch.enter(entry))) return;
    try {
      await this.#list(entry.path);
    } catch (error) {
      if (!(this.#branch === undefined ? isGone(error) : isNoWay(error))) throw error;
      this.#branch?.leave();
    }
  }

  async #list(path: string): Promise<void> {
    this.#levels.push({ entries: await this.#medium.list(path, this.#listOptions), next: 0 });
  }

  #end(): Step {
    this.#levels.length = 0;
    this.#ahead = undefined;
    this.#walker.release?.();
    return END;
  }
}
