import { errorAnswer, type HttpAnswer, jsonAnswer } from './answer.ts';
import type { FakeFault } from './faults.ts';

const SECONDARY =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. ' +
  'If you reach out to GitHub Support for help, please include the request ID and timestamp.';
const LIMIT_DOCS = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';

/** Too much at once. */
export function secondaryLimitAnswer(status: 403 | 429, retryAfterSeconds: number | undefined): HttpAnswer {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return errorAnswer(status, SECONDARY, headers, `${LIMIT_DOCS}#about-secondary-rate-limits`);
}

/** The hour's points are used up. GraphQL says so with status 200. */
export function primaryLimitAnswer(isGraphql: boolean, login: string | undefined): HttpAnswer {
  const message = `API rate limit exceeded for ${login === undefined ? '127.0.0.1' : `user ${login}`}.`;
  if (isGraphql) return jsonAnswer(200, { errors: [{ type: 'RATE_LIMITED', message }] });
  return errorAnswer(403, message, {}, `${LIMIT_DOCS}#about-primary-rate-limits`);
}

/** The answer of a fault that is one. */
export function statusFaultAnswer(fault: Extract<FakeFault, { kind: 'status' }>): HttpAnswer {
  const { status, message, headers, json } = fault;
  if (json !== undefined) return jsonAnswer(status, json, headers);
  if (status !== 502 && status !== 503 && status !== 504) return errorAnswer(status, message ?? 'Fault', headers);
  // the balancer in front of GitHub speaks no JSON
  const html = `<html><body><h1>${message ?? 'Unicorn! GitHub could not serve this request in time'}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body: html, cost: 0 };
}
