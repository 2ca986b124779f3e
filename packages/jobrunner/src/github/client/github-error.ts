import { JobrunnerError, type JobrunnerErrorCode, type JobrunnerErrorOptions } from '../../errors.ts';
import { safeText } from '../../safe-text.ts';
import { limitedUntil, type ReplyHeaders } from './rate-headers.ts';

/** What a {@link GitHubError} is made from. */
export interface GitHubErrorOptions extends JobrunnerErrorOptions {
  readonly status?: number | undefined;
  readonly isTimeout?: boolean | undefined;
}

/**
 * What GitHub refused, or did not answer.
 *
 * `code` is `ERR_GITHUB_REFUSED`, `ERR_GITHUB_REQUEST_FAILED`, `ERR_GITHUB_RATE_LIMITED` (with `retryAt`),
 * `ERR_GITHUB_INCOMPLETE` (an answer in part) or `ERR_GITHUB_CHANGED_MEANWHILE`.
 *
 * @example
 * ```ts
 * import { GitHubError } from '@core/jobrunner/github';
 *
 * const why = 'Cannot scan core/site: GitHub answered 502';
 * const error = new GitHubError(why, { code: 'ERR_GITHUB_REQUEST_FAILED', op: 'github.scan', id: 'core/site', status: 502 });
 * assert.deepEqual([error.code, error.id, error.status], ['ERR_GITHUB_REQUEST_FAILED', 'core/site', 502]);
 * ```
 */
export class GitHubError extends JobrunnerError {
  /** Of the answer, where there was one. */
  declare readonly status?: number;
  /** Whether there was none in time. */
  declare readonly isTimeout?: boolean;

  constructor(message: string, options: GitHubErrorOptions) {
    super(message, options);
    const { status, isTimeout } = options;
    if (status !== undefined) this.status = status;
    if (isTimeout !== undefined) this.isTimeout = isTimeout;
  }
}

/** What was asked, for errors. */
export interface Question {
  /** `github.scan`, `github.publish_draft`, … */
  readonly op: string;
  /** `owner/name`, or `owner/name#316`. */
  readonly id: string;
  /** What could not be done: `publish the draft`. */
  readonly what: string;
}

/** What Octokit's errors have in common. */
interface Failure {
  readonly status?: number;
  readonly message?: string;
  readonly cause?: { readonly name?: string };
  readonly response?: { readonly status?: number; readonly headers?: ReplyHeaders; readonly data?: unknown };
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'Give a token that GitHub knows and that has not expired.',
  403: 'Give the token access to this: contents, issues and pull requests (write), checks and commit statuses (read).',
  404: 'See that the name is right and that the token may see the repository; GitHub does not tell one from the other.',
};

/** An error of Octokit as one of ours: without headers, bodies or tokens. One of ours stays as it is. */
export function githubError(error: unknown, question: Question, now: number): GitHubError {
  if (error instanceof GitHubError) return error;
  const failure = (typeof error === 'object' && error !== null ? error : {}) as Failure;
  const until = limitedUntil(failure, now);
  if (until !== undefined) return rateLimited(question, until);
  const status = failure.response?.status;
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 408;
  return errorOf(isRefusal ? 'ERR_GITHUB_REFUSED' : 'ERR_GITHUB_REQUEST_FAILED', question, {
    why: [status === undefined ? '' : `GitHub answered ${String(status)}`, failure.message ?? String(error)],
    hint: HINTS[status ?? 0],
    status,
    isTimeout: failure.cause?.name === 'TimeoutError' ? true : undefined,
    cause: error,
  });
}

/** GitHub wants to be left alone for a while. */
export function rateLimited(question: Question, until: number): GitHubError {
  const retryAt = new Date(until);
  return errorOf('ERR_GITHUB_RATE_LIMITED', question, {
    why: ['the rate limit is used up'],
    hint: `Ask again after ${retryAt.toISOString()}.`,
    retryAt,
  });
}

/** What errors say beside the question. */
export interface Reasons {
  readonly why: readonly string[];
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly retryAt?: Date | undefined;
  readonly status?: number | undefined;
  readonly isTimeout?: boolean | undefined;
}

/** `Cannot publish the draft of core/site#316: GitHub answered 403: …` */
export function errorOf(code: JobrunnerErrorCode, question: Question, reasons: Reasons): GitHubError {
  const { hint, cause, retryAt, status, isTimeout } = reasons;
  const why = reasons.why.filter((text) => text !== '').map((text) => safeText(text));
  return new GitHubError(`Cannot ${question.what} ${question.id}: ${why.join(': ')}`, {
    code,
    op: question.op,
    id: question.id,
    hint,
    ...{ retryAt, status, isTimeout },
    cause: cause === undefined ? undefined : safeCause(cause),
  });
}

/** Octokit's errors hold requests and answers: nothing that belongs into a log. */
function safeCause(cause: unknown): Error {
  const error = new Error(safeText(cause instanceof Error ? cause.message : String(cause)));
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
