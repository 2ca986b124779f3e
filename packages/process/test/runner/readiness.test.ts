import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { Process } from '../../src/process.ts';
import type { ReadyCheck } from '../../src/runner/ready-check.ts';
import { waitUntilReady } from '../../src/runner/readiness.ts';
import { Service } from '../../src/service.ts';
import { scriptedCommand, type ScriptedRun } from '../../src/testing/index.ts';

const left: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of left.splice(0).reverse()) await close();
});

/** A process that obeys the test. */
async function scripted(): Promise<{ process: Process; run: ScriptedRun }> {
  const command = await scriptedCommand();
  const service = new Service();
  left.push(
    () => command.close(),
    () => service.close(),
  );
  const process = await service.start(command.command, command.args);
  return { process, run: await command.next() };
}

/** A port that listens, and the connections to it. */
async function listening(
  server: Server,
  host = '127.0.0.1',
  port = 0,
): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host }, resolve);
  });
  left.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const httpServer = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${String((await listening(createHttpServer(answer))).port)}/health?token=secret`;

describe('Good', () => {
  it('waitUntilReady tries a port until something listens, and leaves no connection', async () => {
    const { process } = await scripted();
    const port = await freePort();
    const ready = waitUntilReady({ port }, { process });
    const server = createServer();
    const { sockets } = await listening(server, '127.0.0.1', port);
    await ready;
    for (const socket of sockets) await new Promise((resolve) => socket.once('close', resolve).resume());
    expect(sockets.size).toBe(0);
  });

  it('waitUntilReady finds a port of `localhost` that listens for IPv6 alone', async () => {
    const { process } = await scripted();
    const { port } = await listening(createServer(), '::1');
    await waitUntilReady({ port, host: 'localhost' }, { process });
    await waitUntilReady({ port, host: '::1' }, { process });
    const refused = await rejection(waitUntilReady({ port }, { process, timeoutMs: 1 }));
    expect(refused).toMatchObject({ code: 'ERR_RUNNER_NOT_READY' });
  });

  it('waitUntilReady finds a line that was written before it was asked, on either stream or the one that is named', async () => {
    const { process, run } = await scripted();
    await run.print('stderr', 'listening on 80\n');
    for await (const { line } of process.lines()) if (line === 'listening on 80') break;
    await waitUntilReady({ line: 'listening' }, { process });
    await waitUntilReady({ line: /^LISTENING on \d+$/i, stream: 'stderr' }, { process });
    const onStdout = rejection(waitUntilReady({ line: 'listening', stream: 'stdout' }, { process, timeoutMs: 1 }));
    await expect(onStdout).resolves.toMatchObject({ code: 'ERR_RUNNER_NOT_READY' });
  });

  it('waitUntilReady looks at whole lines, and past their colours', async () => {
    const { process, run } = await scripted();
    const order: string[] = [];
    const ready = waitUntilReady({ line: 'ready now' }, { process }).then(() => order.push('ready'));
    await run.print('stdout', 'ready \u001b[32mn');
    order.push('half');
    await run.print('stdout', 'ow\u001b[0m\n');
    await ready;
    expect(order).toEqual(['half', 'ready']);
  });

  it('waitUntilReady is not misled by a pattern that remembers its last match', async () => {
    const { process, run } = await scripted();
    const line = /up/g;
    line.test('up'); // from here on it would look behind the first two letters
    await run.print('stdout', 'up\n');
    await waitUntilReady({ line }, { process });
    expect(line.lastIndex).toBe(2);
  });

  it('waitUntilReady asks by HTTP until the answer is right: any from 200 to 399, or the one that is given', async () => {
    const { process } = await scripted();
    const answers = [503, 404, 302];
    const asked: (string | undefined)[] = [];
    const url = await httpServer((request, response) => {
      asked.push(`${String(request.method)} ${String(request.url)}`);
      response.writeHead(answers.shift() ?? 418, { location: '/elsewhere' }).end('x'.repeat(100_000));
    });
    await waitUntilReady({ url }, { process });
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'GET /health?token=secret'));
    await waitUntilReady({ url, status: 418 }, { process });
  });

  it('waitUntilReady asks a function until it says true', async () => {
    const { process } = await scripted();
    const answers = [false, Promise.resolve(false), 'yes', true] as (boolean | Promise<boolean>)[];
    await waitUntilReady(
      (context) => {
        expect(context.process).toBe(process);
        return answers.shift() ?? false;
      },
      { process },
    );
    expect(answers).toEqual([]);
  });
});

describe('Bad', () => {
  it.each<[string, unknown]>([
    ['readyWhen must be', null],
    ['readyWhen must be', {}],
    ['readyWhen.port', { port: 0 }],
    ['readyWhen.port', { port: 65_536 }],
    ['readyWhen.port', { port: '80' }],
    ['readyWhen.host', { port: 80, host: '' }],
    ['readyWhen.line', { line: '' }],
    ['stream must be', { line: 'a', stream: 'stdin' }],
    ['readyWhen.url', { url: 'localhost:80' }],
    ['readyWhen.url', { url: 'ftp://localhost' }],
    ['readyWhen.status', { url: 'http://localhost', status: 1000 }],
  ])('waitUntilReady refuses a check that can never be met: %s', async (message, check) => {
    const { process } = await scripted();
    await expect(waitUntilReady(check as ReadyCheck, { process })).rejects.toThrow(message);
  });

  it.each<[string, ReadyCheck]>([
    ['port 9 of 127.0.0.1', { port: 9 }],
    ['a line with "up"', { line: 'up' }],
    ['a line like /up/i', { line: /up/i }],
    ['an answer from http://127.0.0.1:9/health', { url: 'http://user:secret@127.0.0.1:9/health?secret=1' }],
    ['its own check', () => new Promise<boolean>(() => undefined)],
  ])('waitUntilReady fails at once when the process ends: waiting for %s', async (awaits, check) => {
    const { process, run } = await scripted();
    const waiting = rejection(waitUntilReady(check, { process, name: 'db' }));
    await run.print('stderr', 'no such database\n');
    await run.exit(3);
    const error = (await waiting) as Error;
    expect(error).toMatchObject({ code: 'ERR_RUNNER_NOT_READY', op: 'runner.ready', task: 'db' });
    expect(error.message).toContain(`Cannot use "db": it ended before it was ready (waiting for ${awaits}): `);
    expect(error.message).toMatch(/it exited with code 3 after [\s\S]*stderr ended with:\nno such database$/);
    expect(error.message).not.toContain('secret');
    expect(error.cause).toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO', exitCode: 3 });
  });

  it('waitUntilReady fails also where the process ended well, or had ended before', async () => {
    const { process, run } = await scripted();
    await run.exit(0);
    const { done } = process;
    await done;
    const error = await rejection(waitUntilReady({ port: 9 }, { process }));
    expect(error).toMatchObject({
      code: 'ERR_RUNNER_NOT_READY',
      message:
        'Cannot use "proc-1": it ended before it was ready (waiting for port 9 of 127.0.0.1): it exited with code 0',
    });
  });

  it('waitUntilReady fails when its time is up, and the process runs on', async () => {
    const { process } = await scripted();
    const error = (await rejection(waitUntilReady({ line: 'up' }, { process, name: 'db', timeoutMs: 1 }))) as Error;
    expect(error.message).toBe('Cannot use "db": it was not ready within 1 ms (waiting for a line with "up")');
    expect(process.isRunning).toBe(true);
  });

  it('waitUntilReady fails where the function throws', async () => {
    const { process } = await scripted();
    const cause = new Error('no driver');
    const error = await rejection(waitUntilReady(() => Promise.reject(cause), { process }));
    expect(error).toMatchObject({
      code: 'ERR_RUNNER_NOT_READY',
      message: 'Cannot use "proc-1": its check failed: no driver',
      cause,
    });
  });
});

describe('Ugly', () => {
  it.each<[string, ReadyCheck]>([
    ['a port', { port: 9 }],
    ['a line', { line: 'up' }],
    ['HTTP', { url: 'http://127.0.0.1:9' }],
    ['a function', () => new Promise<boolean>(() => undefined)],
  ])('waitUntilReady rejects with the reason of its signal, and the process runs on: %s', async (_, check) => {
    const { process } = await scripted();
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = rejection(waitUntilReady(check, { process, signal: controller.signal }));
    controller.abort(reason);
    await expect(waiting).resolves.toBe(reason);
    await expect(waitUntilReady(check, { process, signal: controller.signal })).rejects.toBe(reason);
    expect(process.isRunning).toBe(true);
  });

  it('waitUntilReady tells the function when nobody waits any more', async () => {
    const { process } = await scripted();
    const controller = new AbortController();
    let signal: AbortSignal | undefined;
    const asked = new Promise<void>((resolve) => {
      left.push(resolve);
      const check: ReadyCheck = (context) => {
        ({ signal } = context);
        resolve();
        return new Promise<boolean>(() => undefined);
      };
      rejection(waitUntilReady(check, { process, signal: controller.signal })).catch(() => undefined);
    });
    await asked;
    controller.abort();
    await new Promise(setImmediate);
    expect(signal?.aborted).toBe(true);
  });

  it('waitUntilReady cuts off an answer that never ends and a server that never answers', async () => {
    const { process } = await scripted();
    const cut = new Promise<void>((resolve) => {
      void httpServer((request, response) => {
        response.once('close', resolve).writeHead(200).write('and so on');
        request.resume();
      }).then((url) => waitUntilReady({ url }, { process }));
    });
    await cut;
    const silent = createServer();
    const { port } = await listening(silent);
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      silent.once('connection', (socket: Socket) => {
        socket.resume().once('close', resolve);
        controller.abort('enough');
      });
    });
    const url = `http://127.0.0.1:${String(port)}`;
    await expect(waitUntilReady({ url }, { process, signal: controller.signal })).rejects.toBe('enough');
    await closed;
  });

  it('waitUntilReady does not slow down a process whose lines are not the ones, and lets go of them', async () => {
    const { process, run } = await scripted();
    const ready = waitUntilReady({ line: 'up' }, { process });
    await run.print('stdout', `${'x'.repeat(999)}\n`, 5000);
    await run.print('stdout', 'up\n');
    await ready;
    await run.print('stdout', `${'y'.repeat(999)}\n`, 5000); // nobody reads, and nobody holds it up
    await run.exit(0);
    expect((await process.done).ok).toBe(true);
  });

  it('waitUntilReady is not ready where the process ended right after it was', async () => {
    const { process, run } = await scripted();
    const check: ReadyCheck = async () => {
      await run.exit(1);
      await process.done;
      return true;
    };
    await expect(waitUntilReady(check, { process })).rejects.toMatchObject({ code: 'ERR_RUNNER_NOT_READY' });
  });
});
