import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { Core } from '../src/core/index.ts';
import { ProcessError } from '../src/errors.ts';
import {
  defaultService,
  get,
  init,
  kill,
  list,
  run,
  running,
  runWithOptions,
  setDefault,
  start,
  startWithOptions,
} from '../src/global.ts';
import { Service } from '../src/service.ts';

jest.setTimeout(60_000); // real programs, on a machine that may be busy
afterEach(() => {
  setDefault(undefined);
});

describe('Good', () => {
  it('init registers a service, and the functions are its methods', async () => {
    await using core = new Core();
    const service = init(core, { defaults: { dir: '/' } });
    expect([defaultService(), core.service('process')]).toEqual([service, service]);
    expect((await run('pwd')).stdout).toBe('/\n');
    const child = await start('sleep', ['300']);
    expect([get(child.id), running()]).toEqual([child, [child]]);
    await kill(child.id);
    expect([child.status, running(), list().map(({ command }) => command)]).toEqual(['killed', [], ['pwd', 'sleep']]);
  });

  it('startWithOptions and runWithOptions take one object', async () => {
    await using core = new Core();
    init(core);
    const started = await startWithOptions({ command: 'cat', input: 'in' });
    expect((await started.done).stdout).toBe('in');
    const result = await runWithOptions({ command: 'sh', args: ['-c', 'pwd; exit 3'], dir: '/', reject: false });
    expect([result.stdout, result.exitCode]).toEqual(['/\n', 3]);
  });

  it('init takes the service that the bus has', async () => {
    await using core = new Core();
    const service = Service.register(core);
    expect(init(core)).toBe(service);
    expect(init(core)).toBe(service);
  });

  it('setDefault replaces the default and leaves the one before as it is', async () => {
    await using one = new Service();
    await using other = new Service();
    setDefault(one);
    setDefault(other);
    expect(defaultService()).toBe(other);
    expect((await one.run('echo', ['still there'])).stdout).toBe('still there\n');
  });
});

describe('Bad', () => {
  it('every function refuses before init, each in its own way of failing', async () => {
    const refused = { code: 'ERR_PROCESS_NOT_INITIALIZED', hint: 'Call `init(core)` or `setDefault(service)` first.' };
    for (const call of [() => start('true'), () => run('true'), () => kill('proc-1')]) {
      await expect(call()).rejects.toMatchObject(refused);
    }
    await expect(startWithOptions({ command: 'true' })).rejects.toMatchObject({ ...refused, op: 'process.start' });
    await expect(runWithOptions({ command: 'true' })).rejects.toMatchObject({ ...refused, op: 'process.run' });
    for (const call of [defaultService, list, running, () => get('proc-1')]) {
      expect(call).toThrow(ProcessError);
      expect(call).toThrow('there is no default service');
    }
  });

  it('misuse is a TypeError', async () => {
    expect(() => {
      setDefault({} as Service);
    }).toThrow(new TypeError('service must be a Service or undefined, not a value of type object'));
    expect(() => init(undefined as unknown as Core)).toThrow(new TypeError('core must be a Core, not undefined'));
    await expect(runWithOptions('true' as never)).rejects.toThrow('request must be an object with a command');
  });

  it('kill refuses an id that nobody has', async () => {
    await using service = new Service();
    setDefault(service);
    await expect(kill('proc-9')).rejects.toMatchObject({ code: 'ERR_PROCESS_NOT_FOUND' });
  });
});

describe('Ugly', () => {
  it('init with a bus whose `process` is something else refuses, and keeps the default', async () => {
    await using service = new Service();
    setDefault(service);
    const core = new Core({ services: { process: {} } });
    expect(() => init(core)).toThrow('there is one of this name');
    expect(defaultService()).toBe(service);
  });

  it('run after the bus of the default service is shut down refuses', async () => {
    const core = new Core();
    init(core);
    await core.shutdown();
    await expect(run('true')).rejects.toMatchObject({ code: 'ERR_PROCESS_CLOSED' });
  });
});
