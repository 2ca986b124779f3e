import { type CancelOptions, isCoreError, type Medium } from '@core/io';

const PATH = '.core/durations.json';
/** So many are remembered; those that ran last. */
const MOST = 10_000;
/** How much the last run counts for; the rest is what was known before. */
const WEIGHT = 0.5;

/** Where the durations are. */
export interface DurationsOptions extends CancelOptions {
  /** The file; `.core/durations.json` unless it is given. */
  readonly path?: string | undefined;
  /** Hears why they could not be read or written; the run goes on without. */
  readonly onProblem?: ((error: unknown) => void) | undefined;
}

/**
 * How long tasks take, by their names: what a run needs to start with the longest path. It is advice, so nothing about it
 * fails: a file that is missing or broken is empty, and one that cannot be written is told to `onProblem`.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { Durations } from '@core/process';
 *
 * const medium = new MemoryMedium();
 * const durations = await Durations.load(medium);
 * durations.remember('build', 1000);
 * durations.remember('build', 2000);
 * await durations.save();
 * const next = await Durations.load(medium);
 * assert.equal(next.of('build'), 1500);
 * assert.equal(next.of('test'), undefined);
 * ```
 */
export class Durations {
  readonly #medium: Medium;
  readonly #path: string;
  readonly #onProblem: (error: unknown) => void;
  /** Those that ran last at the end. */
  readonly #known: Map<string, number>;
  readonly #fresh = new Set<string>();

  private constructor(medium: Medium, known: Map<string, number>, options: DurationsOptions) {
    this.#medium = medium;
    this.#known = known;
    this.#path = options.path ?? PATH;
    this.#onProblem = options.onProblem ?? (() => undefined);
  }

  /** Reads what the last runs took. Rejects only with the reason of the signal. */
  static async load(medium: Medium, options: DurationsOptions = {}): Promise<Durations> {
    return new Durations(medium, await read(medium, options), options);
  }

  /** In milliseconds, an average in which the last run counts for half; `undefined` where it has never run. */
  of(name: string): number | undefined {
    return this.#known.get(name);
  }

  /** Takes in how long a task took now. A time that is none is passed over. */
  remember(name: string, durationMs: number): void {
    if (!isDuration(durationMs)) return;
    const before = this.#known.get(name) ?? durationMs;
    this.#known.delete(name); // so that it comes last, here and there
    this.#known.set(name, durationMs * WEIGHT + before * (1 - WEIGHT));
    this.#fresh.delete(name);
    this.#fresh.add(name);
  }

  /**
   * Writes them, atomically, with what other runs have written meanwhile; does nothing where nothing was remembered since
   * the last time. Never rejects.
   */
  async save(): Promise<void> {
    if (this.#fresh.size === 0) return;
    const fresh = [...this.#fresh];
    this.#fresh.clear();
    try {
      const all = await read(this.#medium, { path: this.#path });
      for (const name of fresh) {
        all.delete(name);
        all.set(name, this.#known.get(name) ?? 0);
      }
      await this.#medium.write(this.#path, encode(all));
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

async function read(medium: Medium, options: DurationsOptions): Promise<Map<string, number>> {
  const { path = PATH, signal, onProblem } = options;
  try {
    return decode(await medium.read(path, { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    if (!isCoreError(error) || error.code !== 'ENOENT') onProblem?.(error);
    return new Map();
  }
}

/** A list and not an object: the order says what ran last, and any text can be a name. */
function encode(known: ReadonlyMap<string, number>): string {
  const durations = [...known].slice(-MOST).map(([name, duration_ms]) => ({ name, duration_ms }));
  return `${JSON.stringify({ version: 1, durations })}\n`;
}

/** Entries that are none are left out; a file that is something else throws. */
function decode(text: string): Map<string, number> {
  const { version, durations } = JSON.parse(text) as { readonly version?: unknown; readonly durations?: unknown };
  if (version !== 1 || !Array.isArray(durations)) throw new TypeError('The file holds no durations');
  const known = new Map<string, number>();
  for (const entry of durations as unknown[]) {
    const { name, duration_ms } = (entry ?? {}) as { readonly name?: unknown; readonly duration_ms?: unknown };
    if (typeof name === 'string' && isDuration(duration_ms)) known.set(name, duration_ms);
  }
  return known;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
