import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

import { type CancelOptions, onAbort } from '@core/io';

import { checkNumber, LONGEST_MS } from '../check.ts';

/** How long one question may take. */
export interface ProbeOptions extends CancelOptions {
  /** 5,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
}

/** What came of asking an address. */
export interface HealthProbe {
  /** It was answered with a status from 200 to 299. */
  readonly ok: boolean;
  /** `undefined` where there was no answer. */
  readonly status: number | undefined;
  /** The beginning of the answer, 65,536 bytes at most. */
  readonly body: string;
  /** Why there was no answer. */
  readonly error: Error | undefined;
}

const LONGEST_BODY_BYTES = 65_536;

/**
 * Asks an address once. One without a path is asked for `/health`. Redirections are not followed.
 *
 * Rejects only with the reason of the signal, and for misuse: that nobody answers is an answer. No connection is left.
 *
 * @example
 * ```ts
 * import { HealthServer, probeHealth } from '@core/process/daemon';
 *
 * await using server = new HealthServer();
 * await server.start();
 * const { ok, status, body } = await probeHealth(server.url);
 * assert.deepEqual([ok, status, JSON.parse(body).status], [true, 200, 'ok']);
 *
 * await server.close();
 * const { error } = await probeHealth(server.url);
 * assert.equal(error.code, 'ECONNREFUSED');
 * ```
 */
export function probeHealth(url: string | URL, options?: ProbeOptions): Promise<HealthProbe> {
  return probe(addressOf(url, '/health'), options);
}

/** Asks this very address once. */
export async function probe(url: URL, { timeoutMs = 5_000, signal }: ProbeOptions = {}): Promise<HealthProbe> {
  checkNumber('timeoutMs', timeoutMs, 1, LONGEST_MS);
  signal?.throwIfAborted();
  const result = await ask(url, timeoutMs, signal);
  signal?.throwIfAborted();
  return result;
}

/** The address to ask: the given one, with this path where it has none. */
export function addressOf(url: string | URL, path: string): URL {
  const address = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (address?.protocol !== 'http:' && address?.protocol !== 'https:') {
    throw new TypeError(`url must be an address such as "http://127.0.0.1:8080", not ${JSON.stringify(String(url))}`);
  }
  if (address.pathname === '/') address.pathname = path;
  return address;
}

function ask(url: URL, timeoutMs: number, signal: AbortSignal | undefined): Promise<HealthProbe> {
  return new Promise((resolve) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    // a connection of its own: nothing of it is kept in a pool
    const request = get(url, { agent: false, headers: { accept: 'application/json', connection: 'close' } });
    const end = (result: HealthProbe): void => {
      clearTimeout(timer);
      forget();
      request.destroy();
      resolve(result);
    };
    const fail = (error: Error): void => {
      end({ ok: false, status: undefined, body: '', error });
    };
    const timer = setTimeout(() => {
      fail(new Error(`there was no answer within ${String(timeoutMs)} ms`));
    }, timeoutMs);
    const forget = onAbort(signal, () => {
      fail(new Error('it was given up'));
    });
    request.on('error', fail);
    request.on('response', (response) => {
      read(response, (body) => {
        const { statusCode: status = 0 } = response;
        end({ ok: status >= 200 && status < 300, status, body, error: undefined });
      });
    });
  });
}

/** The beginning of a body, also of one that breaks off. */
function read(response: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    done(Buffer.concat(chunks).subarray(0, LONGEST_BODY_BYTES).toString());
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= LONGEST_BODY_BYTES) finish();
  });
  response.on('end', finish);
  response.on('error', finish);
}
