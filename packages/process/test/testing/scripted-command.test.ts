import { describe, expect, it, jest } from '@jest/globals';

import { Service } from '../../src/service.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

describe('Good', () => {
  it('scriptedCommand does what the test says, when it says it', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args, { dir: '/', env: { A: '1' }, input: 'in' });
    const run = await command.next();
    expect([run.pid, run.dir, await run.env('A'), await run.env('NOT_SET')]).toEqual([child.pid, '/', '1', undefined]);
    expect([await run.read(), await run.read()]).toEqual(['in', undefined]);
    await run.print('stdout', 'out', 3);
    await run.print('stderr', Uint8Array.of(0x65));
    await run.exit(4);
    const result = await child.done;
    expect([result.stdout, result.stderr, result.exitCode]).toEqual(['outoutout', 'e', 4]);
  });

  it('scriptedCommand gives its processes in the order in which they come up', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const first = await service.start(command.command, command.args);
    const firstRun = await command.next();
    const next = command.next();
    const second = await service.start(command.command, command.args);
    expect([firstRun.pid, (await next).pid]).toEqual([first.pid, second.pid]);
  });

  it('scriptedCommand starts processes below processes', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args, { env: { A: '1' } });
    const run = await command.next();
    const grandchild = await run.spawn();
    const bare = await grandchild.spawn({ session: true, bare: true });
    expect([await grandchild.env('A'), await bare.env('A')]).toEqual(['1', undefined]);
    await grandchild.print('stdout', 'from below');
    await run.exit();
    expect((await child.done).stdout).toBe('from below');
  });

  it('scriptedCommand can close a stream', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args);
    const run = await command.next();
    await run.print('stdout', 'last words');
    await run.closeOutput('stdout');
    await run.exit();
    expect((await child.done).stdout).toBe('last words');
  });
});

describe('Bad', () => {
  it('ScriptedRun refuses orders when its process is gone', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    await service.start(command.command, command.args);
    const run = await command.next();
    await run.raise('SIGKILL');
    await expect(run.print('stdout', 'x')).rejects.toMatchObject({ code: 'ERR_PROCESS_NOT_RUNNING' });
  });

  it('ScriptedRun passes on what went wrong', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    await service.start(command.command, command.args);
    const run = await command.next();
    await expect(run.print('stdnothing' as 'stdout', 'x')).rejects.toThrow('TypeError');
  });
});

describe('Ugly', () => {
  it('ScriptedRun rejects the order that its process did not live to carry out', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args, { stdio: { stdin: 'pipe' } });
    const run = await command.next();
    const reading = expect(run.read()).rejects.toMatchObject({ code: 'ERR_PROCESS_NOT_RUNNING' });
    await child.kill();
    await reading;
  });

  it('scriptedCommand leaves no process behind, also none that does not listen', async () => {
    const command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args);
    const run = await command.next();
    const daemon = await run.spawn({ session: true, orphan: true });
    child.sendSignal('SIGSTOP');
    await command.close();
    await Promise.all([run.gone, daemon.gone]);
    expect((await child.done).outcome).toMatchObject({ kind: 'signaled', killSignal: 'SIGKILL', by: 'outside' });
  });
});
