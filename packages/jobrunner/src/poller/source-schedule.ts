import type { JobSource } from '../job-source.ts';
import { retryDelayMs } from '../retry.ts';

/** How often a source is polled. */
export interface ScheduleOptions {
  readonly pollIntervalMs: number;
  /** The most that a source which fails again and again is left alone. */
  readonly maxBackoffMs: number;
  readonly random: () => number;
}

/** There is this time at least between two polls, however often a source is woken. */
const LEAST_GAP_MS = 1000;

/** When one source is polled: at every tick of the interval, later where it fails, sooner where it is woken. */
export class SourceSchedule {
  readonly source: JobSource;
  readonly #options: ScheduleOptions;
  readonly #repos = new Set<string>();
  /** What the poll under way was woken for. */
  #asked: readonly string[] = [];
  #originMs = 0;
  #startedAtMs = -Infinity;
  #dueAtMs = -Infinity;
  #failures = 0;
  #isPolling = false;
  #isWoken = false;

  constructor(source: JobSource, options: ScheduleOptions) {
    this.source = source;
    this.#options = options;
  }

  /** When the next poll is due; never while one is under way. */
  get dueAtMs(): number {
    return this.#isPolling ? Infinity : this.#dueAtMs;
  }

  get isPolling(): boolean {
    return this.#isPolling;
  }

  /** Counts the ticks from then on; the next poll is due at once. */
  restart(originMs: number): void {
    this.#originMs = originMs;
    this.#dueAtMs = originMs;
    this.#failures = 0;
  }

  /** A poll begins; gives the repositories that it was woken for. */
  begin(nowMs: number): readonly string[] {
    this.#asked = [...this.#repos];
    this.#repos.clear();
    this.#isPolling = true;
    this.#isWoken = false;
    this.#startedAtMs = nowMs;
    return this.#asked;
  }

  /**
   * Takes down how the poll went, and gives the time until the next one; `retryAfterMs` is the least of it. What a poll
   * that failed was woken for, the next one is woken for.
   */
  judge(nowMs: number, failure?: { readonly retryAfterMs: number }): number {
    if (failure === undefined) {
      this.#failures = 0;
      this.#dueAtMs = this.#tickFrom(Math.max(nowMs, this.#startedAtMs + this.#gapMs));
    } else {
      this.#failures += 1;
      for (const repo of this.#asked) this.#repos.add(repo);
      const { pollIntervalMs: minDelayMs, maxBackoffMs, random } = this.#options;
      const maxDelayMs = Math.max(minDelayMs, maxBackoffMs);
      const delayMs = retryDelayMs(this.#failures, { minDelayMs, maxDelayMs }, random);
      this.#dueAtMs = this.#tickFrom(
        Math.max(nowMs + Math.max(delayMs, failure.retryAfterMs), this.#startedAtMs + this.#gapMs),
      );
    }
    return Math.max(0, this.#dueAtMs - nowMs);
  }

  /** The poll has settled, so that another one may begin. */
  end(nowMs: number): void {
    this.#isPolling = false;
    if (this.#dueAtMs < nowMs) this.#dueAtMs = this.#tickFrom(nowMs);
    if (this.#isWoken) this.wake(nowMs);
  }

  /** Has it polled soon. Where it fails, or has to wait for its server, it stays with the time that it has. */
  wake(nowMs: number, repo?: string): void {
    if (repo !== undefined) this.#repos.add(repo);
    this.#isWoken = true;
    if (this.#isPolling || this.#failures > 0) return;
    this.#dueAtMs = Math.min(this.#dueAtMs, Math.max(nowMs, this.#startedAtMs + this.#gapMs));
  }

  /** Short of the interval: a poll that begins a little late must not make it miss the next tick. */
  get #gapMs(): number {
    return Math.min(LEAST_GAP_MS, this.#options.pollIntervalMs / 2);
  }

  /** The first tick that is not before this time. */
  #tickFrom(ms: number): number {
    const { pollIntervalMs } = this.#options;
    return this.#originMs + Math.ceil((ms - this.#originMs) / pollIntervalMs) * pollIntervalMs;
  }
}
