import { onAbort } from '@core/io';

/** The part of the standard's `fetch` that Octokit uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

// eslint-disable-next-line n/no-unsupported-features/node-builtins -- experimental in name only since Node 18
const anyFetch: Fetch = (url, init) => globalThis.fetch(url, init);

/** Answers that have no body; `new Response` refuses one. */
const BODILESS = new Set([101, 204, 205, 304]);

/** `application/vnd.github+json` is JSON, too. */
const JSON_TYPE = /^application\/[\w.-]+\+json\b/i;

/** Octokit passes an error of this name on as it is: it asks again after every other. */
class AbortError extends Error {
  override readonly name = 'AbortError';
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * A `fetch` that reads the answer to its end, all within one time: an answer that is cut off or never ends is an error
 * and never half an answer. The caller's abort ends it.
 */
export function wholeFetch(timeoutMs: number, fetch: Fetch = anyFetch): Fetch {
  return async (url, init) => {
    const given = init.signal ?? undefined;
    const late = new TimeoutError(`there was no answer within ${String(timeoutMs)} ms`);
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort(late);
    }, timeoutMs);
    const forget = onAbort(given, () => {
      controller.abort(given?.reason);
    });
    try {
      if (given?.aborted === true) throw new AbortError();
      return await wholeAnswer(await fetch(url, { ...init, signal: controller.signal }));
    } catch (error) {
      if (given?.aborted === true) throw new AbortError('the request was given up', { cause: given.reason });
      throw controller.signal.aborted ? late : error;
    } finally {
      clearTimeout(timer);
      forget();
    }
  };
}

async function wholeAnswer(response: Response): Promise<Response> {
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  const body = await response.arrayBuffer();
  const type = headers.get('content-type') ?? '';
  // Octokit reads nothing but application/json, whatever it was that it asked for
  if (type === '' || JSON_TYPE.test(type)) headers.set('content-type', 'application/json; charset=utf-8');
  return new Response(BODILESS.has(status) ? null : body, { status, statusText, headers });
}
