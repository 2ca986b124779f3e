import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import { answerGraphql, type GraphqlRoom } from './graphql.ts';
import { answerRest, type ForeignAnswer, type ForeignRequest } from './rest.ts';
import { ForeignWorld } from './world.ts';

/** Where GitHub's documentation and HTTP leave room, this is what the server does. */
export interface Room extends GraphqlRoom {
  /** `weak` unless it is given. */
  readonly etag?: 'none' | 'strong' | 'weak' | undefined;
  /** It knows no 304, and its ETags are weak in every other answer. */
  readonly knowsNoConditions?: boolean | undefined;
  readonly encoding?: 'bom' | 'bytes' | 'gzip' | 'plain' | undefined;
  readonly contentType?: string | undefined;
  /** Every answer is the last of its connection. */
  readonly closes?: boolean | undefined;
  /** A connection breaks when it is used for the third time. */
  readonly breaks?: boolean | undefined;
  /** Before the path of every address: `/api/v3`. GraphQL is at `/api/graphql` then. */
  readonly prefix?: string | undefined;
}

/** A request in one line, and the status of its answer. */
type Line = `${string} ${string} ${string}`;

/** A GitHub from another reading of its documentation. It shares no code with the package's own fake. */
export class ForeignServer implements AsyncDisposable {
  readonly world: ForeignWorld = new ForeignWorld();
  /** Requests, in their order. */
  readonly lines: Line[] = [];
  room: Room;
  readonly #uses = new WeakMap<Socket, number>();
  /** Answers in the place of the real one, where it returns something. */
  instead: (request: ForeignRequest) => ForeignAnswer | undefined = () => undefined;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  constructor(room: Room = {}) {
    this.room = room;
  }

  /** Address of the REST API. */
  get url(): string {
    return `${this.#origin}${this.room.prefix ?? ''}`;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  get #origin(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const uses = (this.#uses.get(request.socket) ?? 0) + 1;
    this.#uses.set(request.socket, uses);
    if (this.room.breaks === true && uses === 3) return void request.socket.destroy();
    const text = Buffer.concat(await request.toArray()).toString();
    const { method = 'GET', headers } = request;
    const url = new URL(request.url ?? '/', this.#origin);
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const asked: ForeignRequest = { method, url, body };
    const answer = this.instead(asked) ?? this.#answer(asked);
    const etag = this.#etagOf(answer, method);
    const isKnown = etag !== undefined && headers['if-none-match'] === etag && this.room.knowsNoConditions !== true;
    const status = isKnown ? 304 : answer.status;
    this.lines.push(`${method} ${url.pathname} ${String(status)}`);
    const fields = { ...answer.headers, ...(etag === undefined ? {} : { ETAG: etag }) };
    await this.#send(response, { status, headers: fields, data: isKnown ? undefined : answer.data });
  }

  #answer(asked: ForeignRequest): ForeignAnswer {
    const { prefix } = this.room;
    const { pathname } = asked.url;
    if (pathname === (prefix === undefined ? '/graphql' : prefix.replace(/\/v3$/, '/graphql'))) {
      const { query, variables } = asked.body as { query: string; variables?: Record<string, unknown> | undefined };
      return { status: 200, data: answerGraphql(this.world, this.room, { query, variables }) };
    }
    if (prefix === undefined) return answerRest(this.world, asked);
    if (!pathname.startsWith(`${prefix}/`)) return { status: 404, data: { message: 'Not Found' } };
    const url = new URL(asked.url);
    url.pathname = pathname.slice(prefix.length);
    return answerRest(this.world, { ...asked, url });
  }

  #etagOf({ status, data }: ForeignAnswer, method: string): string | undefined {
    const { knowsNoConditions, etag = knowsNoConditions === true && this.lines.length % 2 === 0 ? 'strong' : 'weak' } =
      this.room;
    if (etag === 'none' || method !== 'GET' || status !== 200) return undefined;
    const sum = createHash('md5').update(JSON.stringify(data)).digest('hex');
    return etag === 'weak' ? `W/"${sum}"` : `"${sum}"`;
  }

  async #send(response: ServerResponse, { status, headers, data }: ForeignAnswer): Promise<void> {
    const { encoding = 'plain', contentType = 'application/json', closes } = this.room;
    const text = data === undefined ? '' : JSON.stringify(data);
    const plain = Buffer.from(encoding === 'bom' && text !== '' ? `\uFEFF${text}` : text);
    const body = encoding === 'gzip' && text !== '' ? gzipSync(plain) : plain;
    const type = contentType === '' || text === '' ? {} : { 'Content-Type': contentType };
    const packed = body === plain ? {} : { 'Content-Encoding': 'gzip' };
    response.writeHead(status, { ...headers, ...type, ...packed, ...(closes === true ? { Connection: 'close' } : {}) });
    if (encoding !== 'bytes') return void response.end(body);
    for (const byte of body.subarray(0, 50)) {
      response.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end(body.subarray(50));
  }
}
