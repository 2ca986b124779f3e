import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { QmpClient, type QmpOptions } from '../../src/qmp/qmp-client.ts';
import type { QmpEvent } from '../../src/qmp/qmp-message.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { tempDir } from '../machine/support/temp-dir.ts';
import { type Script, ScriptedQmp } from './support/scripted-qmp.ts';

jest.setTimeout(30_000);

const servers: ScriptedQmp[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()));
});

async function serve(script: Script = {}): Promise<{ path: string; server: ScriptedQmp }> {
  const path = join(tempDir(), 'qmp.sock');
  const server = await ScriptedQmp.listen(path, script);
  servers.push(server);
  return { path, server };
}

const connect = (path: string, options: Partial<QmpOptions> = {}): Promise<QmpClient> =>
  QmpClient.connect(path, { id: 'web', ...options });

const refusalOf = (work: () => Promise<unknown>) => containerRefusalOf(work, 'ERR_CONTAINER_CONTROL_FAILED');

describe('Good', () => {
  it('QmpClient takes the protocol up, asks, and lets go', async () => {
    const uuid = randomUUID();
    const { path, server } = await serve({ uuid });
    const client = await connect(path);
    expect([client.version, client.isClosed]).toEqual(['7.2.1', false]);
    expect(await client.execute('query-uuid')).toEqual({ UUID: uuid });
    await client.close();
    await client.close();
    expect([client.isClosed, server.commands]).toEqual([true, ['qmp_capabilities', 'query-uuid']]);
    await expect(client.execute('query-uuid')).rejects.toThrow('Cannot control machine "web": this client is closed');
  });

  it('QmpClient tells its own answers apart, in whatever order they come', async () => {
    const held: number[] = [];
    const answers = {
      'query-status': (id: number) => void held.push(id),
      'query-uuid': (id: number) =>
        [id, ...held].map((one) => `{"return": {"status": "${String(one)}"}, "id": ${String(one)}}\n`).join(''),
    };
    const { path } = await serve({ answers });
    await using client = await connect(path);
    const replies = await Promise.all([
      ...[client.execute('query-status'), client.execute('query-status'), client.execute('query-uuid')],
    ]);
    expect(replies).toEqual([{ status: '2' }, { status: '3' }, { status: '4' }]);
  });

  it('QmpClient passes events on, wherever the pieces of a message begin and end', async () => {
    const { path, server } = await serve();
    const events: QmpEvent[] = [];
    let isTold: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (isTold = resolve));
    await using client = await connect(path, {
      onEvent: (event) => {
        if (events.push(event) === 2) isTold();
      },
    });
    const text =
      '{"event": "SHUTDOWN", "data": {"reason": "é€𝄞"}, "timestamp": {"seconds": 1, "microseconds": 500000}}\r\n';
    for (const byte of Buffer.from(text)) {
      server.send(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    server.send('\r\n\n{"event": "STOP"}\n');
    await told;
    expect(events).toEqual([
      { event: 'SHUTDOWN', data: { reason: 'é€𝄞' }, at: new Date(1500) },
      { event: 'STOP', data: {}, at: new Date(0) },
    ]);
    expect(client.isClosed).toBe(false);
  });
});

describe('Bad', () => {
  it('QmpClient tells that nobody listens', async () => {
    const error = await refusalOf(() => connect(join(tempDir(), 'qmp.sock')));
    expect(error).toMatchObject({
      op: 'machine.control',
      id: 'web',
      hint: 'Its hypervisor has ended, or is not up yet.',
    });
  });

  it('QmpClient passes on the words of a hypervisor that refuses', async () => {
    const refuse = (id: number) => `{"id": ${String(id)}, "error": {"class": "GenericError", "desc": "no balloon"}}\n`;
    const { path } = await serve({ answers: { 'query-balloon': refuse } });
    await using client = await connect(path);
    const error = await refusalOf(() => client.execute('query-balloon'));
    expect(error.message).toBe('Cannot control machine "web": query-balloon was refused: no balloon (GenericError)');
    expect(error.output).toBe('no balloon');
    expect(await client.execute('stop')).toEqual({});
  });

  it('QmpClient gives up on a hypervisor that greets nobody, or does not answer, in time', async () => {
    const mute = await serve({ greeting: '' });
    const first = await refusalOf(() => connect(mute.path, { timeoutMs: 20 }));
    expect(first.message).toBe('Cannot control machine "web": its hypervisor did not answer a new client within 20 ms');
    const deaf = await serve({ answers: { stop: () => undefined } });
    await using client = await connect(deaf.path, { timeoutMs: 500 });
    expect((await refusalOf(() => client.execute('stop'))).message).toMatch(/did not answer "stop" within 500 ms/);
    expect(await client.execute('cont')).toEqual({});
  });

  it('QmpClient rejects with the reason of a signal, and leaves no connection', async () => {
    const reason = new Error('enough');
    const mute = await serve({ greeting: '' });
    await expect(connect(mute.path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = connect(mute.path, { signal: controller.signal });
    const noted = expect(waiting).rejects.toBe(reason);
    while (mute.server.clients === 0) await new Promise(setImmediate);
    controller.abort(reason);
    await noted;
    while (mute.server.clients > 0) await new Promise(setImmediate);

    const late = await serve({ answers: { stop: () => undefined } });
    await using client = await connect(late.path);
    const asking = new AbortController();
    const { signal } = asking;
    const asked = client.execute('stop', undefined, { signal });
    asking.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(client.execute('stop', undefined, { signal })).rejects.toBe(reason);
    expect(await client.execute('cont')).toEqual({});
  });
});

describe('Ugly', () => {
  it('QmpClient tells that the hypervisor hung up: all who wait, and all who come', async () => {
    const { path, server } = await serve({ answers: { stop: () => undefined } });
    await using client = await connect(path);
    const asked = [client.execute('stop'), client.execute('stop')];
    while (server.commands.length < 3) await new Promise(setImmediate);
    server.hangUp();
    for (const one of asked) await expect(one).rejects.toThrow(/closed the connection|broke/);
    await refusalOf(() => client.execute('cont'));
  });

  it.each([
    ['no JSON', 'hello\r\n'],
    ['another kind of JSON', '[1]\n'],
    ['a message of no kind', '{"id": 1}\n'],
    ['a string for an id', '{"id": "1", "return": {}}\n'],
    ['bytes that are no text', '\u0000\u0001\n'],
    ['a line without an end', 'x'.repeat(5_000_000)],
  ])('QmpClient lets go of a server that sends %s', async (_, greeting) => {
    const { path, server } = await serve({ greeting });
    const error = await refusalOf(() => connect(path));
    expect(error.message).toMatch(/what came from its control socket is not QMP: /);
    expect(error.message.length).toBeLessThan(500);
    while (server.clients > 0) await new Promise(setImmediate);
  });

  it('QmpClient ignores answers to what nobody asked, and takes no prototype for a message', async () => {
    const { path, server } = await serve();
    await using client = await connect(path);
    server.send('{"id": 99, "return": {}}\n{"error": {"class": "GenericError", "desc": "what?"}}\n');
    server.send('{"event": "X", "__proto__": {"return": 1}, "data": 7}\n');
    expect(await client.execute('query-status')).toEqual({});
  });

  it('QmpClient keeps commands of one program apart from each other by the hundred', async () => {
    const { path } = await serve({
      answers: { 'query-status': (id) => `{"return": {"status": "${String(id)}"}, "id": ${String(id)}}\r\n` },
    });
    await using client = await connect(path);
    const replies = await Promise.all(Array.from({ length: 300 }, () => client.execute('query-status')));
    expect(replies.map(({ status }) => Number(status))).toEqual(Array.from({ length: 300 }, (_, at) => at + 2));
  });
});
