/** How much the fake lets through, and since when. */
export interface FakeRateLimitOptions {
  /** Requests to REST an hour; 5,000 unless it is given. */
  readonly core?: number | undefined;
  /** Points of GraphQL an hour; 5,000 unless it is given. */
  readonly graphql?: number | undefined;
}

/** The two budgets of a viewer. */
export type FakeRateLimitResource = 'core' | 'graphql';

/** What is left of a budget. */
export interface FakeRateLimitState {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** When it is full again: seconds since the epoch. */
  readonly reset: number;
  readonly resource: FakeRateLimitResource;
}

interface Bucket {
  used: number;
  /** Milliseconds since the epoch. */
  resetAt: number;
}

const HOUR_MS = 3_600_000;
/** What somebody without a token has. */
const ANONYMOUS = 60;

/** The primary limits: so many points an hour for each viewer and API. */
export class RateLimits {
  readonly #limits: Readonly<Record<FakeRateLimitResource, number>>;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor({ core = 5_000, graphql = 5_000 }: FakeRateLimitOptions, clock: () => number) {
    this.#limits = { core, graphql };
    this.#clock = clock;
  }

  state(login: string | undefined, resource: FakeRateLimitResource): FakeRateLimitState {
    const { used, resetAt } = this.#bucket(login, resource);
    const limit = login === undefined ? Math.min(ANONYMOUS, this.#limits[resource]) : this.#limits[resource];
    const remaining = Math.max(0, limit - used);
    return { limit, used: Math.min(used, limit), remaining, reset: Math.ceil(resetAt / 1_000), resource };
  }

  spend(login: string | undefined, resource: FakeRateLimitResource, points: number): void {
    this.#bucket(login, resource).used += points;
  }

  /** Uses all that is left; it comes back after so many seconds. */
  exhaust(login: string | undefined, resource: FakeRateLimitResource, resetInSeconds: number): void {
    const bucket = this.#bucket(login, resource);
    bucket.used = this.#limits[resource];
    bucket.resetAt = this.#clock() + resetInSeconds * 1_000;
  }

  #bucket(login: string | undefined, resource: FakeRateLimitResource): Bucket {
    const key = `${resource} ${login ?? ''}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined || bucket.resetAt <= this.#clock()) {
      bucket = { used: 0, resetAt: this.#clock() + HOUR_MS };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

/** The headers that tell a budget. */
export function rateLimitHeaders({
  limit,
  used,
  remaining,
  reset,
  resource,
}: FakeRateLimitState): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': resource,
  };
}
