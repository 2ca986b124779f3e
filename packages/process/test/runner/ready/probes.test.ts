import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { Process } from '../../../src/process.ts';
import { Ending } from '../../../src/runner/ready/ending.ts';
import { functionProbe } from '../../../src/runner/ready/function.ts';
import { httpProbe } from '../../../src/runner/ready/http.ts';
import { portProbe } from '../../../src/runner/ready/port.ts';
import type { Probing } from '../../../src/runner/ready/probe.ts';

const left: Server[] = [];
afterEach(() => {
  for (const server of left.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  left.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A process that runs for ever, as far as probes look at one. */
const running = { id: 'proc-1', done: new Promise(() => undefined) } as unknown as Process;

/** Why the first try of a probe was refused; nobody waits for it any more then. */
async function firstRefusal({ probe }: Probing): Promise<unknown> {
  const stop = new AbortController();
  let why: unknown;
  const refused = (refusal: unknown): void => {
    why ??= refusal;
    stop.abort();
  };
  await expect(probe({ process: running, signal: stop.signal, refused })).rejects.toBeDefined();
  return why;
}

describe('Bad', () => {
  it('portProbe says why it could not connect', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await firstRefusal(portProbe({ port }))).toMatchObject({ code: 'ECONNREFUSED' });
    expect(await firstRefusal(portProbe({ port, host: 'localhost' }))).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('httpProbe says which answer it got', async () => {
    const server = createHttpServer((_, response) => response.writeHead(503).end());
    const url = `http://127.0.0.1:${String(await portOf(server))}`;
    expect(await firstRefusal(httpProbe({ url }))).toBe('status 503');
    expect(await firstRefusal(httpProbe({ url, status: 200 }))).toBe('status 503');
  });

  it('functionProbe says which answer it got', async () => {
    expect(await firstRefusal(functionProbe(() => false))).toBe('it said false');
  });

  it('Ending says after its time what was waited for and why the last try was refused', async () => {
    const ending = new Ending({ process: running, name: 'db', timeoutMs: 1 }, 'port 80 of 127.0.0.1');
    ending.refused('the first');
    const cause = new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:80')]); // as for a host of two addresses
    ending.refused(cause);
    await expect(ending.early).rejects.toMatchObject({
      code: 'ERR_RUNNER_NOT_READY',
      message:
        'Cannot use "db": it was not ready within 1 ms (waiting for port 80 of 127.0.0.1; ' +
        'the last try: connect ECONNREFUSED 127.0.0.1:80)',
      cause,
    });
    ending.close();
  });
});

describe('Ugly', () => {
  it('httpProbe takes no garbage for an answer', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('garbage\r\n\r\n'));
    const url = `http://127.0.0.1:${String(await portOf(server))}`;
    expect(await firstRefusal(httpProbe({ url }))).toMatchObject({ message: expect.stringContaining('Parse Error') });
  });
});
