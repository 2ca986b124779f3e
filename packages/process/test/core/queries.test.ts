import { describe, expect, it } from '@jest/globals';

import { Core, type CoreBusError, type Query } from '../../src/core/index.ts';

interface Find extends Query<string | null> {
  readonly type: 'Find';
  readonly key: string;
}

const failure = (promise: Promise<unknown>): Promise<CoreBusError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as CoreBusError,
  );

describe('Good', () => {
  it('Core.query gives the first answer, and asks nobody after it', async () => {
    const core = new Core<Find>();
    const asked: string[] = [];
    core.registerQuery('Find', () => {
      asked.push('nobody');
      return undefined;
    });
    core.registerQuery(({ key }) => {
      asked.push('all');
      return key === 'a' ? 'from all' : undefined;
    });
    core.registerQuery('Find', ({ key }) => {
      asked.push('last');
      return Promise.resolve(`last of ${key}`);
    });
    expect(await core.query({ type: 'Find', key: 'a' })).toBe('from all');
    expect(asked).toEqual(['nobody', 'all']);
    expect(await core.query({ type: 'Find', key: 'b' })).toBe('last of b');
  });

  it('Core.query takes null for an answer', async () => {
    const core = new Core<Find>();
    core.registerQuery('Find', () => null);
    core.registerQuery('Find', () => 'second');
    expect(await core.query({ type: 'Find', key: 'a' })).toBeNull();
  });

  it('Core.queryAll gives all answers in the order of registration, whoever is first', async () => {
    const core = new Core<Find>();
    let finish: (answer: string) => void = () => undefined;
    core.registerQuery('Find', () => new Promise<string>((resolve) => (finish = resolve)));
    core.registerQuery('Find', () => undefined);
    core.registerQuery(() => {
      finish('slow');
      return 'quick';
    });
    expect(await core.queryAll({ type: 'Find', key: 'a' })).toEqual(['slow', 'quick']);
  });
});

describe('Bad', () => {
  it('Core.query is undefined, and Core.queryAll empty, where nobody answers', async () => {
    const core = new Core<Find>();
    expect(await core.query({ type: 'Find', key: 'a' })).toBeUndefined();
    expect(await core.queryAll({ type: 'Find', key: 'a' })).toEqual([]);
  });

  it('Core.query rejects with what a handler throws', async () => {
    const core = new Core<Find>();
    const error = new Error('no disk');
    core.registerQuery('Find', () => Promise.reject(error));
    core.registerQuery('Find', () => 'never asked');
    expect(await failure(core.query({ type: 'Find', key: 'a' }))).toBe(error);
  });

  it('Core.queryAll rejects once all have answered, with their answers', async () => {
    const core = new Core<Find>();
    core.registerQuery('Find', () => {
      throw new Error('no disk');
    });
    core.registerQuery('Find', () => Promise.resolve('here'));
    const error = await failure(core.queryAll({ type: 'Find', key: 'a' }));
    expect(error).toMatchObject({
      ...{ code: 'ERR_CORE_HANDLERS_FAILED', op: 'core.queryAll', type: 'Find' },
      ...{ errors: [new Error('no disk')], answers: ['here'] },
    });
    expect(error.message).toBe('Cannot ask "Find" of all: 1 of 2 handlers failed: no disk');
  });
});

describe('Ugly', () => {
  it('Core.query ends with the reason of its signal, which its handlers hear too', async () => {
    const core = new Core<Find>();
    const reason = new Error('enough');
    const controller = new AbortController();
    const signals: AbortSignal[] = [];
    core.registerQuery('Find', (_, { signal }) => {
      signals.push(signal);
      return new Promise<string>(() => undefined);
    });
    const asking = core.query({ type: 'Find', key: 'a' }, { signal: controller.signal });
    const askingAll = core.queryAll({ type: 'Find', key: 'a' }, { signal: controller.signal });
    controller.abort(reason);
    expect([await failure(asking), await failure(askingAll)]).toEqual([reason, reason]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(await failure(core.query({ type: 'Find', key: 'a' }, { signal: controller.signal }))).toBe(reason);
    expect(signals).toHaveLength(2);
  });

  it('Core.query asks nobody who left while it was asked', async () => {
    const core = new Core<Find>();
    let finish: (answer: undefined) => void = () => undefined;
    core.registerQuery('Find', () => new Promise<undefined>((resolve) => (finish = resolve)));
    const second = core.registerQuery('Find', () => 'second');
    const asking = core.query({ type: 'Find', key: 'a' });
    second.close();
    finish(undefined);
    expect(await asking).toBeUndefined();
  });
});
