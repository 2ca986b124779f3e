import { describe, expect, it } from '@jest/globals';

import { Core, type CoreBusError } from '../../src/core/index.ts';

interface Ping {
  readonly type: 'Ping';
  readonly n: number;
}
interface Pong {
  readonly type: 'Pong';
}

const ping = (n: number): Ping => ({ type: 'Ping', n });
const failure = (promise: Promise<unknown>): Promise<CoreBusError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as CoreBusError,
  );

describe('Good', () => {
  it('Core.messages gives the messages of a type, those that came before they were read too', async () => {
    const core = new Core<Ping | Pong>();
    core.broadcast(ping(0));
    const messages = core.messages({ type: 'Ping' });
    core.broadcast(ping(1));
    core.broadcast({ type: 'Pong' });
    core.broadcast(ping(2));
    const read: number[] = [];
    for await (const { n } of messages) {
      read.push(n);
      if (n === 2) core.broadcast(ping(3));
      if (n === 3) break;
    }
    expect(read).toEqual([1, 2, 3]);
  });

  it('Core.messages gives those who wait their message in the order in which they asked', async () => {
    const core = new Core<Ping>();
    const messages = core.messages();
    const asked = [messages.next(), messages.next()];
    core.broadcast(ping(1));
    core.broadcast(ping(2));
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([ping(1), ping(2)]);
  });

  it('Core.messages lets go of everything when the loop is left, and at a shutdown', async () => {
    const core = new Core<Ping>();
    const left = core.messages({ type: 'Ping' });
    const kept = core.messages({ type: 'Ping' });
    core.broadcast(ping(1));
    for await (const { n } of left) {
      expect(n).toBe(1);
      break;
    }
    expect(await left.next()).toEqual({ done: true, value: undefined });
    expect(core.hears('Ping')).toBe(true);
    await core.shutdown();
    expect(core.hears('Ping')).toBe(false);
    expect(await kept.next()).toEqual({ done: false, value: ping(1) });
    expect(await kept.next()).toEqual({ done: true, value: undefined });
    expect(await core.messages().next()).toEqual({ done: true, value: undefined });
  });
});

describe('Bad', () => {
  it('Core.messages ends with an error for a reader who is too far behind, after what it could keep', async () => {
    const core = new Core<Ping>();
    const messages = core.messages({ limit: 2 });
    for (const n of [1, 2, 3, 4]) core.broadcast(ping(n));
    expect(core.hears('Ping')).toBe(false);
    const read: number[] = [];
    const error = await failure(
      (async () => {
        for await (const message of messages) if (message.type === 'Ping') read.push(message.n);
      })(),
    );
    expect(read).toEqual([1, 2]);
    expect(error).toMatchObject({ code: 'ERR_CORE_MESSAGES_OVERFLOW', op: 'core.messages' });
    expect(error.message).toBe('Cannot give all messages: more than 2 waited to be read');
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });

  it('Core.messages counts only what waits', async () => {
    const core = new Core<Ping>();
    const messages = core.messages({ limit: 2, type: 'Ping' });
    for (let n = 0; n < 10; n += 2) {
      core.broadcast(ping(n));
      core.broadcast(ping(n + 1));
      const read = [await messages.next(), await messages.next()];
      expect(read.map(({ value }) => value?.n)).toEqual([n, n + 1]);
    }
  });

  it('Core.messages throws the reason of a signal that is aborted', () => {
    const core = new Core();
    const reason = new Error('enough');
    expect(() => core.messages({ signal: AbortSignal.abort(reason) })).toThrow(reason);
    expect(core.hears('ActionProcessExited')).toBe(false);
  });
});

describe('Ugly', () => {
  it('Core.messages ends with the reason itself of an abort, whether somebody waits or not', async () => {
    const core = new Core<Ping>();
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = core.messages({ signal: controller.signal });
    const unread = core.messages({ signal: controller.signal });
    const next = [failure(waiting.next()), waiting.next()] as const;
    controller.abort(reason);
    expect(await Promise.all(next)).toEqual([reason, { done: true, value: undefined }]);
    expect(await failure(unread.next())).toBe(reason);
    expect(await unread.next()).toEqual({ done: true, value: undefined });
    expect(core.hears('Ping')).toBe(false);
  });

  it('Core.messages drops what was still to be read when it is aborted', async () => {
    const core = new Core<Ping>();
    const controller = new AbortController();
    const messages = core.messages({ signal: controller.signal });
    core.broadcast(ping(1));
    controller.abort('enough');
    expect(await failure(messages.next())).toBe('enough');
  });

  it('Core.messages ends for who waits when somebody else leaves the loop', async () => {
    const core = new Core<Ping>();
    const messages = core.messages();
    const waiting = messages.next();
    await messages.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
