import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer, type Socket } from 'node:net';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { HealthServer, probeHealth, waitForHealth, waitForReady } from '../../src/daemon/index.ts';

jest.setTimeout(60_000);

const open: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function addressOf(server: Server | TcpServer): Promise<string> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const serving = (listener: RequestListener): Promise<string> => addressOf(createServer(listener));

/** An address that nobody listens on. */
async function nowhere(): Promise<string> {
  const server = new HealthServer();
  await server.start();
  await server.close();
  return server.url;
}

/** What holds this program up: timers and sockets are among it. */
const held = (): string[] => process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSocket|TCPWrap/.test(name));

describe('Good', () => {
  it('waitForHealth and waitForReady wait until the answer is good, and return it', async () => {
    await using server = new HealthServer();
    await server.start();
    expect(await waitForHealth(server.url)).toMatchObject({ ok: true, status: 200, error: undefined });
    let calls = 0;
    server.addCheck('late', () => {
      calls += 1;
      return calls > 3;
    });
    server.setReady(true);
    const { body } = await waitForReady(new URL(server.url), { intervalMs: 1 });
    expect([calls, (JSON.parse(body) as { status: string }).status]).toEqual([4, 'ready']);
  });

  it('waitForHealth waits for a server that is not there yet', async () => {
    const url = await nowhere();
    const waiting = waitForHealth(url, { intervalMs: 5 });
    await expect(probeHealth(url)).resolves.toMatchObject({ ok: false, error: { code: 'ECONNREFUSED' } });
    await using server = new HealthServer({ port: Number(new URL(url).port) });
    await server.start();
    expect((await waiting).status).toBe(200);
  });

  it('probeHealth asks the very address that has a path, and follows no redirection', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serving(({ url: path }, response) => {
      paths.push(path);
      response.writeHead(path === '/moved' ? 302 : 204, { location: '/health' }).end();
    });
    expect([(await probeHealth(url)).ok, (await probeHealth(`${url}/live?x=1`)).ok]).toEqual([true, true]);
    expect(await probeHealth(`${url}/moved`)).toMatchObject({ ok: false, status: 302 });
    expect(paths).toEqual(['/health', '/live?x=1', '/moved']);
  });

  it('probeHealth leaves no timer and no connection behind', async () => {
    const before = held();
    await using server = new HealthServer();
    await server.start();
    for (let turn = 0; turn < 5; turn += 1) await probeHealth(server.url);
    await server.close();
    await new Promise(setImmediate);
    expect(held()).toEqual(before);
  });
});

describe('Bad', () => {
  it('waitForHealth gives up with the last answer', async () => {
    let asked = 0;
    const url = await serving((_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end('the disk is full\n'); // and then it says nothing any more
    });
    await expect(waitForHealth(url, { timeoutMs: 500, intervalMs: 1 })).rejects.toMatchObject({
      code: 'ERR_PROCESS_NOT_HEALTHY',
      op: 'waitForHealth',
      message: `Cannot wait any longer for ${url}/health: it was not well within 500 ms; the last answer was 503 the disk is full`,
      url: `${url}/health`,
      status: 503,
    });
    expect(asked).toBe(2);
  });

  it('waitForHealth gives up where nothing listens, with the cause', async () => {
    const url = await nowhere();
    await expect(waitForReady(url, { timeoutMs: 1000 })).rejects.toMatchObject({
      message: `Cannot wait any longer for ${url}/ready: it was not well within 1000 ms; nothing listens there (ECONNREFUSED)`,
      hint: 'Look whether the program runs and listens there.',
      cause: expect.objectContaining({ code: 'ECONNREFUSED' }) as unknown,
    });
  });

  it('waitForHealth and probeHealth refuse what is no address, and wrong times', async () => {
    for (const url of ['', 'localhost:80', '127.0.0.1:80', 'ftp://x', 7 as unknown as string]) {
      expect(() => void probeHealth(url)).toThrow(/^url must be an address such as /);
      await expect(waitForHealth(url)).rejects.toThrow(TypeError);
    }
    await expect(probeHealth('http://127.0.0.1', { timeoutMs: 0 })).rejects.toThrow(RangeError);
    for (const options of [{ timeoutMs: 0 }, { timeoutMs: Number.NaN }, { intervalMs: 0 }]) {
      await expect(waitForHealth('http://127.0.0.1', options)).rejects.toThrow(RangeError);
    }
  });

  it('waitForHealth rejects with the reason of a signal: before, while it asks, and while it rests', async () => {
    const reason = new Error('enough');
    const timers = (): string[] => held().filter((name) => name === 'Timeout');
    const before = timers();
    await expect(waitForHealth('http://127.0.0.1', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const asking = new AbortController();
    const silent = await serving(() => {
      asking.abort(reason);
    });
    await expect(waitForHealth(silent, { signal: asking.signal })).rejects.toBe(reason);

    const resting = new AbortController();
    const unwell = await serving((_, response) => {
      response.writeHead(503).end(() =>
        setImmediate(() => {
          resting.abort(reason);
        }),
      );
    });
    await expect(waitForHealth(unwell, { signal: resting.signal, intervalMs: 1_000_000 })).rejects.toBe(reason);
    await new Promise(setImmediate);
    expect(timers()).toEqual(before);
  });
});

describe('Ugly', () => {
  it('probeHealth gives up on a server that says nothing, or never ends', async () => {
    const sockets = new Set<Socket>();
    const mute = await addressOf(createTcp((socket) => sockets.add(socket)));
    expect((await probeHealth(mute, { timeoutMs: 10 })).error?.message).toBe('there was no answer within 10 ms');
    const endless = await serving((_, response) => {
      response.writeHead(200).write('beginning');
    });
    expect(await probeHealth(endless, { timeoutMs: 100 })).toMatchObject({ ok: false, status: undefined });
    for (const socket of sockets) socket.destroy();
  });

  it('probeHealth reads no more than the beginning of a body', async () => {
    const url = await serving((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', pour).writeHead(200);
      pour();
    });
    const { ok, body } = await probeHealth(url);
    expect([ok, body.length]).toEqual([true, 65_536]);
  });

  it('probeHealth tells of a server that speaks no HTTP, and of one that breaks off', async () => {
    const noise = await addressOf(createTcp((socket) => socket.end('hello\r\n\r\n')));
    expect((await probeHealth(noise)).error).toMatchObject({ code: expect.stringMatching(/^HPE_/) as unknown });
    const rude = await addressOf(createTcp((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect((await probeHealth(rude)).error).toMatchObject({ code: 'ECONNRESET' });
    const short = await serving((_, response) => {
      response.writeHead(503, { 'content-length': 100 }).write('part', () => response.destroy());
    });
    expect(await probeHealth(short)).toMatchObject({ ok: false, status: 503, body: 'part' });
  });
});
