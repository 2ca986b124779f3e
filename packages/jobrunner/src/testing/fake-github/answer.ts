import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What goes out. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined`: no body. */
  readonly body: string | undefined;
  /** What it costs of the primary limit. */
  readonly cost: number;
}

/** An answer with a JSON body, which costs nothing. */
export function jsonAnswer(status: number, json: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const body = json === undefined ? undefined : JSON.stringify(json);
  return { status, headers, body, cost: 0 };
}

/** An answer in GitHub's words for what went wrong. */
export function errorAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  docs: string = 'https://docs.github.com/rest',
): HttpAnswer {
  return jsonAnswer(status, { message, documentation_url: docs, status: String(status) }, headers);
}

/**
 * The answer to a GET with its `etag`, or 304 where the caller has it: that costs nothing.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export function conditional(answer: HttpAnswer, ifNoneMatch: string | undefined): HttpAnswer {
  if (answer.status !== 200 || answer.body === undefined) return answer;
  const hash = createHash('sha256')
    .update(answer.body)
    .update(answer.headers['link'] ?? '');
  const headers = {
    ...answer.headers,
    etag: `W/"${hash.digest('hex')}"`,
    'cache-control': 'private, max-age=60, s-maxage=60',
  };
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!known.includes(headers.etag.slice(2))) return { ...answer, headers };
  return { status: 304, headers, body: undefined, cost: 0 };
}

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Sends an answer; `half` of it where the connection is to break in the middle. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer, half = false): void {
  const bytes = Buffer.from(body ?? '');
  const type = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  const length = status === 204 || status === 304 ? {} : { 'content-length': String(bytes.length) };
  response.writeHead(status, { server: 'github.com', ...type, ...length, ...headers });
  if (!half) response.end(response.req.method === 'HEAD' ? undefined : bytes);
  else response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
}
