import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { checkNumber, LONGEST_MS } from '../check.ts';
import { Connections } from './connections.ts';
import { DaemonError } from './daemon-error.ts';
import { type HealthCheck, type HealthCheckFunction, type HealthCheckReport, NamedCheck } from './health-check.ts';

/** Where a {@link HealthServer} listens, and what it asks before it answers. */
export interface HealthServerOptions {
  /** The name or address that it listens on; `127.0.0.1`, which only this machine reaches, unless it is given. */
  readonly host?: string | undefined;
  /** 0, and so any that is free, unless it is given. */
  readonly port?: number | undefined;
  readonly checks?: Readonly<Record<string, HealthCheck | HealthCheckFunction>> | undefined;
  /** How long a check may take that does not say so itself; 5,000 unless it is given. */
  readonly checkTimeoutMs?: number | undefined;
  /** Whether it is ready from the beginning; not unless it is given. */
  readonly ready?: boolean | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client may cost that is slow, or hostile. */
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
const MOST_CONNECTIONS = 256;
const NOT_FOUND: Answer = { status: 404, body: { status: 'not-found' } };
const NOT_ALLOWED: Answer = { status: 405, body: { status: 'method-not-allowed' }, headers: { allow: 'GET, HEAD' } };

/**
 * Answers, over HTTP, whether a program lives (`/health`) and whether it wants work (`/ready`): 200 or 503, with a JSON
 * body that has a `status` (`ok` or `failed`; `ready` or `not-ready`) and what each check said. GET and HEAD; nothing
 * is to be cached.
 *
 * Checks run when somebody asks, side by side, each once however many ask. It is ready when `setReady(true)` was called
 * and its checks are well. An answer that is under way when it closes is still given.
 *
 * @example
 * ```ts
 * import { HealthServer } from '@core/process/daemon';
 *
 * let isConnected = true;
 * await using server = new HealthServer({ checks: { database: () => isConnected } });
 * await server.start();
 * const health = await fetch(`${server.url}/health`);
 * assert.deepEqual([health.status, (await health.json()).status], [200, 'ok']);
 * assert.equal((await fetch(`${server.url}/ready`)).status, 503);
 * server.setReady(true);
 * assert.equal((await fetch(`${server.url}/ready`)).status, 200);
 *
 * isConnected = false;
 * const failed = await (await fetch(`${server.url}/health`)).json();
 * assert.deepEqual([failed.status, failed.checks.database.error], ['failed', 'it said no']);
 * ```
 */
export class HealthServer implements AsyncDisposable {
  readonly #host: string;
  #port: number;
  readonly #checkTimeoutMs: number;
  readonly #checks = new Map<string, NamedCheck>();
  readonly #server: Server;
  readonly #connections: Connections;
  #isReady: boolean;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws `TypeError` or `RangeError` for a wrong option. */
  constructor({
    host = '127.0.0.1',
    port = 0,
    checks = {},
    checkTimeoutMs = 5_000,
    ready = false,
  }: HealthServerOptions = {}) {
    if (typeof host !== 'string' || host === '') throw new TypeError('host must be a name or an address');
    checkNumber('port', port, 0, 65_535);
    checkNumber('checkTimeoutMs', checkTimeoutMs, 1, LONGEST_MS);
    this.#host = host;
    this.#port = port;
    this.#checkTimeoutMs = checkTimeoutMs;
    this.#isReady = ready;
    this.#server = createServer(LIMITS, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#connections = new Connections(this.#server);
    for (const [name, check] of Object.entries(checks)) this.addCheck(name, check);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** The port that it listens on, or did; before it is started, the one that it was given. */
  get port(): number {
    return this.#port;
  }

  /** Its address for programs of this machine, without a path: `http://127.0.0.1:8080`. */
  get url(): string {
    const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[this.#host] ?? this.#host;
    return `http://${host.includes(':') ? `[${host}]` : host}:${String(this.port)}`;
  }

  /** Whether the program wants work, from now on. */
  setReady(isReady: boolean): void {
    this.#isReady = isReady;
  }

  /** Adds a check, or replaces the one of this name; the function that is returned takes it away. */
  addCheck(name: string, check: HealthCheck | HealthCheckFunction): () => void {
    const added = new NamedCheck(name, check, this.#checkTimeoutMs);
    this.#checks.set(name, added);
    return () => {
      if (this.#checks.get(name) === added) this.#checks.delete(name);
    };
  }

  /**
   * Listens; the second time does nothing more. It holds the program up until `close()`.
   *
   * @throws `ERR_PROCESS_LISTEN_FAILED` where it may not have the port; `ERR_PROCESS_CLOSED`.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /**
   * Gives the answers that are under way, ends all connections, and frees the port. The second time does nothing more.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    if (this.#closing !== undefined) throw this.#refusal('ERR_PROCESS_CLOSED', 'it is closed');
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        reject(this.#refusal('ERR_PROCESS_LISTEN_FAILED', REASONS[cause.code ?? ''] ?? cause.message, cause));
      });
      this.#server.listen({ host: this.#host, port: this.#port }, resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#connections.close();
  }

  #refusal(code: 'ERR_PROCESS_CLOSED' | 'ERR_PROCESS_LISTEN_FAILED', why: string, cause?: Error): DaemonError {
    const hint = cause === undefined ? undefined : 'Give another `port`, or 0 for any that is free.';
    const message = `Cannot serve health on ${this.#host}:${String(this.#port)}: ${why}`;
    return new DaemonError(message, { code, op: 'healthServer.start', url: this.url, hint, cause });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#connections.answering(request, response);
    request.resume(); // a body that nobody asked for
    const { status, body, headers } = await this.#answerTo(request);
    const text = `${JSON.stringify(body)}\n`;
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(this.#connections.isClosing ? { connection: 'close' } : {}),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  async #answerTo({ method, url = '' }: IncomingMessage): Promise<Answer> {
    const [path] = url.split('?', 1);
    if (path !== '/health' && path !== '/ready') return NOT_FOUND;
    if (method !== 'GET' && method !== 'HEAD') return NOT_ALLOWED;
    return path === '/health' ? this.#health() : this.#ready();
  }

  async #health(): Promise<Answer> {
    const { isWell, checks } = await this.#ask('health');
    return { status: isWell ? 200 : 503, body: { status: isWell ? 'ok' : 'failed', checks } };
  }

  async #ready(): Promise<Answer> {
    const { isWell, checks } = this.#isReady ? await this.#ask('ready') : { isWell: false, checks: {} };
    const isReady = isWell && this.#isReady; // it may have been taken back meanwhile
    return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'not-ready', checks } };
  }

  async #ask(what: 'health' | 'ready'): Promise<{ isWell: boolean; checks: Record<string, HealthCheckReport> }> {
    const asked = [...this.#checks.values()].filter((check) => check.affects(what));
    const said = await Promise.all(asked.map(async (check) => [check.name, await check.report()] as const));
    return { isWell: said.every(([, { status }]) => status === 'ok'), checks: Object.fromEntries(said) };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no host of this name',
};
