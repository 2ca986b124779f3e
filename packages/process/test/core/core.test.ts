import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Core, CoreBusError, type Subscription } from '../../src/core/index.ts';

interface Ping {
  readonly type: 'Ping';
  readonly n: number;
}
interface Pong {
  readonly type: 'Pong';
}
type TestMessage = Ping | Pong;

/** What a promise rejects with. */
const failure = (promise: Promise<unknown>): Promise<CoreBusError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as CoreBusError,
  );
const fail = (message: string): never => {
  throw new Error(message);
};

describe('Good', () => {
  it('Core.action calls those who hear the type and those who hear all, in the order of their registration', async () => {
    const core = new Core<TestMessage>();
    const told: string[] = [];
    core.registerAction('Ping', ({ n }) => told.push(`first ${String(n)}`));
    core.registerAction(({ type }) => told.push(`all ${type}`));
    core.registerAction('Ping', () => told.push('last'));
    core.registerAction('Pong', () => told.push('pong'));
    const done = core.action({ type: 'Ping', n: 1 });
    expect(told).toEqual(['first 1', 'all Ping', 'last']);
    await done;
    await core.action({ type: 'Pong' });
    expect(told.slice(3)).toEqual(['all Pong', 'pong']);
  });

  it('Core.action resolves when the asynchronous handlers are done', async () => {
    const core = new Core<TestMessage>();
    let finish: () => void = () => undefined;
    let isDone = false;
    core.registerAction('Pong', () => new Promise<void>((resolve) => (finish = resolve)));
    const done = core.action({ type: 'Pong' }).then(() => (isDone = true));
    await Promise.resolve();
    expect(isDone).toBe(false);
    finish();
    await done;
    expect(isDone).toBe(true);
  });

  it('Core.registerAction returns what ends it, as does its signal, a `using` and a second close', () => {
    const core = new Core<TestMessage>();
    const told: string[] = [];
    const controller = new AbortController();
    const closed = core.registerAction('Pong', () => told.push('closed'));
    core.registerAction('Pong', () => told.push('aborted'), { signal: controller.signal });
    core.registerAction(() => told.push('never'), { signal: AbortSignal.abort() });
    {
      using used = core.registerAction(() => told.push('used'));
      expect(used).toBeDefined();
      core.broadcast({ type: 'Pong' });
    }
    closed.close();
    closed.close();
    core.broadcast({ type: 'Pong' });
    controller.abort();
    core.broadcast({ type: 'Pong' });
    expect(told).toEqual(['closed', 'aborted', 'used', 'aborted']);
    expect(core.hears('Pong')).toBe(false);
  });

  it('Core.hears tells whether anybody would be called', () => {
    const core = new Core<TestMessage>();
    expect(core.hears('Ping')).toBe(false);
    const one = core.registerAction('Ping', () => undefined);
    expect([core.hears('Ping'), core.hears('Pong')]).toEqual([true, false]);
    const all = core.registerAction(() => undefined);
    expect(core.hears('Pong')).toBe(true);
    one.close();
    expect(core.hears('Ping')).toBe(true);
    all.close();
    expect(core.hears('Ping')).toBe(false);
  });
});

describe('Bad', () => {
  it('Core.action gives the message to all others where one fails, and rejects with all that failed', async () => {
    const core = new Core<TestMessage>();
    const told: number[] = [];
    core.registerAction('Ping', () => fail('sync'));
    core.registerAction('Ping', ({ n }) => told.push(n));
    core.registerAction('Ping', () => Promise.reject(new Error('async')));
    core.registerAction(({ type }) => told.push(type.length));
    const error = await failure(core.action({ type: 'Ping', n: 7 }));
    expect(told).toEqual([7, 4]);
    expect(error).toBeInstanceOf(CoreBusError);
    expect(error).toMatchObject({ code: 'ERR_CORE_HANDLERS_FAILED', op: 'core.action', type: 'Ping' });
    expect(error.message).toBe('Cannot deliver "Ping" to all: 2 of 4 handlers failed: sync (and 1 more)');
    expect(error.errors).toEqual([new Error('sync'), new Error('async')]);
    expect(error.cause).toBe(error.errors?.[0]);
  });

  it('Core.broadcast tells the logger, and nobody else, what handlers throw', async () => {
    const logged: unknown[] = [];
    const silent = (): void => undefined;
    const error = (message: string, fields: unknown): unknown => logged.push([message, fields]);
    const core = new Core<TestMessage>({ logger: { debug: silent, info: silent, warn: silent, error } });
    core.registerAction('Pong', () => fail('sync'));
    core.registerAction('Pong', () => Promise.reject(new Error('async')));
    core.broadcast({ type: 'Pong' });
    await new Promise(setImmediate);
    const message = 'A handler of "Pong" failed';
    expect(logged).toEqual([
      [message, { type: 'Pong', error: new Error('sync') }],
      [message, { type: 'Pong', error: new Error('async') }],
    ]);
  });

  it('Core refuses what is no message, no handler, no signal and no option', async () => {
    const core = new Core<TestMessage>();
    const loose = core as unknown as Record<string, (...given: unknown[]) => unknown>;
    expect(() => loose['broadcast']?.(null)).toThrow(new TypeError('message must be an object with a type, not null'));
    expect(() => loose['broadcast']?.({ type: '' })).toThrow(
      new TypeError('message.type must be a string that is not empty, not an empty string'),
    );
    await expect(loose['action']?.('Ping')).rejects.toThrow('message must be an object with a type, not "Ping"');
    await expect(loose['query']?.({})).rejects.toThrow('query.type must be a string');
    await expect(loose['perform']?.([])).rejects.toThrow('task.type must be a string');
    expect(() => loose['registerAction']?.('Ping', 3)).toThrow(new TypeError('handler must be a function, not 3'));
    expect(() => loose['registerAction']?.('', () => 0)).toThrow('type must be a string that is not empty');
    expect(() => loose['registerQuery']?.(undefined)).toThrow('type must be a string');
    expect(() => loose['registerAction']?.(() => 0, { signal: {} })).toThrow('signal must be an AbortSignal');
    expect(() => loose['messages']?.({ limit: 0 })).toThrow(RangeError);
    expect(() => new Core({ lock: 1 as unknown as boolean })).toThrow('lock must be true or false, not 1');
  });
});

describe('Ugly', () => {
  it('Core.action calls nobody who was closed by a handler before it, and nobody who came meanwhile', async () => {
    const core = new Core<TestMessage>();
    const told: string[] = [];
    core.registerAction('Pong', () => {
      told.push('first');
      second.close();
      core.registerAction('Pong', () => told.push('late'));
    });
    const second: Subscription = core.registerAction('Pong', () => told.push('second'));
    await core.action({ type: 'Pong' });
    expect(told).toEqual(['first']);
    core.broadcast({ type: 'Pong' });
    expect(told).toEqual(['first', 'first', 'late']);
  });

  it('Core.action in a handler is delivered before the handlers behind it go on', async () => {
    const core = new Core<TestMessage>();
    const told: string[] = [];
    core.registerAction('Ping', ({ n }) => (n > 0 ? core.action({ type: 'Ping', n: n - 1 }) : undefined));
    core.registerAction('Ping', ({ n }) => told.push(String(n)));
    await core.action({ type: 'Ping', n: 2 });
    expect(told).toEqual(['0', '1', '2']);
  });

  it('Core.action rejects with the reason itself of an abort, before and during', async () => {
    const core = new Core<TestMessage>();
    let calls = 0;
    core.registerAction('Pong', () => {
      calls += 1;
      return new Promise(() => undefined);
    });
    const reason = new Error('enough');
    expect(await failure(core.action({ type: 'Pong' }, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(calls).toBe(0);
    const controller = new AbortController();
    const waiting = core.action({ type: 'Pong' }, { signal: controller.signal });
    controller.abort(reason);
    expect(await failure(waiting)).toBe(reason);
    expect(calls).toBe(1);
  });

  it('Core.broadcast survives a logger that throws, and what is thenable only in name', () => {
    const core = new Core<TestMessage>({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
    const told: number[] = [];
    core.registerAction('Pong', () => fail('handler'));
    core.registerAction('Pong', () => ({ then: 1 }));
    core.registerAction('Pong', () => told.push(1));
    core.broadcast({ type: 'Pong' });
    expect(told).toEqual([1]);
  });

  it('Core delivers as a plain list of handlers would, whoever comes and goes (property)', () => {
    const types = ['Ping', 'Pong', 'all'] as const;
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), type: fc.constantFrom(...types) }),
      fc.record({ do: fc.constant('close' as const), index: fc.nat(20) }),
      fc.record({ do: fc.constant('tell' as const), type: fc.constantFrom('Ping' as const, 'Pong' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const core = new Core<TestMessage>();
        const told: number[] = [];
        const model: { id: number; type: string; subscription: Subscription }[] = [];
        let count = 0;
        for (const action of steps) {
          if (action.do === 'add') {
            const id = (count += 1);
            const handler = (): unknown => told.push(id);
            const subscription =
              action.type === 'all' ? core.registerAction(handler) : core.registerAction(action.type, handler);
            model.push({ id, type: action.type, subscription });
          } else if (action.do === 'close') {
            const [gone] = model.splice(action.index, 1);
            gone?.subscription.close();
          } else {
            told.length = 0;
            core.broadcast(action.type === 'Ping' ? { type: 'Ping', n: 0 } : { type: 'Pong' });
            const wanted = model.filter(({ type }) => type === 'all' || type === action.type).map(({ id }) => id);
            expect(told).toEqual(wanted);
            expect(core.hears(action.type)).toBe(wanted.length > 0);
          }
        }
      }),
    );
  });
});
