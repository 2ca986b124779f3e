import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';

import { encodeFrame, FRAME, FrameParser } from '../../src/agent/frame.ts';
import { AgentDesk, type AgentWish } from '../../src/manager/agent-desk.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { tempDir } from './fixture.ts';

jest.setTimeout(30_000);

const HELLO = { protocol: 1, version: '1', bootId: 'b', capabilities: ['exec'], inputWindow: 65_536 };
const container = { id: '0000000a', pid: 1, user: 'root' } as AgentWish['container'];

/** A socket whose first client the agent never answers; `first` resolves when it is there. */
async function slowAgent(): Promise<AsyncDisposable & { readonly path: string; readonly first: Promise<unknown> }> {
  const clients: Socket[] = [];
  const server = createServer((socket) => {
    const isFirst = clients.push(socket) === 1;
    const parser = new FrameParser();
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const { session, channel, type } of parser.push(bytes)) {
        if (type !== FRAME.hello || isFirst) continue;
        socket.write(encodeFrame({ session, channel, type, payload: Buffer.from(JSON.stringify(HELLO)) }));
      }
    });
  });
  const path = join(tempDir('desk'), 'agent.sock');
  const first = once(server, 'connection');
  await once(server.listen(path), 'listening');
  return {
    path,
    first,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await once(server.close(), 'close');
    },
  };
}

const versionOf = async (desk: AgentDesk, wish: Omit<AgentWish, 'container'>): Promise<string> =>
  desk.use({ container, ...wish }, ({ hello }) => Promise.resolve(hello.version));

describe('Ugly', () => {
  it('AgentDesk: who has time does not fail with who has none', async () => {
    await using agent = await slowAgent();
    const desk = new AgentDesk();
    const hurried = containerRefusalOf(
      () => versionOf(desk, { path: agent.path, timeoutMs: 200 }),
      'ERR_CONTAINER_AGENT_UNAVAILABLE',
    );
    const patient = versionOf(desk, { path: agent.path, timeoutMs: 20_000 });
    expect((await hurried).message).toBe('Cannot reach the agent in "0000000a": none has answered within 200 ms');
    expect(await patient).toBe('1');
    await desk.close();
  });

  it('AgentDesk: who has no time does not wait with who has', async () => {
    await using agent = await slowAgent();
    const desk = new AgentDesk();
    const enough = new AbortController();
    const patient = versionOf(desk, { path: agent.path, timeoutMs: 25_000, signal: enough.signal });
    const noted = expect(patient).rejects.toThrow('enough');
    await agent.first;
    const hurried = (): Promise<string> => versionOf(desk, { path: agent.path, timeoutMs: 100 });
    const error = await containerRefusalOf(hurried, 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    expect(error.message).toBe('Cannot reach the agent in "0000000a": none has answered within 100 ms');
    enough.abort(new Error('enough'));
    await noted;
  });
});
