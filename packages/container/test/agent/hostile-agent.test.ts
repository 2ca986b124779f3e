import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { AgentClient } from '../../src/agent/agent-client.ts';
import { OUTPUT_WINDOW } from '../../src/agent/command-output.ts';
import { encodeFrame, FRAME, FrameParser, MAX_PAYLOAD } from '../../src/agent/frame.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';

const HELLO = { protocol: 1, version: '1', bootId: 'b', capabilities: ['exec'], inputWindow: 65_536 };

/** What is said when a command is to be run. */
type Answer = readonly { readonly type: number; readonly payload: Uint8Array }[];

let ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

/** A socket at which an agent says this of itself, and this to each command. */
async function agentThatSays(hello: string, answer: Answer = []): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'agent-'));
  const server = createServer((socket) => {
    const parser = new FrameParser();
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const { session, channel, type } of parser.push(bytes)) {
        const say = (kind: number, payload: Uint8Array): boolean =>
          socket.write(encodeFrame({ session, channel, type: kind, payload }));
        if (type === FRAME.hello) say(FRAME.hello, Buffer.from(hello));
        if (type === FRAME.run) for (const each of answer) say(each.type, each.payload);
      }
    });
  });
  ends.push(
    () => rm(dir, { recursive: true }),
    () => closed(server),
  );
  const path = join(dir, 'agent.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
}

describe('Bad', () => {
  it.each([
    '{',
    'null',
    '[]',
    '7',
    '{}',
    JSON.stringify({ protocol: 1 }),
    JSON.stringify({ ...HELLO, inputWindow: 0 }),
  ])('AgentClient refuses an agent whose hello is %s', async (hello) => {
    const path = await agentThatSays(hello);
    const error = await containerRefusalOf(() => AgentClient.connect(path), 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    expect(error.message).toMatch(/the agent does not keep to the protocol/);
  });

  it('AgentClient refuses an agent that speaks another version, whatever else that says of itself', async () => {
    const path = await agentThatSays('{"protocol":2}');
    const error = await containerRefusalOf(() => AgentClient.connect(path), 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    expect(error.message).toMatch(/it speaks version 2 of the protocol/);
  });
});

describe('Ugly', () => {
  it.each<[string, Answer]>([
    ['room for input of one byte', [{ type: FRAME.window, payload: Buffer.of(1) }]],
    ['a failure of no bytes', [{ type: FRAME.failed, payload: Buffer.alloc(0) }]],
    [
      'more output than it was given room for',
      Array.from({ length: OUTPUT_WINDOW / MAX_PAYLOAD + 1 }, () => ({
        type: FRAME.stdout,
        payload: Buffer.alloc(MAX_PAYLOAD),
      })),
    ],
  ])('AgentClient lets go of an agent that sends %s', async (_, answer) => {
    await using client = await AgentClient.connect(await agentThatSays(JSON.stringify(HELLO), answer));
    const sink = (): Promise<void> => new Promise(() => undefined);
    const error = await containerRefusalOf(() => client.run(['true'], { sink }), 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toMatch(/the agent does not keep to the protocol/);
  });
});
