import { unlessAborted } from '@core/io';

import { checkGate, closeGate } from './closed-gates.ts';
import type { GitHubClient } from './github-client.ts';
import { githubError, type Question, rateLimited } from './github-error.ts';
import { limitedUntil, type ReplyHeaders } from './rate-headers.ts';

const GRAPHQL = 'POST /graphql';

/** An answer of GitHub. */
export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly data: unknown;
}

/** What one request wants beside its parameters. */
export interface AskOptions {
  readonly question: Question;
  readonly signal?: AbortSignal | undefined;
  /** How often it is asked again after a failure on the way; as the client has it unless it is given. */
  readonly retries?: number | undefined;
}

/** What a query wants beside its text. */
export interface GraphqlOptions extends AskOptions {
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** An error in the answer of a query, and which part of the answer is missing because of it. */
export interface GraphqlFault {
  readonly type: string | undefined;
  readonly message: string;
  readonly path: readonly (number | string)[];
}

/** What a query came to: GitHub may answer in part. */
export interface GraphqlReply {
  readonly data: Readonly<Record<string, unknown>>;
  readonly faults: readonly GraphqlFault[];
  readonly headers: ReplyHeaders;
}

/**
 * Asks the REST API. A 304 is an answer, too.
 *
 * @throws A {@link JobrunnerError} where GitHub refuses or does not answer; the reason of the signal.
 */
export async function askRest(
  client: GitHubClient,
  route: string,
  { question, signal, retries, ...parameters }: AskOptions & Readonly<Record<string, unknown>>,
): Promise<Reply> {
  signal?.throwIfAborted();
  const resource = route === GRAPHQL ? 'graphql' : 'core';
  checkGate(client, resource, question);
  const request = { ...(signal === undefined ? {} : { signal }), ...(retries === undefined ? {} : { retries }) };
  try {
    return await unlessAborted<Reply>(client.request(route, { ...parameters, request }), signal);
  } catch (error) {
    signal?.throwIfAborted();
    const { status, response } = error as { status?: number; response?: Reply };
    if (status === 304) return { status, headers: response?.headers ?? {}, data: undefined };
    const failure = githubError(error, question, Date.now());
    closeGate(client, resource, failure);
    throw failure;
  }
}

/**
 * Sends a query or a mutation, also where the API of GitHub Enterprise Server has its own address for it.
 *
 * @throws As `askRest`; not for errors in an answer, but for a used up limit.
 */
export async function askGraphql(client: GitHubClient, query: string, options: GraphqlOptions): Promise<GraphqlReply> {
  const { baseUrl } = client.request.endpoint.DEFAULTS;
  const url = baseUrl.replace(/\/api\/v3\/?$/, '/api');
  const reply = await askRest(client, GRAPHQL, { ...options, baseUrl: url, query });
  const { status, headers, data } = reply;
  const until = limitedUntil({ response: { status, headers, data } }, Date.now());
  if (until !== undefined) {
    const failure = rateLimited(options.question, until);
    closeGate(client, 'graphql', failure);
    throw failure;
  }
  const answer: { data?: unknown; errors?: unknown } = typeof data === 'object' && data !== null ? data : {};
  const { data: content, errors } = answer;
  const faults = Array.isArray(errors) ? errors.map(faultOf) : [];
  if (typeof content === 'object' && content !== null) {
    return { data: content as Record<string, unknown>, faults, headers };
  }
  const missing = { type: undefined, message: 'the answer has no data', path: [] };
  return { data: {}, faults: faults.length > 0 ? faults : [missing], headers };
}

function faultOf(error: unknown): GraphqlFault {
  const { type, message, path, extensions } = (error ?? {}) as Record<string, unknown>;
  const { type: extended, code } = (extensions ?? {}) as Record<string, unknown>;
  const kind = [type, extended, code].find((word) => typeof word === 'string');
  return {
    type: kind,
    message: typeof message === 'string' ? message : 'an error without a message',
    path: Array.isArray(path) ? path.filter((step) => typeof step === 'string' || typeof step === 'number') : [],
  };
}
