/** Each bucket is so much wider than the one before: what comes out is at most half of that away from the truth. */
const GROWTH = 1.02;

/** Many durations in little room: how long it took in the middle, and at most. */
export class Durations {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #mostMs = 0;

  get mostMs(): number {
    return this.#mostMs;
  }

  add(ms: number): void {
    const bucket = Math.floor(Math.log(ms + 1) / Math.log(GROWTH));
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count += 1;
    this.#mostMs = Math.max(this.#mostMs, ms);
  }

  /** So much of all took no longer; within 1 %. `share` is from 0 to 1. */
  quantileMs(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= wanted) return Math.min(this.#mostMs, Math.round(GROWTH ** (bucket + 0.5) - 1));
    }
    return 0;
  }
}
