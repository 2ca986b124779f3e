import type { JournalLine } from '../journal/journal-entry.ts';
import { Durations } from './durations.ts';

/** What was done by one handler, in one repository, or on one day. */
export interface Tally {
  readonly name: string;
  readonly succeeded: number;
  readonly failed: number;
  /** Not tried any more. */
  readonly deadLettered: number;
  /** Would have been done. */
  readonly dryRuns: number;
  /** Of what was really done, in milliseconds, within 1 %. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly mostMs: number;
}

/** What a journal tells. */
export interface JournalSummary {
  readonly total: Tally;
  /** The first and the last moment; absent where there is no line. */
  readonly from?: string;
  readonly to?: string;
  /** Those with the most actions first. */
  readonly repos: readonly Tally[];
  readonly handlers: readonly Tally[];
  /** By date, the days in between without a line left out. */
  readonly days: readonly Tally[];
  /** The latest first. */
  readonly failures: readonly JournalLine[];
}

/** More failures nobody reads; all of them are counted. */
const MOST_FAILURES = 100;

/**
 * Counts the lines of a journal, in any order, in bounded memory.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { Journal } from '@core/jobrunner';
 * import { summarize } from '@core/jobrunner/report';
 *
 * const journal = await Journal.open({ medium: new MemoryMedium(), baseDir: 'journal' });
 * const { total, days } = await summarize(journal.entries());
 * assert.equal(total.succeeded, 0);
 * assert.deepEqual(days, []);
 * await journal.close();
 * ```
 */
export async function summarize(lines: AsyncIterable<JournalLine>): Promise<JournalSummary> {
  const total = new Counter('');
  const [repos, handlers, days] = [new Counters(), new Counters(), new Counters()];
  let failures: JournalLine[] = [];
  let [from, to]: (string | undefined)[] = [];
  for await (const line of lines) {
    if (line.phase === 'started') continue;
    const counters = [
      total,
      repos.of(line.repo),
      handlers.of(line.handler ?? line.action),
      days.of(line.ts.slice(0, 10)),
    ];
    for (const counter of counters) counter.add(line);
    if (from === undefined || line.ts < from) from = line.ts;
    if (to === undefined || line.ts > to) to = line.ts;
    if (!line.result.success && line.dry_run !== true) failures.push(line);
    if (failures.length > 2 * MOST_FAILURES) failures = latest(failures);
  }
  return {
    total: total.tally(),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    repos: repos.tallies().sort(byActions),
    handlers: handlers.tallies().sort(byActions),
    days: days.tallies().sort((a, b) => order(a.name, b.name)),
    failures: latest(failures),
  };
}

class Counter {
  readonly #name: string;
  readonly #durations = new Durations();
  #succeeded = 0;
  #failed = 0;
  #deadLettered = 0;
  #dryRuns = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add({ phase, result, dry_run: isDry }: JournalLine): void {
    if (isDry === true) this.#dryRuns += 1;
    else if (phase === 'dead_letter') this.#deadLettered += 1;
    else {
      if (result.success) this.#succeeded += 1;
      else this.#failed += 1;
      this.#durations.add(result.duration_ms);
    }
  }

  tally(): Tally {
    const durations = this.#durations;
    return {
      name: this.#name,
      succeeded: this.#succeeded,
      failed: this.#failed,
      deadLettered: this.#deadLettered,
      dryRuns: this.#dryRuns,
      medianMs: durations.quantileMs(0.5),
      p95Ms: durations.quantileMs(0.95),
      mostMs: durations.mostMs,
    };
  }
}

class Counters {
  readonly #counters = new Map<string, Counter>();

  of(name: string): Counter {
    const counter = this.#counters.get(name) ?? new Counter(name);
    this.#counters.set(name, counter);
    return counter;
  }

  tallies(): Tally[] {
    return [...this.#counters.values()].map((counter) => counter.tally());
  }
}

/** How many actions were taken, or would have been. */
export function actionsOf({ succeeded, failed, dryRuns }: Tally): number {
  return succeeded + failed + dryRuns;
}

function latest(failures: readonly JournalLine[]): JournalLine[] {
  return failures.toSorted((a, b) => order(b.ts, a.ts)).slice(0, MOST_FAILURES);
}

function byActions(a: Tally, b: Tally): number {
  return actionsOf(b) - actionsOf(a) || order(a.name, b.name);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
