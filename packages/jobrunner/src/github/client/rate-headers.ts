/** Headers of an answer, in lower case. */
export type ReplyHeaders = Readonly<Record<string, number | string | undefined>>;

/** What GitHub tells of a primary limit. */
export interface RateWindow {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since 1970. */
  readonly resetAt: number;
}

interface LimitedReply {
  readonly message?: string;
  readonly response?: { readonly status?: number; readonly headers?: ReplyHeaders; readonly data?: unknown };
}

/** GitHub has called it by each of these names. */
const LIMIT_TYPES = new Set(['RATE_LIMITED', 'RATE_LIMIT', 'graphql_rate_limit']);
const LIMIT_TEXT = /\brate limit|abuse detection/i;

/** Without any word of GitHub's, it asks for at least a minute. */
const SECONDARY_PAUSE_MS = 60_000;

/** The primary limit that the headers of an answer tell of. */
export function rateWindow(headers: ReplyHeaders): RateWindow | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
    return Number(headers[`x-ratelimit-${name}`] ?? Number.NaN);
  });
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  return [limit, remaining, reset].every(Number.isFinite) ? { limit, remaining, resetAt: reset * 1_000 } : undefined;
}

/**
 * Until when GitHub does not want to be asked, where an answer says so: a primary limit (403, 429, or 200 with an error
 * of GraphQL) or a secondary one.
 *
 * Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function limitedUntil({ message = '', response }: LimitedReply, now: number): number | undefined {
  const { status, headers = {}, data } = response ?? {};
  if (status === undefined) return undefined;
  const isPrimary = headers['x-ratelimit-remaining'] !== undefined && Number(headers['x-ratelimit-remaining']) === 0;
  const retryAt = retryTime(headers['retry-after'], now);
  const isLimit =
    isRateLimitedData(data) ||
    ((status === 403 || status === 429) &&
      (isPrimary || retryAt !== undefined || status === 429 || LIMIT_TEXT.test(message)));
  if (!isLimit) return undefined;
  if (retryAt !== undefined) return retryAt;
  const window = rateWindow(headers);
  const isReset = window !== undefined && (isPrimary || isRateLimitedData(data)) && window.resetAt > now;
  return isReset ? window.resetAt : now + SECONDARY_PAUSE_MS;
}

/** Whether the answer of a query is that a limit is used up: the primary one by its type, a secondary one by its text. */
function isRateLimitedData(data: unknown): boolean {
  const { errors } = (typeof data === 'object' && data !== null ? data : {}) as { errors?: unknown };
  return Array.isArray(errors) && errors.some(isLimitFault);
}

function isLimitFault(error: unknown): boolean {
  const { type, code, path, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (LIMIT_TYPES.has(String(type)) || LIMIT_TYPES.has(String(code))) return true;
  return path === undefined && typeof message === 'string' && LIMIT_TEXT.test(message);
}

/** When to ask again: `retry-after` has seconds, or a date. */
function retryTime(value: number | string | undefined, now: number): number | undefined {
  const seconds = Number(value ?? Number.NaN);
  if (seconds >= 0) return now + seconds * 1_000;
  const date = Date.parse(String(value));
  return Number.isNaN(date) ? undefined : Math.max(date, now);
}
