import { describe, expect, it, jest } from '@jest/globals';

import { Core, CoreBusError, type CoreMessage } from '../../src/core/index.ts';
import { processEvents } from '../../src/core/process-events.ts';
import { Service } from '../../src/service.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // real programs, on a machine that may be busy

/** All that is told of processes until the end of `many` of them. */
async function ends(core: Core, many: number): Promise<CoreMessage[]> {
  const told: CoreMessage[] = [];
  let left = many;
  for await (const message of core.messages()) {
    told.push(message);
    if (message.type === 'ActionProcessExited') left -= 1;
    if (left === 0) break;
  }
  return told;
}

/** A message in one word and what matters of it. */
function inShort(message: CoreMessage): string {
  switch (message.type) {
    case 'ActionProcessStarted':
      return `started ${[message.command, ...message.args].join(' ')}`;
    case 'ActionProcessOutput':
      return `${message.stream}${message.partial === true ? ' piece' : ''} ${message.line}`;
    case 'ActionProcessLines':
      return `${String(message.lines.length)} lines`;
    case 'ActionProcessKilled':
      return `killed ${message.killSignal}`;
    case 'ActionProcessExited':
      return `exited ${String(message.exitCode ?? message.killSignal)}`;
    case 'ActionTaskStarted':
    case 'ActionTaskProgress':
    case 'ActionTaskCompleted':
      return message.type;
  }
}

describe('Good', () => {
  it('Service tells its bus of start, lines and end, in this order', async () => {
    await using core = new Core();
    const service = new Service({ core });
    const telling = ends(core, 1);
    await service.run('printf', ['a\\r\\nb']);
    const told = await telling;
    expect(told.map(inShort)).toEqual([
      ...['started printf a\\r\\nb', '1 lines', 'stdout a', '1 lines', 'stdout b', 'exited 0'],
    ]);
    const [started, , output] = told;
    expect(started).toMatchObject({ id: 'proc-1', dir: process.cwd(), pid: expect.any(Number) });
    expect(output).toEqual({ type: 'ActionProcessOutput', id: 'proc-1', stream: 'stdout', line: 'a' });
    expect(Object.keys(told.at(-1) ?? {})).toEqual(['type', 'id', 'exitCode', 'durationMs']);
    await service.close();
  });

  it('Service makes no message for a line that nobody hears', async () => {
    const core = new Core();
    const broadcast = jest.spyOn(core, 'broadcast');
    const service = Service.register(core);
    const lines: number[] = [];
    using heard = core.registerAction('ActionProcessLines', (message) => lines.push(message.lines.length));
    expect(heard).toBeDefined();
    await service.run('printf', ['1\\n2\\n3\\n']);
    await core.shutdown();
    expect(lines.reduce((sum, some) => sum + some, 0)).toBe(3);
    expect(broadcast.mock.calls.map(([{ type }]) => type)).not.toContain('ActionProcessOutput');
  });

  it('Service marks the pieces of a long line', async () => {
    await using core = new Core();
    const service = Service.register(core);
    const told: string[] = [];
    core.registerAction('ActionProcessOutput', (message) => told.push(inShort(message)));
    await service.run('printf', ['abcdef\\n'], { maxLineBytes: 4 });
    await core.shutdown();
    expect(told).toEqual(['stdout piece abcd', 'stdout ef']);
  });

  it('Service.register makes a service that its bus knows as `process`, and closes', async () => {
    await using command = await scriptedCommand();
    const core = new Core();
    const service = Service.register(core, { defaults: { gracePeriodMs: 1000 } });
    expect(core.serviceFor('process', Service)).toBe(service);
    const child = await service.start(command.command, command.args);
    await command.next();
    const telling = ends(core, 1);
    await core.shutdown();
    expect((await telling).map(inShort)).toEqual(['killed SIGTERM', 'exited SIGTERM']);
    expect(child.status).toBe('killed');
    await expect(service.start('true')).rejects.toMatchObject({ code: 'ERR_PROCESS_CLOSED' });
  });
});

describe('Bad', () => {
  it('Service tells of a start that failed, with its error and without a start', async () => {
    await using core = new Core();
    const service = Service.register(core);
    const telling = ends(core, 1);
    await expect(service.start('no-such-program')).rejects.toThrow();
    const [message, ...others] = await telling;
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      ...{ type: 'ActionProcessExited', id: 'proc-1', exitCode: undefined, durationMs: 0 },
      error: { code: 'ERR_PROCESS_SPAWN_FAILED', outcome: { what: 'command' } },
    });
  });

  it('Service tells why an end is no success', async () => {
    await using core = new Core();
    const service = Service.register(core);
    const telling = ends(core, 3);
    const reason = new Error('enough');
    await service.run('sh', ['-c', 'exit 3'], { reject: false });
    await service.run('sh', ['-c', 'kill -9 $$'], { reject: false });
    const controller = new AbortController();
    core.registerAction('ActionProcessStarted', () => {
      controller.abort(reason);
    });
    await expect(service.run('sleep', ['300'], { signal: controller.signal })).rejects.toBe(reason);
    const told = (await telling).filter(({ type }) => type !== 'ActionProcessStarted');
    expect(told.map(inShort)).toEqual([
      ...['exited 3', 'killed SIGKILL', 'exited SIGKILL', 'killed SIGTERM', 'exited SIGTERM'],
    ]);
    expect(told.map((message) => ('error' in message ? message.error : undefined))).toEqual([
      expect.objectContaining({ code: 'ERR_PROCESS_EXIT_NON_ZERO', exitCode: 3 }),
      undefined,
      expect.objectContaining({ code: 'ERR_PROCESS_EXIT_NON_ZERO', killSignal: 'SIGKILL' }),
      undefined,
      reason,
    ]);
  });

  it('Service refuses what is no bus, and a bus that has a `process`', () => {
    expect(() => new Service({ core: {} as Core })).toThrow(
      new TypeError('core must be a Core, not a value of type object'),
    );
    expect(() => Service.register(undefined as unknown as Core)).toThrow('core must be a Core, not undefined');
    const core = new Core();
    Service.register(core);
    expect(() => Service.register(core)).toThrow(CoreBusError);
  });
});

describe('Ugly', () => {
  it('Service keeps one who hears and throws from harming the process and the others', async () => {
    await using core = new Core();
    const service = Service.register(core);
    const told: string[] = [];
    core.registerAction(() => {
      throw new Error('harm');
    });
    core.registerAction(() => Promise.reject(new Error('more harm')));
    core.registerAction('ActionProcessOutput', ({ line }) => told.push(line));
    core.registerAction('ActionProcessExited', ({ exitCode }) => told.push(String(exitCode)));
    const result = await service.run('printf', ['a\\nb\\n']);
    await core.shutdown();
    expect([result.stdout, told]).toEqual(['a\nb\n', ['a', 'b', '0']]);
  });

  it('Service tells those who begin to hear, or cease to, while a process runs', async () => {
    await using command = await scriptedCommand();
    await using core = new Core();
    const service = Service.register(core);
    const child = await service.start(command.command, command.args);
    const run = await command.next();
    const seen = child.lines();
    const print = async (line: string): Promise<void> => {
      await run.print('stdout', `${line}\n`);
      await seen.next();
    };
    await print('unheard');
    const outputs = core.messages({ type: 'ActionProcessOutput' });
    await print('heard');
    expect((await outputs.next()).value).toMatchObject({ line: 'heard' });
    await outputs.return?.();
    expect(core.hears('ActionProcessOutput')).toBe(false);
    await print('unheard again');
    await run.exit();
    expect((await child.done).stdout).toBe('unheard\nheard\nunheard again\n');
  });

  it('Service tells of one end for each process, of many at once, and of none before its last line', async () => {
    await using core = new Core();
    const service = Service.register(core);
    const lines = new Map<string, number>();
    const over = new Map<string, number>();
    core.registerAction('ActionProcessOutput', ({ id }) => lines.set(id, (lines.get(id) ?? 0) + 1));
    core.registerAction('ActionProcessExited', ({ id }) => over.set(id, (over.get(id) ?? 0) + (lines.get(id) ?? 0)));
    const program = 'i=0; while [ $i -lt 50 ]; do echo $i; i=$((i+1)); done';
    await Promise.all(Array.from({ length: 12 }, () => service.run('sh', ['-c', program])));
    await core.shutdown();
    expect([...over.values()]).toEqual(Array.from({ length: 12 }, () => 50));
  });

  it('Service has told every line when the result is there, however many there were', async () => {
    await using core = new Core();
    const service = Service.register(core);
    let count = 0;
    let length = 0;
    core.registerAction('ActionProcessLines', ({ lines }) => (count += lines.length));
    core.registerAction('ActionProcessOutput', ({ line }) => (length += line.length + 1));
    await service.run('seq', ['100000'], { capture: false });
    expect([count, length]).toEqual([100_000, 588_895]);
  });

  it('Service gives the result although one who hears is slow, and tells that one the rest before the end', async () => {
    await using core = new Core();
    const service = Service.register(core);
    let count = 0;
    const atEnd: number[] = [];
    core.registerAction('ActionProcessOutput', () => {
      count += 1;
      for (const until = performance.now() + 2; performance.now() < until;);
    });
    core.registerAction('ActionProcessExited', () => atEnd.push(count));
    await service.run('seq', ['200']);
    expect(count).toBeLessThan(200);
    await core.shutdown();
    expect(atEnd).toEqual([200]);
  });

  it('processEvents asks each time whether lines are wanted', () => {
    const core = new Core();
    const { wantsLines } = processEvents(core);
    const wanted = [wantsLines?.()];
    const output = core.registerAction('ActionProcessOutput', () => undefined);
    wanted.push(wantsLines?.());
    output.close();
    const all = core.registerAction(() => undefined);
    wanted.push(wantsLines?.());
    all.close();
    wanted.push(wantsLines?.());
    expect(wanted).toEqual([false, true, true, false]);
  });
});
