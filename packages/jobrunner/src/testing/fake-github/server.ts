import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { errorAnswer, type HttpAnswer, sendAnswer } from './answer.ts';
import { type ApiParts, GitHubApi } from './api.ts';
import { type Exchange, readExchange } from './exchange.ts';
import { secondaryLimitAnswer, statusFaultAnswer } from './fault-answers.ts';
import type { FakeFault, FaultPlan } from './faults.ts';
import type { FakeGitHubRequest } from './request-log.ts';

/** What the server shows, and whom it tells. */
export interface ServerParts extends ApiParts {
  readonly faults: FaultPlan;
  log(request: FakeGitHubRequest): void;
}

/** The HTTP server of a fake GitHub, on loopback. */
export class FakeServer {
  readonly #parts: ServerParts;
  readonly #api: GitHubApi;
  readonly #server: Server;
  /** Ends the waiting of each request that is held. */
  readonly #held = new Set<() => void>();
  #isClosed = false;
  #starting: Promise<void> | undefined;
  #ids = 0;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#api = new GitHubApi(parts);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        const message = `The fake GitHub has failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
        if (response.headersSent || response.destroyed) response.destroy();
        else sendAnswer(response, errorAnswer(500, message));
      });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo | null;
    if (address === null) throw new Error('The fake GitHub does not listen: call start() first');
    return `http://127.0.0.1:${String(address.port)}`;
  }

  start(port: number): Promise<void> {
    this.#starting ??= (async () => {
      this.#server.listen(port, '127.0.0.1');
      await once(this.#server, 'listening');
    })();
    return this.#starting;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const end of this.#held) end();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { secondary, faults, world } = this.#parts;
    secondary.enter();
    try {
      const exchange = await readExchange(request, (authorization) => this.#api.viewerOf(authorization));
      const graphql = exchange.graphql?.operation;
      const fault = faults.strike({ method: exchange.method, path: exchange.path, graphql });
      const answer = await this.#answer(exchange, fault, response);
      world.lookAtMergeability();
      this.#log(exchange, answer, fault);
      this.#send(response, exchange, answer, fault);
    } finally {
      secondary.leave();
    }
  }

  /** What the fault makes of the answer; `undefined` where nothing goes out. */
  async #answer(
    exchange: Exchange,
    fault: FakeFault | undefined,
    response: ServerResponse,
  ): Promise<HttpAnswer | undefined> {
    if (fault === undefined || fault.kind === 'partial') return this.#api.answer(exchange, this.url, fault);
    if (fault.kind === 'secondary-limit') return secondaryLimitAnswer(fault.status ?? 403, fault.retryAfterSeconds);
    if (fault.kind === 'primary-limit') return this.#api.exhaust(exchange, fault.resetInSeconds ?? 60);
    const done = fault.afterwards === true || isHalf(fault) ? this.#api.answer(exchange, this.url) : undefined;
    if (fault.kind === 'status') return statusFaultAnswer(fault);
    if (fault.kind === 'cut') return fault.where === 'middle' ? done : undefined;
    if (fault.kind === 'delay') await Promise.race([fault.until, this.#gone(response)]);
    else await this.#gone(response);
    return fault.kind === 'hang' || response.destroyed ? undefined : (done ?? this.#api.answer(exchange, this.url));
  }

  /** Resolves when nobody waits for the answer any more. */
  async #gone(response: ServerResponse): Promise<void> {
    if (response.destroyed || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#held.delete(end);
        resolve();
      };
      this.#held.add(end);
      response.once('close', end);
    });
  }

  #log(exchange: Exchange, answer: HttpAnswer | undefined, fault: FakeFault | undefined): void {
    const { method, path, query, json, ifNoneMatch, isWrite, viewer, graphql } = exchange;
    this.#parts.log({
      method,
      path,
      query: query.toString(),
      body: json,
      status: answer?.status,
      isConditional: ifNoneMatch !== undefined,
      isWrite,
      auth: viewer?.auth ?? 'none',
      login: viewer?.login,
      cost: answer?.cost ?? 0,
      graphql: graphql?.operation,
      fault: fault?.kind,
    });
  }

  #send(
    response: ServerResponse,
    exchange: Exchange,
    answer: HttpAnswer | undefined,
    fault: FakeFault | undefined,
  ): void {
    if (answer === undefined) {
      response.socket?.destroy();
      return;
    }
    const id = (++this.#ids).toString(16).padStart(8, '0').toUpperCase();
    const headers = { 'x-github-request-id': `FAKE:${id}`, ...this.#api.budgetHeaders(exchange), ...answer.headers };
    sendAnswer(response, { ...answer, headers }, isHalf(fault));
  }
}

/** Whether the connection breaks in the middle of the answer. */
function isHalf(fault: FakeFault | undefined): boolean {
  return fault?.kind === 'cut' && fault.where === 'middle';
}
