import type { FakeRateLimitOptions } from './rate-limits.ts';
import type { FakeSecondaryLimitOptions } from './secondary-limits.ts';

/** How a {@link FakeGitHub} behaves. */
export interface FakeGitHubOptions {
  /** What time it is, in milliseconds since the epoch; `Date.now` unless it is given. */
  readonly clock?: (() => number) | undefined;
  /** 0, and so any that is free, unless it is given. */
  readonly port?: number | undefined;
  /** Who has which token. Unless it is given, every token is good, and is `viewer`'s. */
  readonly tokens?: Readonly<Record<string, string>> | undefined;
  /** Login of every token where `tokens` is not given; `core-bot` unless it is given. */
  readonly viewer?: string | undefined;
  /**
   * `lazy`, as on GitHub, unless it is given: mergeability is `UNKNOWN` to whoever asks first, and known afterwards.
   * `immediate`: it is known at once.
   */
  readonly mergeability?: 'lazy' | 'immediate' | undefined;
  readonly rateLimits?: FakeRateLimitOptions | undefined;
  /** None unless they are given; `published`: those of GitHub's documentation. */
  readonly secondaryLimits?: 'published' | FakeSecondaryLimitOptions | undefined;
}
