import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';

import { describe, expect, it, jest } from '@jest/globals';

import { type HealthCheckFunction, HealthServer, type HealthServerOptions } from '../../src/daemon/index.ts';

jest.setTimeout(60_000);

interface Answered {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly body: { readonly status?: string; readonly checks?: Record<string, { status: string; error?: string }> };
}

async function started(options?: HealthServerOptions): Promise<HealthServer> {
  const server = new HealthServer(options);
  await server.start();
  return server;
}

/** A question as it goes over the wire. */
const WHOLE = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';

/** One question on a connection of its own. */
async function ask(server: HealthServer, path: string, method = 'GET'): Promise<Answered> {
  const asked = request(server.url, { path, method, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = (text === '' ? {} : JSON.parse(text)) as Answered['body'];
  return { status: response.statusCode, headers: response.headers, text, body };
}

const brief = async (server: HealthServer, path: string): Promise<unknown[]> => {
  const { status, body } = await ask(server, path);
  return [status, body.status];
};

/** A connection that says these words and then nothing, once the server has them. */
async function caller(server: HealthServer, words: string): Promise<Socket> {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (words !== '') await new Promise((resolve) => socket.write(words, resolve));
  return socket;
}

/** Something that a check can wait for, and that says when it is waited for. */
function held(): { check: HealthCheckFunction; asked: Promise<void>; release: () => void; calls: () => number } {
  let calls = 0;
  let release = (): void => undefined;
  let arrive = (): void => undefined;
  const open = new Promise<void>((resolve) => (release = resolve));
  const asked = new Promise<void>((resolve) => (arrive = resolve));
  const check = async (): Promise<void> => {
    calls += 1;
    arrive();
    await open;
  };
  return { check, asked, release, calls: () => calls };
}

describe('Good', () => {
  it('HealthServer listens on loopback, on a port that was free, and says so', async () => {
    await using server = await started();
    expect(server.port).toBeGreaterThan(0);
    expect(server.url).toBe(`http://127.0.0.1:${String(server.port)}`);
    await using six = await started({ host: '::1' });
    expect(six.url).toBe(`http://[::1]:${String(six.port)}`);
    expect(await brief(six, '/health')).toEqual([200, 'ok']);
    await using all = await started({ host: '0.0.0.0' });
    expect(await brief(all, '/health')).toEqual([200, 'ok']);
  });

  it('HealthServer answers in JSON that nobody is to keep', async () => {
    await using server = await started();
    const { headers, text } = await ask(server, '/health?from=probe');
    expect(text).toBe('{"status":"ok","checks":{}}\n');
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  });

  it('HealthServer.setReady decides what /ready says, and /health does not care', async () => {
    await using server = await started();
    const both = async (): Promise<unknown[]> => [await brief(server, '/ready'), await brief(server, '/health')];
    expect([await both(), server.isReady]).toEqual([
      [
        [503, 'not-ready'],
        [200, 'ok'],
      ],
      false,
    ]);
    server.setReady(true);
    expect([await both(), server.isReady]).toEqual([
      [
        [200, 'ready'],
        [200, 'ok'],
      ],
      true,
    ]);
    server.setReady(false);
    expect(await both()).toEqual([
      [503, 'not-ready'],
      [200, 'ok'],
    ]);
    await using ready = await started({ ready: true });
    expect(await brief(ready, '/ready')).toEqual([200, 'ready']);
  });

  it('HealthServer answers HEAD as GET, without the body', async () => {
    await using server = await started();
    const [get, head] = [await ask(server, '/health'), await ask(server, '/health', 'HEAD')];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(get.text.length)]);
    expect((await ask(server, '/ready', 'HEAD')).status).toBe(503);
  });

  it('HealthServer tells what each check said, and where it counts', async () => {
    await using server = await started({
      ready: true,
      checks: {
        well: () => undefined,
        no: () => false,
        queue: { check: () => Promise.reject(new Error('the queue is full')), affects: 'ready' },
        disk: {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as careless programs do
          check: () => Promise.reject('raw'),
          affects: 'health',
        },
      },
    });
    const { status, body } = await ask(server, '/health');
    expect([status, body.status, Object.keys(body.checks ?? {})]).toEqual([503, 'failed', ['well', 'no', 'disk']]);
    const { checks } = (await ask(server, '/ready')).body;
    expect(checks).toMatchObject({ well: { status: 'ok' }, no: { status: 'failed', error: 'it said no' } });
    expect(checks?.['queue']).toEqual({
      status: 'failed',
      error: 'the queue is full',
      duration_ms: expect.any(Number),
    });
    expect([body.checks?.['disk']?.error, checks?.['disk']]).toEqual(['raw', undefined]);
  });

  it('HealthServer.addCheck adds, replaces and takes away', async () => {
    await using server = await started();
    const removeFirst = server.addCheck('disk', () => false);
    expect(await brief(server, '/health')).toEqual([503, 'failed']);
    const removeSecond = server.addCheck('disk', () => true);
    removeFirst();
    expect((await ask(server, '/health')).body.checks).toMatchObject({ disk: { status: 'ok' } });
    removeSecond();
    expect((await ask(server, '/health')).body.checks).toEqual({});
  });

  it('HealthServer.start and close do nothing more the second time', async () => {
    const server = new HealthServer();
    await Promise.all([server.start(), server.start()]);
    await Promise.all([server.close(), server.close(), server[Symbol.asyncDispose]()]);
    await new HealthServer().close();
  });
});

describe('Bad', () => {
  it('HealthServer.start refuses a port that it cannot have', async () => {
    await using first = await started();
    await expect(new HealthServer({ port: first.port }).start()).rejects.toMatchObject({
      code: 'ERR_PROCESS_LISTEN_FAILED',
      op: 'healthServer.start',
      message: `Cannot serve health on 127.0.0.1:${String(first.port)}: something listens there already`,
      hint: 'Give another `port`, or 0 for any that is free.',
      url: first.url,
      cause: expect.objectContaining({ code: 'EADDRINUSE' }) as unknown,
    });
    await expect(new HealthServer({ host: '192.0.2.1' }).start()).rejects.toThrow('this machine has no such address');
  });

  it('HealthServer.start refuses after close', async () => {
    const server = new HealthServer();
    await server.close();
    await expect(server.start()).rejects.toMatchObject({ code: 'ERR_PROCESS_CLOSED' });
  });

  it('HealthServer refuses other paths and other methods', async () => {
    await using server = await started();
    for (const path of ['/', '/healthz', '/health/', '//health', '/..%2fhealth', '/HEALTH']) {
      expect([path, ...(await brief(server, path))]).toEqual([path, 404, 'not-found']);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask(server, '/health', method);
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('HealthServer refuses wrong options', () => {
    const wrong: [object, typeof TypeError | typeof RangeError][] = [
      [{ port: -1 }, RangeError],
      [{ port: 65_536 }, RangeError],
      [{ host: '' }, TypeError],
      [{ checkTimeoutMs: 0 }, RangeError],
      [{ checks: { a: 'no function' } }, TypeError],
      [{ checks: { '': () => true } }, TypeError],
      [{ checks: { a: { check: () => true, timeoutMs: 0 } } }, RangeError],
      [{ checks: { a: { check: () => true, affects: 'nothing' } } }, TypeError],
    ];
    for (const [options, kind] of wrong) expect(() => new HealthServer(options as HealthServerOptions)).toThrow(kind);
  });
});

describe('Ugly', () => {
  it('HealthServer gives up a check that takes too long, tells it, and does not start it again meanwhile', async () => {
    let calls = 0;
    let reason: unknown;
    let finish = (): void => undefined;
    const check: HealthCheckFunction = async ({ signal }) => {
      calls += 1;
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      await new Promise<void>((resolve) => (finish = resolve));
    };
    await using server = await started({ checks: { slow: { check, timeoutMs: 5 } } });
    expect((await ask(server, '/health')).body.checks).toMatchObject({
      slow: { status: 'timed-out', error: 'it took longer than 5 ms' },
    });
    expect(String(reason)).toMatch(/The check "slow" is given up/);
    const again = await ask(server, '/health');
    expect([again.status, again.body.checks?.['slow']?.error]).toEqual([
      503,
      'it is still busy since it was last asked',
    ]);
    expect(calls).toBe(1);
    finish();
    await new Promise(setImmediate);
    await ask(server, '/health');
    expect(calls).toBe(2);
    finish();
  });

  it('HealthServer asks a check once, however many ask at once', async () => {
    const { check, asked, release, calls } = held();
    await using server = await started({ checks: { shared: check } });
    const socket = await caller(server, WHOLE.repeat(20)); // in one piece, and so all of them at once
    await asked;
    release();
    let text = '';
    for await (const data of socket) {
      text += String(data);
      if (text.match(/"status":"ok","checks"/g)?.length === 20) break;
    }
    expect(calls()).toBe(1);
  });

  it('HealthServer shows no secret of the environment, and no endless text', async () => {
    process.env['HEALTH_TEST_TOKEN'] = 'hunter2-hunter2';
    const check = (): never => {
      throw new Error(`login with hunter2-hunter2 failed: ${'x'.repeat(5000)}`);
    };
    await using server = await started({ checks: { login: check } });
    const { checks } = (await ask(server, '/health')).body;
    delete process.env['HEALTH_TEST_TOKEN'];
    expect(checks?.['login']?.error).toMatch(/^login with \*\*\* failed: x+…$/);
    expect(checks?.['login']?.error).toHaveLength(501);
  });

  it('HealthServer.close gives the answers that are under way, and takes no more', async () => {
    const { check, asked, release } = held();
    const server = await started({ checks: { held: check } });
    const answer = ask(server, '/health');
    await asked;
    const closed = server.close();
    await expect(ask(server, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release();
    const { status, headers } = await answer;
    expect([status, headers['connection']]).toEqual([200, 'close']);
    await closed;
  });

  it('HealthServer.close is held up by no connection: idle, kept alive, half said, half closed, or not read', async () => {
    const server = await started();
    const silent = await caller(server, '');
    const loris = await caller(server, 'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const body = await caller(server, 'POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc');
    const kept = await caller(server, WHOLE);
    const half = await caller(server, WHOLE);
    half.end();
    const deaf = await caller(server, WHOLE.repeat(200));
    deaf.pause();
    await once(kept, 'data');
    await server.close();
    for (const socket of [silent, loris, body, kept, half, deaf]) socket.destroy();
  });

  it('HealthServer refuses headers without end, and what is no HTTP', async () => {
    await using server = await started();
    for (const [words, status] of [
      [`GET /health HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
      ['\u0016\u0003\u0001 hello\r\n\r\n', '400'],
    ] as const) {
      const socket = await caller(server, words);
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      socket.destroy();
    }
    expect(await brief(server, '/health')).toEqual([200, 'ok']);
  });

  it('HealthServer lives through clients that break off in the middle of an answer', async () => {
    const { check, asked, release } = held();
    await using server = await started({ checks: { held: check } });
    const gone = await Promise.all(Array.from({ length: 5 }, () => caller(server, WHOLE)));
    await asked;
    for (const socket of gone) socket.resetAndDestroy();
    release();
    expect(await brief(server, '/health')).toEqual([200, 'ok']);
  });
});
