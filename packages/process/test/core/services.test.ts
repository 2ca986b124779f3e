import { describe, expect, it } from '@jest/globals';

import { Core, CoreBusError } from '../../src/core/index.ts';

class Mail {
  readonly host: string = 'localhost';
}

/** What a call throws. */
function failure(call: () => unknown): CoreBusError {
  try {
    call();
  } catch (error) {
    return error as CoreBusError;
  }
  throw new Error('expected a failure');
}

describe('Good', () => {
  it('Core.service and Core.serviceFor give what was registered', () => {
    const mail = new Mail();
    const core = new Core();
    core.registerService('mail', mail);
    expect([core.service('mail'), core.service('other')]).toEqual([mail, undefined]);
    expect(core.serviceFor('mail', Mail)).toBe(mail);
    expect(core.serviceFor('mail', Object)).toBe(mail);
  });

  it('Core takes services, and functions that make them for it, in their order', async () => {
    const told: string[] = [];
    const service = (name: string): object => ({ onStartup: () => told.push(name) });
    const made: Core[] = [];
    const core = new Core({
      services: {
        b: service('b'),
        a: (bus) => {
          made.push(bus);
          expect(bus.service('b')).toBeDefined();
          return service('a');
        },
      },
      lock: true,
    });
    await core.startup();
    expect([told, made]).toEqual([['b', 'a'], [core]]);
  });
});

describe('Bad', () => {
  it('Core.registerService refuses a name twice, an empty one, and what is no service', () => {
    const core = new Core({ services: { mail: new Mail() } });
    const twice = failure(() => {
      core.registerService('mail', new Mail());
    });
    expect(twice).toBeInstanceOf(CoreBusError);
    expect(twice).toMatchObject({ code: 'ERR_CORE_SERVICE_EXISTS', op: 'core.registerService', service: 'mail' });
    expect(twice.message).toBe('Cannot register the service "mail": there is one of this name');
    const wrong: [string, unknown, string][] = [
      ['', {}, 'name must be a string that is not empty, not an empty string'],
      [3 as unknown as string, {}, 'name must be a string that is not empty, not 3'],
      ['a', null, 'service must be an object, not null'],
      ['a', () => undefined, 'service must be an object, not a value of type function'],
      ['a', { onStartup: 'now' }, 'service.onStartup must be a function, not "now"'],
      ['a', { onShutdown: true }, 'service.onShutdown must be a function, not true'],
    ];
    for (const [name, service, message] of wrong) {
      expect(
        failure(() => {
          core.registerService(name, service as object);
        }),
      ).toEqual(new TypeError(message));
    }
    expect(core.service('a')).toBeUndefined();
  });

  it('Core.registerService refuses everything once the bus is locked or shut down', async () => {
    const core = new Core({ services: { mail: new Mail() }, lock: true });
    const late = (): void => {
      core.registerService('late', {});
    };
    expect(failure(late)).toMatchObject({ code: 'ERR_CORE_LOCKED', service: 'late' });
    expect(core.service('late')).toBeUndefined();
    await core.shutdown();
    expect(failure(late)).toMatchObject({ code: 'ERR_CORE_CLOSED', op: 'core.registerService' });
  });

  it('Core.serviceFor refuses a name that nobody has, and a service of another class', () => {
    const core = new Core({ services: { mail: new Mail(), log: {} } });
    const missing = failure(() => core.serviceFor('male', Mail));
    expect(missing).toMatchObject({ code: 'ERR_CORE_SERVICE_NOT_FOUND', op: 'core.serviceFor', service: 'male' });
    expect([missing.message, missing.hint]).toEqual([
      'Cannot find the service "male": there is none of this name',
      'There are "mail", "log".',
    ]);
    const other = failure(() => core.serviceFor('log', Mail));
    expect(other).toMatchObject({ code: 'ERR_CORE_SERVICE_WRONG_CLASS', service: 'log' });
    expect(other.message).toBe('Cannot find the service "log": it is no Mail');
    expect(failure(() => new Core().serviceFor('mail', Mail)).hint).toBe('None is registered.');
    expect(failure(() => core.serviceFor('mail', 'Mail' as never))).toBeInstanceOf(TypeError);
  });
});

describe('Ugly', () => {
  it('Core takes names that are properties of every object', () => {
    const core = new Core();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(core.service(name)).toBeUndefined();
      core.registerService(name, {});
      expect(core.service(name)).toEqual({});
    }
  });

  it('Core passes on what a function of services throws', () => {
    const error = new Error('no mail today');
    const mail = (): object => {
      throw error;
    };
    expect(failure(() => new Core({ services: { mail } }))).toBe(error);
  });
});
