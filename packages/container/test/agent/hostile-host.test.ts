import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';
import fc from 'fast-check';

import { AgentClient } from '../../src/agent/agent-client.ts';
import { encodeRequest } from '../../src/agent/command-request.ts';
import { encodeFrame, FRAME, HEADER_SIZE, MAX_PAYLOAD } from '../../src/agent/frame.ts';
import { NativeAgent, RawClient } from './native-agent.ts';

let agent: NativeAgent;

beforeAll(async () => {
  if (has('gcc')) agent = await NativeAgent.start();
});

afterAll(async () => {
  if (has('gcc')) await agent[Symbol.asyncDispose]();
});

const test = needs('gcc', 'linux');

function request(client: RawClient, channel: number, command: readonly string[], credit = 1 << 20): void {
  for (const part of encodeRequest({ command, credit })) client.send(FRAME.request, channel, part);
  client.send(FRAME.run, channel);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Kilobytes of memory that the agent has. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${String(agent.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

async function expectMissing(path: string): Promise<void> {
  await expect(readFile(path)).rejects.toThrow('ENOENT');
}

/** The agent still does what it is there for. */
async function expectWell(): Promise<void> {
  await using client = await AgentClient.connect(agent.socket);
  expect((await client.exec(['echo', 'well'])).stdout).toBe('well\n');
}

describe('Good', () => {
  test('core-agent says that it is new before it is asked, and answers hellos and pings', async () => {
    await using client = await RawClient.connect(agent.socket, 0);
    expect(JSON.parse(Buffer.from((await client.next(FRAME.hello)).payload).toString())).toMatchObject({ protocol: 1 });
    client.hello();
    await client.next(FRAME.hello);
    client.send(FRAME.ping, 3, Buffer.from('here?'));
    expect(await client.next(FRAME.pong)).toMatchObject({ channel: 3, payload: Buffer.from('here?') });
  });

  test('core-agent sends no more output than it was given room for, and goes on when there is more', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    request(client, 1, ['printf', '0123456789'], 4);
    const pieces = [Buffer.from((await client.next(FRAME.stdout)).payload).toString()];
    client.send(FRAME.ping, 5, Buffer.from('between'));
    expect(Buffer.from((await client.next(FRAME.pong)).payload).toString()).toBe('between');
    // that it reads no input may be told at any time
    expect(client.heard.filter(({ type }) => type !== FRAME.stdinClosed)).toEqual([]);
    client.send(FRAME.window, 1, number(100));
    pieces.push(Buffer.from((await client.next(FRAME.stdout)).payload).toString());
    expect(pieces).toEqual(['0123', '456789']);
    expect([...(await client.next(FRAME.exited)).payload]).toEqual([0, 0]);
  });

  test('core-agent changes the size of a terminal', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    const script = 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.1; done';
    const parts = encodeRequest({ command: ['sh', '-c', script], credit: 1000, terminal: { columns: 80, rows: 24 } });
    for (const part of parts) client.send(FRAME.request, 1, part);
    client.send(FRAME.run, 1);
    await client.next(FRAME.stdout);
    client.send(FRAME.resize, 1, Buffer.of(0, 132, 0, 50));
    expect(Buffer.from((await client.next(FRAME.stdout)).payload).toString()).toBe('50 132\r\n');
    await client.next(FRAME.exited);
  });
});

describe('Bad', () => {
  test('core-agent refuses requests that mean nothing', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    const requests = [
      Buffer.alloc(0),
      Buffer.of(1, 0, 0, 0, 200, 65), // longer than it is
      Buffer.of(1, 0, 0, 0, 0), // a program without a name
      Buffer.of(1, 0, 0, 0, 3, 65, 0, 66), // a NUL
      Buffer.of(1, 0),
      Buffer.of(77, 0, 0, 0, 1, 65), // no program at all
    ];
    for (const [index, bytes] of requests.entries()) {
      client.send(FRAME.request, index + 1, bytes);
      client.send(FRAME.run, index + 1);
      const { channel, payload } = await client.next(FRAME.failed);
      expect([channel, payload[4], Buffer.from(payload.subarray(5)).toString()]).toEqual([
        index + 1,
        0,
        'Invalid argument',
      ]);
    }
  });

  test('core-agent leaves alone what it does not know, and what is said of no command', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    for (const type of [0, 16, 99, 255]) client.send(type, 1, Buffer.from('what?'));
    for (const type of [FRAME.run, FRAME.stdin, FRAME.stdinEnd, FRAME.kill, FRAME.resize, FRAME.window]) {
      client.send(type, 0, Buffer.alloc(5));
      client.send(type, 4711, Buffer.alloc(5));
    }
    client.send(FRAME.ping);
    await client.next(FRAME.pong);
    expect(client.heard).toEqual([]);
  });

  test('core-agent does not hear who has not said hello in this connection', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.send(FRAME.ping);
    client.hello();
    await client.next(FRAME.hello);
    client.write(encodeFrame({ session: 8, channel: 3, type: FRAME.ping, payload: Buffer.alloc(0) }));
    client.send(FRAME.ping, 9);
    expect((await client.next(FRAME.pong)).channel).toBe(9);
    expect(client.frames.filter(({ type }) => type === FRAME.pong)).toEqual([]);
  });

  test('core-agent kills a command whose host sends more input than it may', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    request(client, 1, ['sleep', '300']);
    for (let sent = 0; sent < 8; sent++) client.send(FRAME.stdin, 1, Buffer.alloc(MAX_PAYLOAD));
    expect([...(await client.next(FRAME.exited)).payload]).toEqual([1, 9]);
  });
});

describe('Ugly', () => {
  test('core-agent finds the hello behind whatever was sent before it', async () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc
        .nat(HEADER_SIZE - 1)
        .map((length) =>
          encodeFrame({ session: 1, channel: 1, type: 1, payload: Buffer.alloc(9) }).subarray(0, length),
        ),
      fc.constant(encodeFrame({ session: 1, channel: 1, type: 6, payload: Buffer.alloc(9) }).fill(1, HEADER_SIZE)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { maxLength: 5 }), fc.integer({ min: 1, max: 1e9 }), async (parts, session) => {
        await using client = await RawClient.connect(agent.socket, session);
        for (const part of parts) client.write(part);
        client.hello();
        await client.next(FRAME.hello);
      }),
      { numRuns: 50 },
    );
    await expectWell();
  });

  test('core-agent finds a hello that an unfinished frame has swallowed, once it is said behind padding', async () => {
    await using client = await RawClient.connect(agent.socket);
    const cut = encodeFrame({ session: 1, channel: 1, type: FRAME.stdin, payload: Buffer.alloc(MAX_PAYLOAD) });
    client.write(cut.subarray(0, 5000));
    client.hello();
    client.write(Buffer.alloc(HEADER_SIZE + MAX_PAYLOAD));
    client.hello();
    await client.next(FRAME.hello);
    request(client, 1, ['echo', 'well']);
    expect(Buffer.from((await client.next(FRAME.stdout)).payload).toString()).toBe('well\n');
  });

  test('core-agent ends the commands of a host that is gone in the middle of a frame, and serves the next one', async () => {
    let pid = 0;
    {
      await using client = await RawClient.connect(agent.socket);
      client.hello();
      request(client, 1, ['sh', '-c', 'echo $$; exec sleep 300']);
      pid = Number(Buffer.from((await client.next(FRAME.stdout)).payload).toString());
      client.write(
        encodeFrame({ session: 7, channel: 1, type: FRAME.stdin, payload: Buffer.alloc(999) }).subarray(0, 100),
      );
    }
    await expectWell();
    await using client = await AgentClient.connect(agent.socket);
    const alive = await client.exec([
      'sh',
      '-c',
      `while kill -0 ${String(pid)} 2>/dev/null; do sleep 0.01; done; echo gone`,
    ]);
    expect(alive.stdout).toBe('gone\n');
  });

  test('core-agent ends the commands of an earlier session when a new one begins in the same connection', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    request(client, 1, ['sh', '-c', 'echo $$; exec sleep 300']);
    const pid = Buffer.from((await client.next(FRAME.stdout)).payload)
      .toString()
      .trim();
    client.write(encodeFrame({ session: 9, channel: 0, type: FRAME.hello, payload: number(1) }));
    const script = `while kill -0 ${pid} 2>/dev/null; do sleep 0.01; done; echo gone`;
    for (const part of encodeRequest({ command: ['sh', '-c', script], credit: 99 })) {
      client.write(encodeFrame({ session: 9, channel: 1, type: FRAME.request, payload: part }));
    }
    client.write(encodeFrame({ session: 9, channel: 1, type: FRAME.run, payload: Buffer.alloc(0) }));
    while (!client.frames.some(({ session, type }) => session === 9 && type === FRAME.exited)) {
      await setImmediate();
    }
    expect(client.frames.some(({ payload }) => Buffer.from(payload).toString() === 'gone\n')).toBe(true);
  });

  test('core-agent keeps little in its memory for a host that floods and reads nothing', async () => {
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    client.pause();
    for (let channel = 1; channel <= 20; channel++) request(client, channel, ['yes'], 0xff_ff_ff_ff);
    const ping = encodeFrame({ session: 7, channel: 1, type: FRAME.ping, payload: Buffer.alloc(MAX_PAYLOAD) });
    for (let sent = 0; sent < 500; sent++) client.write(ping);
    // while two looks differ, it still takes something in
    let last = -1;
    for (let now = await memory(); now !== last; now = await memory()) {
      last = now;
      for (let turn = 0; turn < 50; turn++) await setImmediate();
    }
    expect(last).toBeLessThan(8192);
  });

  it('AgentClient and core-agent agree on the limits', async () => {
    const header = await readFile(new URL('../../guest/agent.h', import.meta.url), 'utf8');
    expect(header).toContain(`HEADER_SIZE = ${String(HEADER_SIZE)},`);
    expect(header).toContain('MAX_PAYLOAD = 32 * 1024,');
    for (const [name, value] of Object.entries(FRAME)) {
      const constant = name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
      expect(header).toContain(`\t${constant} = ${String(value)},`);
    }
  });

  test('core-agent runs nothing of a request that it has refused', async () => {
    const place = join(agent.dir, 'made by the rest');
    await using client = await RawClient.connect(agent.socket);
    client.hello();
    await client.next(FRAME.hello);
    const part = Buffer.alloc(MAX_PAYLOAD);
    for (let sent = 0; sent <= 2 << 20; sent += part.length) client.send(FRAME.request, 1, part);
    await client.next(FRAME.failed);
    request(client, 1, ['touch', place]); // the end of it, by itself, is a request
    client.send(FRAME.ping, 2);
    await client.next(FRAME.pong);
    expect(client.heard).toEqual([]);
    await expectMissing(place);
    request(client, 1, ['echo', 'next']);
    expect(Buffer.from((await client.next(FRAME.stdout)).payload).toString()).toBe('next\n');
  });
});
