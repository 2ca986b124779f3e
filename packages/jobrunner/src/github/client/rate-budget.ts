import type { RateResource } from './closed-gates.ts';
import { type Question, rateLimited } from './github-error.ts';
import { type RateWindow, rateWindow, type ReplyHeaders } from './rate-headers.ts';

/** One window of a primary limit, and what of it we have used. */
interface Window extends RateWindow {
  readonly spent: number;
}

/**
 * What may still be asked: a share of the primary limit, whoever else uses the rest of it. Below half of the share, what
 * is left is spread over what is left of the hour.
 */
export class RateBudget {
  readonly #share: number;
  readonly #now: () => number;
  readonly #windows = new Map<RateResource, Window>();
  #lastScanAt: number | undefined;

  /** @param share - Greater than 0, at most 1. */
  constructor(share: number, now: () => number) {
    this.#share = share;
    this.#now = now;
  }

  /** Learns from the headers of an answer that cost so much. */
  spend(resource: RateResource, cost: number, headers: ReplyHeaders): void {
    const seen = rateWindow(headers);
    const known = this.#window(resource);
    if (seen === undefined && known === undefined) return;
    const spent = (known?.spent ?? 0) + cost;
    // a window is over when its time is: an answer's own idea of the end may move
    const resetAt = known?.resetAt ?? seen?.resetAt ?? 0;
    this.#windows.set(resource, { ...(known ?? { limit: 0, remaining: 0 }), ...seen, resetAt, spent });
  }

  /** @throws `ERR_GITHUB_RATE_LIMITED` where it may not be spent now. */
  check(resource: RateResource, cost: number, question: Question): void {
    const window = this.#window(resource);
    if (window !== undefined && cost > this.#left(window)) throw rateLimited(question, window.resetAt);
  }

  /** Whether a scan of this cost is due, as what is left is spread. */
  isTimely(cost: number): boolean {
    const window = this.#window('graphql');
    if (window === undefined || this.#lastScanAt === undefined) return true;
    const left = this.#left(window);
    if (left >= (window.limit * this.#share) / 2) return true;
    const gapMs = ((window.resetAt - this.#lastScanAt) * cost) / Math.max(left, 1);
    return this.#now() - this.#lastScanAt >= gapMs;
  }

  /** A scan begins. */
  scanned(): void {
    this.#lastScanAt = this.#now();
  }

  #window(resource: RateResource): Window | undefined {
    const window = this.#windows.get(resource);
    return window !== undefined && window.resetAt > this.#now() ? window : undefined;
  }

  #left({ limit, remaining, spent }: Window): number {
    return Math.min(limit * this.#share - spent, remaining);
  }
}
