/**
 * How much at once is too much.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export interface FakeSecondaryLimitOptions {
  /** Requests that are under way at once. */
  readonly concurrent?: number | undefined;
  /** Points a minute of REST: a GET is 1, a write is 5. */
  readonly restPointsPerMinute?: number | undefined;
  /** Points a minute of GraphQL: a query is 1, a mutation is 5. */
  readonly graphqlPointsPerMinute?: number | undefined;
  /** Writes a minute. */
  readonly writesPerMinute?: number | undefined;
}

/** What GitHub publishes. */
export const PUBLISHED_SECONDARY_LIMITS: Required<FakeSecondaryLimitOptions> = {
  concurrent: 100,
  restPointsPerMinute: 900,
  graphqlPointsPerMinute: 2_000,
  writesPerMinute: 80,
};

const MINUTE_MS = 60_000;
const WRITE_POINTS = 5;

interface Arrival {
  readonly at: number;
  readonly isGraphql: boolean;
  readonly isWrite: boolean;
}

/** Counts what comes in within a minute, and what is under way. */
export class SecondaryLimits {
  readonly #limits: FakeSecondaryLimitOptions;
  readonly #clock: () => number;
  #arrivals: readonly Arrival[] = [];
  #underWay = 0;

  constructor(limits: FakeSecondaryLimitOptions, clock: () => number) {
    this.#limits = limits;
    this.#clock = clock;
  }

  enter(): void {
    this.#underWay++;
  }

  leave(): void {
    this.#underWay--;
  }

  /** After how many seconds to come again; `undefined`: it may pass. What may not pass counts, too. */
  check(isGraphql: boolean, isWrite: boolean): number | undefined {
    const now = this.#clock();
    const recent = this.#arrivals.filter(({ at }) => at > now - MINUTE_MS);
    this.#arrivals = [...recent, { at: now, isGraphql, isWrite }];
    return this.#isTooMuch(isGraphql) ? 60 : undefined;
  }

  #isTooMuch(isGraphql: boolean): boolean {
    const { concurrent = Infinity, writesPerMinute = Infinity } = this.#limits;
    const { restPointsPerMinute = Infinity, graphqlPointsPerMinute = Infinity } = this.#limits;
    const ofApi = this.#arrivals.filter((arrival) => arrival.isGraphql === isGraphql);
    const points = ofApi.reduce((sum, { isWrite }) => sum + (isWrite ? WRITE_POINTS : 1), 0);
    return (
      this.#underWay > concurrent ||
      points > (isGraphql ? graphqlPointsPerMinute : restPointsPerMinute) ||
      this.#arrivals.filter(({ isWrite }) => isWrite).length > writesPerMinute
    );
  }
}
