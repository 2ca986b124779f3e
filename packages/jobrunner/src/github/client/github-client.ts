import { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { throttling, type ThrottlingOptions } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';

import { checkNumber } from './check.ts';
import { isWrite, Pace } from './pace.ts';
import { type Fetch, wholeFetch } from './whole-fetch.ts';

/** What the source and the handlers need of an Octokit: any one will do. */
export type GitHubClient = Pick<Octokit, 'request'>;

/** Who a GitHub App is, and for which of its installations it acts. */
export interface GitHubAppAuth {
  readonly appId: number | string;
  /** PEM, PKCS#8 or PKCS#1. */
  readonly privateKey: string;
  readonly installationId: number;
}

/** What {@link githubClient} is made from. */
export interface GitHubClientOptions {
  /** A token, or a GitHub App; without it GitHub answers 60 requests an hour, and no GraphQL. */
  readonly auth?: string | GitHubAppAuth | undefined;
  /** Address of the REST API; `https://api.github.com` unless it is given, `https://HOST/api/v3` for GitHub Enterprise Server. */
  readonly baseUrl?: string | undefined;
  /** How long one request may take, body included; 30,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
  /** How often what failed on the way (5xx, a cut connection) is asked again; 2 unless it is given. */
  readonly retries?: number | undefined;
  /** The longest wait within a request for a rate limit to pass; what takes longer fails at once. 10,000 unless it is given. */
  readonly maxWaitMs?: number | undefined;
  /** Between the beginnings of two writes, as GitHub asks for; 1,000 unless it is given. */
  readonly writePauseMs?: number | undefined;
  readonly userAgent?: string | undefined;
  /** In the place of the global one. */
  readonly fetch?: Fetch | undefined;
}

/** Asking again does not help, or is somebody else's business: limits are those of the throttling plugin. */
const FINAL_STATUSES = [400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 429, 451];
const LONGEST_MS = 2_147_483_647;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const Client = Octokit.plugin(retry, throttling);

let clients = 0;

/**
 * An Octokit that keeps GitHub's rules: it asks again after what failed on the way, waits out short rate limits
 * (primary and secondary), pauses between writes, gives up on every request after `timeoutMs`, and takes an answer that
 * was cut off for none. It prints nothing.
 *
 * @throws `TypeError` or `RangeError` for a wrong option.
 *
 * @example
 * ```ts
 * import { githubClient } from '@core/jobrunner/github';
 *
 * const client = githubClient({ auth: 'a-token', baseUrl: 'https://github.example.org/api/v3' });
 * assert.equal(client.request.endpoint.DEFAULTS.baseUrl, 'https://github.example.org/api/v3');
 * ```
 */
export function githubClient(options: GitHubClientOptions = {}): Octokit {
  const { timeoutMs = 30_000, retries = 2, maxWaitMs = 10_000, writePauseMs = 1_000 } = options;
  checkNumber('timeoutMs', timeoutMs, 1, LONGEST_MS);
  checkNumber('retries', retries, 0, 10);
  checkNumber('maxWaitMs', maxWaitMs, 0, LONGEST_MS);
  checkNumber('writePauseMs', writePauseMs, 0, LONGEST_MS);
  const client = new Client({
    ...accessOf(options),
    userAgent: options.userAgent ?? '@core/jobrunner',
    log: SILENT,
    request: { fetch: wholeFetch(timeoutMs, options.fetch), log: SILENT },
    retry: { retries, doNotRetry: FINAL_STATUSES },
    throttle: throttleOf(maxWaitMs),
  });
  const pace = new Pace(writePauseMs);
  client.hook.before('request', async (request) => {
    if (isWrite(request)) await pace.turn(request.request.signal);
  });
  return client;
}

/** Where requests go, and as whom. */
function accessOf({ auth, baseUrl }: GitHubClientOptions): Record<string, unknown> {
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) {
    throw new TypeError(`baseUrl must be an address, not ${JSON.stringify(baseUrl)}`);
  }
  const server = baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/+$/, '') };
  if (typeof auth !== 'object') return { ...server, ...(auth === undefined ? {} : { auth }) };
  const { appId, privateKey, installationId } = auth;
  return { ...server, authStrategy: createAppAuth, auth: { appId, privateKey, installationId, log: SILENT } };
}

/** Limits that pass soon are waited for. The pauses between writes are ours: the plugin takes every query for one. */
function throttleOf(maxWaitMs: number): ThrottlingOptions {
  const wait = (retryAfter: number, _request: unknown, _client: unknown, count: number): boolean =>
    count < 2 && retryAfter * 1_000 <= maxWaitMs;
  const unpaced = { key: () => ({ schedule: async (_options: unknown, job: () => Promise<void>) => job() }) };
  const limiter = unpaced as unknown as NonNullable<ThrottlingOptions['write']>;
  clients += 1;
  return {
    id: `core-jobrunner-${String(clients)}`,
    onRateLimit: wait,
    onSecondaryRateLimit: wait,
    ...{ write: limiter, notifications: limiter },
  };
}

function nothing(): void {
  // libraries print nothing
}
