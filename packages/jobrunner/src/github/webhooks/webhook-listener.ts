import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { JobrunnerError } from '../../errors.ts';
import { checkNumber } from '../client/check.ts';
import { webhookHandler, type WebhookOptions } from './webhook-handler.ts';

/** What a {@link WebhookListener} is made from. */
export interface WebhookListenerOptions extends WebhookOptions {
  /** 127.0.0.1 unless it is given: for a proxy that speaks TLS. */
  readonly host?: string | undefined;
  /** One that is free unless it is given. */
  readonly port?: number | undefined;
}

/** Nobody needs longer for a delivery. */
const LIMITS = { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 16_384 };

/**
 * A server for GitHub's webhooks, and nothing else: see {@link webhookHandler}.
 *
 * @example
 * ```ts
 * import { WebhookListener } from '@core/jobrunner/github';
 *
 * const woken: string[] = [];
 * const listener = new WebhookListener({ secret: 'a-long-secret', onWake: (repo) => woken.push(repo) });
 * await listener.start();
 * const forged = await fetch(listener.url, { method: 'POST', body: '{}' });
 * assert.deepEqual([forged.status, woken], [401, []]);
 * await listener.close();
 * ```
 */
export class WebhookListener implements AsyncDisposable {
  readonly #server: Server;
  readonly #host: string;
  #port: number;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws `TypeError` or `RangeError` for a wrong option. */
  constructor({ host = '127.0.0.1', port = 0, ...options }: WebhookListenerOptions) {
    if (typeof host !== 'string' || host === '') throw new TypeError('host must be a name or an address');
    checkNumber('port', port, 0, 65_535);
    this.#host = host;
    this.#port = port;
    this.#server = createServer(LIMITS, webhookHandler(options));
  }

  /** Its address: what GitHub, or the proxy, posts to. */
  get url(): string {
    return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${String(this.#port)}/`;
  }

  /**
   * Listens; the second time does nothing more.
   *
   * @throws `ERR_GITHUB_LISTEN_FAILED` where it may not have the port.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Ends all connections, and frees the port. The second time does nothing more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => {
        const message = `Cannot listen for webhooks on ${this.#host}:${String(this.#port)}: ${cause.message}`;
        const hint = 'Give another `port`, or 0 for any that is free.';
        reject(new JobrunnerError(message, { code: 'ERR_GITHUB_LISTEN_FAILED', op: 'github.webhooks', hint, cause }));
      });
      this.#server.listen({ host: this.#host, port: this.#port }, resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }
}
