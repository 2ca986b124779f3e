import type { IncomingMessage } from 'node:http';

import { readBody } from './answer.ts';
import { type GraphqlRequest, loadGraphql, type PreparedGraphql } from './graphql/load.ts';
import type { Viewer } from './viewer.ts';

/** One request on its way to its answer. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly json: unknown;
  readonly isJson: boolean;
  readonly ifNoneMatch: string | undefined;
  readonly hasUserAgent: boolean;
  /** `undefined`: bad credentials. */
  readonly viewer: Viewer | undefined;
  readonly graphql: PreparedGraphql | undefined;
  readonly isWrite: boolean;
}

/** Reads a request to its end. */
export async function readExchange(
  request: IncomingMessage,
  viewerOf: (authorization: string | undefined) => Viewer | undefined,
): Promise<Exchange> {
  const text = await readBody(request);
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://fake');
  const { json, isJson } = parse(text);
  const method = request.method ?? 'GET';
  const isGraphql = path === '/graphql' && method === 'POST';
  const graphql = isGraphql && isJson ? (await loadGraphql()).prepare(json as GraphqlRequest) : undefined;
  const isQuery = isGraphql && graphql?.operation?.type !== 'mutation';
  return {
    method,
    path,
    query,
    json,
    isJson,
    ifNoneMatch: request.headers['if-none-match'],
    hasUserAgent: request.headers['user-agent'] !== undefined,
    viewer: viewerOf(request.headers.authorization),
    graphql,
    isWrite: !isQuery && !['GET', 'HEAD'].includes(method),
  };
}

function parse(text: string): { json: unknown; isJson: boolean } {
  if (text === '') return { json: undefined, isJson: true };
  try {
    return { json: JSON.parse(text) as unknown, isJson: true };
  } catch {
    return { json: undefined, isJson: false };
  }
}
