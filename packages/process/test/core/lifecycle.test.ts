import { describe, expect, it } from '@jest/globals';

import { Core, type CoreBusError, type CoreService, type Task } from '../../src/core/index.ts';

const failure = (promise: Promise<unknown>): Promise<CoreBusError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as CoreBusError,
  );

/** Services that write down what is asked of them. */
function recorded(...names: string[]): { told: string[]; services: Record<string, CoreService> } {
  const told: string[] = [];
  const services = names.map((name): [string, CoreService] => [
    name,
    {
      onStartup: async () => {
        told.push(`${name} up`);
        await Promise.resolve();
        told.push(`${name} is up`);
      },
      onShutdown: async () => {
        told.push(`${name} down`);
        await Promise.resolve();
        told.push(`${name} is down`);
      },
    },
  ]);
  return { told, services: Object.fromEntries(services) };
}

/** A promise that the test fulfils. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('Good', () => {
  it('Core starts services in order, each when the one before is up, and shuts them down in reverse', async () => {
    const { told, services } = recorded('a', 'b');
    const core = new Core({ services });
    await core.startup();
    expect(told).toEqual(['a up', 'a is up', 'b up', 'b is up']);
    told.length = 0;
    await core.shutdown();
    expect(told).toEqual(['b down', 'b is down', 'a down', 'a is down']);
  });

  it('Core.startup and Core.shutdown do nothing more the second time', async () => {
    const { told, services } = recorded('a');
    const core = new Core({ services });
    await Promise.all([core.startup(), core.startup()]);
    await core.startup();
    await Promise.all([core.shutdown(), core.shutdown()]);
    await core.shutdown();
    expect(told).toEqual(['a up', 'a is up', 'a down', 'a is down']);
  });

  it('Core.startup starts those that were registered since, also by a service that starts', async () => {
    const { told, services } = recorded('late', 'later');
    const core = new Core();
    core.registerService('first', {
      onStartup: () => {
        core.registerService('late', services['late'] ?? {});
      },
    });
    await core.startup();
    core.registerService('later', services['later'] ?? {});
    expect(told).toEqual(['late up', 'late is up']);
    await core.startup();
    expect(told.slice(2)).toEqual(['later up', 'later is up']);
  });

  it('Core is shut down by `await using`, also where it was never started', async () => {
    const { told, services } = recorded('a');
    {
      await using core = new Core({ services });
      expect(core.service('a')).toBeDefined();
    }
    expect(told).toEqual(['a down', 'a is down']);
  });
});

describe('Bad', () => {
  it('Core.startup shuts down those that it had started where one fails, and starts no other', async () => {
    const { told, services } = recorded('a', 'b', 'broken', 'c');
    const cause = new Error('the port is taken');
    const broken = { onStartup: () => Promise.reject(cause), onShutdown: () => told.push('broken down') };
    const core = new Core({ services: { ...services, broken } });
    const error = await failure(core.startup());
    expect(error).toMatchObject({ code: 'ERR_CORE_STARTUP_FAILED', op: 'core.startup', service: 'broken', cause });
    expect(error.message).toBe('Cannot start the service "broken": the port is taken');
    expect(told.filter((line) => !line.includes('is'))).toEqual(['a up', 'b up', 'b down', 'a down']);
    expect(await failure(core.startup())).toBe(error);
    told.length = 0;
    await core.shutdown();
    expect(told).toEqual(['c down', 'c is down']);
  });

  it('Core.startup tells too what failed on the way down', async () => {
    const down = new Error('cannot stop either');
    const core = new Core({
      services: {
        a: { onShutdown: () => Promise.reject(down) },
        b: { onStartup: () => Promise.reject(new Error('cannot start')) },
      },
    });
    expect((await failure(core.startup())).errors).toEqual([down]);
  });

  it('Core.shutdown shuts all down where some fail, and rejects with what they threw, each time', async () => {
    const { told, services } = recorded('a', 'b');
    const core = new Core({
      services: {
        ...services,
        c: { onShutdown: () => Promise.reject(new Error('c hangs on')) },
        d: {
          onShutdown: () => {
            throw new Error('d too');
          },
        },
      },
    });
    const error = await failure(core.shutdown());
    expect(error).toMatchObject({ code: 'ERR_CORE_SHUTDOWN_FAILED', op: 'core.shutdown' });
    expect(error.message).toBe('Cannot shut down 2 services: d too (and 1 more)');
    expect(error.errors).toEqual([new Error('d too'), new Error('c hangs on')]);
    expect(told).toEqual(['b down', 'b is down', 'a down', 'a is down']);
    expect(await failure(core.shutdown())).toBe(error);
  });

  it('Core.startup refuses after a shutdown', async () => {
    const { told, services } = recorded('a');
    const core = new Core({ services });
    await core.shutdown();
    told.length = 0;
    expect(await failure(core.startup())).toMatchObject({ code: 'ERR_CORE_CLOSED' });
    expect(told).toEqual([]);
  });

  it('Core.startup does nothing with a signal that is aborted, and can be called again', async () => {
    const { told, services } = recorded('a');
    const core = new Core({ services });
    const reason = new Error('enough');
    expect(await failure(core.startup({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(told).toEqual([]);
    await core.startup();
    expect(told).toEqual(['a up', 'a is up']);
  });
});

describe('Ugly', () => {
  it('Core.startup that is aborted rejects with the reason itself, once what was started is down', async () => {
    const { told, services } = recorded('a', 'c');
    const controller = new AbortController();
    const reason = new Error('enough');
    const b: CoreService = {
      onStartup: ({ signal }) => {
        controller.abort(reason);
        expect(signal.reason).toBe(reason);
        return Promise.reject(new Error('gave up'));
      },
    };
    const core = new Core({ services: { a: services['a'] ?? {}, b, c: services['c'] ?? {} } });
    expect(await failure(core.startup({ signal: controller.signal }))).toBe(reason);
    expect(told).toEqual(['a up', 'a is up', 'a down', 'a is down']);
  });

  it('Core.startup that is aborted behind the back of a service shuts that down too', async () => {
    const { told, services } = recorded('b');
    const controller = new AbortController();
    const a: CoreService = {
      onStartup: () => {
        controller.abort('enough');
      },
      onShutdown: () => told.push('a down'),
    };
    const core = new Core({ services: { a, ...services } });
    expect(await failure(core.startup({ signal: controller.signal }))).toBe('enough');
    expect(told).toEqual(['a down']);
  });

  it('Core.shutdown during a startup makes it give up, waits for it, and leaves nothing up', async () => {
    const { told, services } = recorded('a', 'c');
    const { opened, open } = gate();
    const begun = gate();
    const b: CoreService = {
      onStartup: async ({ signal }) => {
        begun.open();
        await opened;
        told.push(`b up, ${signal.aborted ? 'aborted' : 'wanted'}`);
      },
      onShutdown: () => told.push('b down'),
    };
    const core = new Core({ services: { a: services['a'] ?? {}, b, c: services['c'] ?? {} } });
    const starting = failure(core.startup());
    await begun.opened;
    const stopping = core.shutdown();
    open();
    await stopping;
    expect(await starting).toMatchObject({ code: 'ERR_CORE_CLOSED', op: 'core.startup' });
    expect(told.filter((line) => !line.includes('is'))).toEqual([
      ...['a up', 'b up, aborted', 'b down', 'a down', 'c down'],
    ]);
  });

  it('Core.shutdown can be waited for by a task, which it aborts, and by an action', async () => {
    interface Quit extends Task {
      readonly type: 'Quit';
    }
    const core = new Core<Quit | { readonly type: 'Bye' }>();
    core.registerTask('Quit', () => core.shutdown());
    core.registerAction('Bye', () => core.shutdown());
    const ends = core.messages({ type: 'ActionTaskCompleted' });
    core.performAsync({ type: 'Quit' });
    expect((await ends.next()).value).toMatchObject({ id: 'task-1', error: { code: 'ERR_CORE_CLOSED' } });
    await core.action({ type: 'Bye' });
    expect(await failure(core.startup())).toMatchObject({ code: 'ERR_CORE_CLOSED' });
  });
});
