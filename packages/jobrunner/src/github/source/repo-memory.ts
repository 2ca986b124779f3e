import type { PipelineSignal } from '../../pipeline-signal.ts';
import type { RepoFacts } from '../scan/facts.ts';
import { PAGE_SIZES, type PageSizes } from '../scan/page-sizes.ts';
import { finishedChildren, signalsOf, unlistedChildren } from '../scan/signals.ts';
import type { TextHome } from '../text/epic-checklist.ts';

/** What a source remembers of a repository between two polls. */
export class RepoMemory {
  readonly home: TextHome;
  /** Of the list of issues, as it was before the scan. */
  etag: string | undefined;
  /** How large pages were that did. */
  sizes: PageSizes = PAGE_SIZES;
  #signals: readonly PipelineSignal[] | undefined;
  #unlisted: readonly number[] = [];
  #unlistedPulls: readonly number[] = [];
  /** Those of the signals: where they are in no list any more, they may have been merged. */
  #pulls: readonly number[] = [];
  /** All that were in the lists, or were asked for. */
  #knownPulls: ReadonlySet<number> = new Set();
  readonly #finished = new Set<number>();
  #scannedAt = Number.NEGATIVE_INFINITY;
  #isStale = true;

  constructor(home: TextHome) {
    this.home = home;
  }

  /** Signals of the last complete scan; `undefined` where the last scan was none. */
  get signals(): readonly PipelineSignal[] | undefined {
    return this.#signals;
  }

  /** Children that the next scan asks for by their numbers along with everything else. */
  get unlisted(): readonly number[] {
    return this.#unlisted;
  }

  /** Pull requests that the next scan asks for in the same way. */
  get unlistedPulls(): readonly number[] {
    return this.#unlistedPulls;
  }

  /** The next poll scans, whatever GitHub says of changes. */
  forget(): void {
    this.#isStale = true;
  }

  /** Whether a scan is due: something may have changed, or something is under way that no list of issues tells of. */
  isDue(now: number, refreshMs: number): boolean {
    return this.#isStale || now - this.#scannedAt >= refreshMs || (this.#signals ?? []).some(isUnderWay);
  }

  /** Children that lists say nothing of and that nobody has asked for. */
  missing(facts: RepoFacts): number[] {
    return this.#unlistedOf(facts).filter((number) => !facts.children.has(number));
  }

  /** Pull requests that were told of, and that this scan says nothing of. */
  missingPulls({ pulls, children }: RepoFacts): number[] {
    const linked = [...children.values()].flatMap((child) => child?.pulls ?? []);
    const met = new Set([...pulls, ...linked].map(({ number }) => number));
    return this.#pulls.filter((number) => !met.has(number));
  }

  /**
   * The oldest child whose pull request may have been merged without a list that tells of it, as far as the lists are
   * new from end to end: in the first scan, and after a great many merges.
   */
  oldestMissed(facts: RepoFacts): number | undefined {
    const { pulls, children } = facts;
    if (pulls.some(({ number, state }) => state === 'MERGED' && this.#knownPulls.has(number))) return undefined;
    const open = this.#unlistedOf(facts).filter((number) => {
      return !children.has(number) || children.get(number)?.pulls.length === 0;
    });
    return open.length === 0 ? undefined : Math.min(...open);
  }

  /** A scan was complete. */
  keep(facts: RepoFacts, now: number): void {
    for (const number of finishedChildren(facts, this.home)) this.#finished.add(number);
    this.#unlisted = this.#unlistedOf(facts);
    this.#signals = signalsOf(facts, this.home);
    this.#pulls = [...new Set(this.#signals.map(({ prNumber }) => prNumber))].filter((number) => number > 0);
    this.#unlistedPulls = this.#pulls.filter((number) => facts.unlistedPulls.has(number));
    this.#knownPulls = new Set(facts.pulls.map(({ number }) => number));
    this.#scannedAt = now;
    this.#isStale = false;
  }

  /** A scan was not: nothing is known any more that could be acted on. */
  drop(): void {
    this.#signals = undefined;
    this.#isStale = true;
  }

  /** What is finished is not asked for again, unless a list says that it was opened again. */
  #unlistedOf(facts: RepoFacts): number[] {
    return unlistedChildren(facts, this.home).filter((number) => {
      return !this.#finished.has(number) || facts.states.get(number) === 'OPEN';
    });
  }
}

/** Checks and mergeability come to an end without a change of the pull request. */
function isUnderWay({ prState, mergeable, checkStatus }: PipelineSignal): boolean {
  return prState === 'OPEN' && (mergeable === 'UNKNOWN' || checkStatus === 'PENDING');
}
