import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Service } from '@core/process';
import { isProcessRunning, processRecordOf } from '@core/process/daemon';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';
import fc from 'fast-check';

import { AgentClient } from '../../src/agent/agent-client.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { NativeAgent } from './native-agent.ts';

let agent: NativeAgent;
let client: AgentClient;

beforeAll(async () => {
  if (!has('gcc')) return;
  agent = await NativeAgent.start();
  client = await AgentClient.connect(agent.socket, { id: 'web' });
});

afterAll(async () => {
  if (!has('gcc')) return;
  await client.close();
  await agent[Symbol.asyncDispose]();
});

const test = needs('gcc', 'linux');

/** A process of a shell's `$!`, and whether it still runs. */
async function watch(pid: number): Promise<() => Promise<boolean>> {
  const record = { pid, writtenAtMs: Date.now(), ...(await processRecordOf(pid)) };
  return () => isProcessRunning(record);
}

/** Resolves when the process is gone: whoever buries it does so when it pleases. */
async function gone(isRunning: () => Promise<boolean>): Promise<void> {
  while (await isRunning()) await setImmediate();
}

/** How many descriptors the agent has open. */
async function descriptors(): Promise<number> {
  return (await readdir(`/proc/${String(agent.pid)}/fd`)).length;
}

describe('Good', () => {
  test('AgentClient.exec tells exit code, output, and what did it', async () => {
    const result = await client.exec(['sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(result).toMatchObject({ exitCode: 7, stdout: 'out\n', stderr: 'err\n', truncated: false, via: 'agent' });
    expect(result.killSignal).toBeUndefined();
    expect((await client.exec(['true'])).exitCode).toBe(0);
  });

  test('AgentClient.exec hands over every argument exactly', async () => {
    const words = fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()));
    await fc.assert(
      fc.asyncProperty(words, async (args) => {
        const { stdout } = await client.exec(['sh', '-c', 'for word; do printf "%s\\0" "$word"; done', 'sh', ...args]);
        expect(stdout.split('\0').slice(0, -1)).toEqual(args);
      }),
      { numRuns: 30 },
    );
  });

  test('AgentClient.exec gives megabytes of input and gets them back, at once and in pieces', async () => {
    const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => (index * 7919) >>> 3));
    const four = Buffer.concat([bytes, bytes, bytes, bytes]);
    expect(four.equals((await client.exec(['cat'], { input: four })).stdoutBytes)).toBe(true);
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 10_007) yield await Promise.resolve(bytes.subarray(at, at + 10_007));
    };
    expect(bytes.equals((await client.exec(['cat'], { input: pieces() })).stdoutBytes)).toBe(true);
    expect((await client.exec(['cat'], { input: 'ü\n' })).stdout).toBe('ü\n');
    expect((await client.exec(['cat'])).stdout).toBe('');
  });

  test('AgentClient.exec sets directory, variables and the home of the user', async () => {
    const env = { GREETING: "it's\n$HOME", EMPTY: '' };
    const { stdout } = await client.exec(['sh', '-c', 'pwd; printf "%s|%s|" "$GREETING" "$EMPTY"'], {
      dir: '/tmp',
      env,
    });
    expect(stdout).toBe("/tmp\nit's\n$HOME||");
    const home = await client.exec(['sh', '-c', 'cd; test "$PWD" = "$HOME" && echo home']);
    expect(home.stdout).toBe('home\n');
  });

  test('AgentClient.exec gives a terminal of its size, in which both streams are one', async () => {
    const command = ['sh', '-c', 'stty size; cat >/dev/null; echo out; echo err >&2; test -t 0 && test -t 2'];
    const { exitCode, stdout, stderr } = await client.exec(command, { tty: { columns: 33, rows: 12 }, input: '' });
    expect([exitCode, stdout, stderr]).toEqual([0, '12 33\r\nout\r\nerr\r\n', '']);
  });

  test('AgentClient.exec tells in a terminal, too, how a command ended that closes its streams before', async () => {
    const before = await descriptors();
    for (let round = 0; round < 40; round++) {
      const { exitCode, stdout } = await client.exec(['cat'], { tty: true, input: 'abc\n' });
      expect([exitCode, stdout]).toEqual([0, 'abc\r\nabc\r\n']);
    }
    const closing = ['sh', '-c', 'exec <&- >&- 2>&-; kill -9 $$'];
    expect((await client.exec(closing, { tty: true })).killSignal).toBe('SIGKILL');
    expect(await descriptors()).toBe(before);
  });

  test('AgentClient.exec lets a command close its terminal, live on, and come back to it', async () => {
    const [closed, goOn] = [join(agent.dir, 'closed'), join(agent.dir, 'go-on')];
    await promisify(execFile)('mkfifo', [goOn]);
    await using words = await open(goOn, 'r+');
    const script = 'exec <&- >&- 2>&-; : >"$1"; read -r line <"$2"; exec >/dev/tty; echo "$line"; exit 7';
    const over = new AbortController();
    const running = client.exec(['sh', '-c', script, 'sh', closed, goOn], { tty: true }).finally(() => {
      over.abort();
    });
    while (!over.signal.aborted && !existsSync(closed)) await setImmediate();
    await client.ping(); // the agent has had a turn since
    await words.write('late\n');
    expect(await running).toMatchObject({ exitCode: 7, stdout: 'late\r\n' });
  });

  test('AgentClient.exec ends the input of a terminal once, wherever in a line it ends', async () => {
    // a reader behind the first one hears of an end that was said once too often
    const script = 'head -c 99 >/dev/null; stty -icanon -echo min 0 time 0; head -c 1 | wc -c';
    for (const [input, shown] of [
      ['abc\n', 'abc\r\n'],
      ['abc', 'abc'],
      ['a\nbc', 'a\r\nbc'],
      ['abc\r', 'abc\r\n'],
      ['', ''],
      [undefined, ''],
    ] as const) {
      const options = { tty: true, timeoutMs: 5000, ...(input === undefined ? {} : { input }) };
      expect((await client.exec(['sh', '-c', script], options)).stdout).toBe(`${shown}0\r\n`);
    }
    const piecemeal = Readable.from([Buffer.from('abc\n'), Buffer.from('d'), Buffer.alloc(0)]);
    const { stdout } = await client.exec(['wc', '-c'], { tty: true, timeoutMs: 5000, input: piecemeal });
    expect(stdout).toBe('abc\r\nd5\r\n');
  });

  test('AgentClient.run gives a terminal other sizes as they come', async () => {
    const output: Uint8Array[] = [];
    let ready: () => void = () => undefined;
    const isReady = new Promise<void>((resolve) => (ready = resolve));
    const sizes = async function* (): AsyncGenerator<{ columns: number; rows: number }> {
      await isReady;
      yield { columns: 132, rows: 50 };
    };
    const script = 'trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.1; done';
    const sink = ({ bytes }: { readonly bytes: Uint8Array }): void => {
      output.push(bytes);
      ready();
    };
    const exit = await client.run(['sh', '-c', script], { tty: { columns: 80, rows: 24 }, sizes: sizes(), sink });
    expect([exit, Buffer.concat(output).toString()]).toEqual([{ exitCode: 3 }, 'ready\r\n50 132\r\n']);
  });

  test('AgentClient.exec tells the signal that ended a command', async () => {
    expect(await client.exec(['sh', '-c', 'kill -SEGV $$'])).toMatchObject({ exitCode: 139, killSignal: 'SIGSEGV' });
  });

  test('AgentClient.exec hands on output as it comes and keeps the end of it', async () => {
    const pieces: string[] = [];
    const { stdout, truncated } = await client.exec(['sh', '-c', 'printf 0123456789; printf x >&2'], {
      bufferSizeBytes: 4,
      onOutput: ({ stream, bytes }) => pieces.push(`${stream} ${Buffer.from(bytes).toString()}`),
    });
    expect([stdout, truncated, pieces.sort()]).toEqual(['6789', true, ['stderr x', 'stdout 0123456789']]);
  });

  test('AgentClient runs many commands at once, each with its own output', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => String(index));
    const results = await Promise.all(
      numbers.map((number) => client.exec(['sh', '-c', `echo ${number}; cat`], { input: number })),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(numbers.map((number) => `${number}\n${number}`));
  });

  test('AgentClient.exec does not wait for what a command left behind', async () => {
    const { stdout } = await client.exec(['sh', '-c', 'sleep 300 & echo $!']);
    const isRunning = await watch(Number(stdout));
    expect(await isRunning()).toBe(true);
    process.kill(Number(stdout), 'SIGKILL');
  });

  test('AgentClient.connect tells what the agent can do, and ping that it is there', async () => {
    expect(client.hello).toMatchObject({ protocol: 1, version: '1.0.0', inputWindow: 65_536 });
    expect(client.hello.capabilities).toEqual(['exec', 'tty', 'kill', 'user']);
    expect(await client.ping()).toBeGreaterThan(0);
  });

  needs('gcc', 'root')('AgentClient runs commands as the user that was asked for', async () => {
    await client.close();
    await using other = await AgentClient.connect(agent.socket, { user: 'nobody' });
    expect((await other.exec(['sh', '-c', 'id -un; id -Gn; echo $USER'])).stdout).toBe('nobody\nnogroup\nnobody\n');
    await other.close();
    client = await AgentClient.connect(agent.socket, { id: 'web' });
  });
});

needs(
  'gcc',
  'root',
  'mount',
)('core-agent --enter runs commands in the namespaces of another process', async () => {
  await using service = new Service();
  const script = 'hostname inner; mount -t tmpfs none /mnt; echo kept >/mnt/file; echo ready; exec sleep 300';
  const other = await service.start('unshare', ['--uts', '--mount', 'sh', '-c', script]);
  for await (const { line } of other.lines()) if (line === 'ready') break;
  await using entering = await NativeAgent.start(['--enter', String(other.pid)]);
  await using inner = await AgentClient.connect(entering.socket, { user: 'root' });
  const { stdout } = await inner.exec(['sh', '-c', 'hostname; cat /mnt/file']);
  expect(stdout).toBe('inner\nkept\n');
});

describe('Bad', () => {
  test('AgentClient.exec tells a program that is not there as a shell does', async () => {
    const missing = await client.exec(['no-such-program']);
    expect([missing.exitCode, missing.stderr]).toEqual([
      127,
      'core-agent: no-such-program: No such file or directory\n',
    ]);
    expect((await client.exec(['/etc/passwd'])).exitCode).toBe(126);
  });

  test('AgentClient.exec refuses a directory and a user that are not there, and a request that is too long', async () => {
    const dir = await containerRefusalOf(() => client.exec(['pwd'], { dir: '/no/such' }), 'ERR_CONTAINER_EXEC_FAILED');
    expect(dir.message).toBe(
      'Cannot run pwd in "web": its directory "/no/such" cannot be used: No such file or directory',
    );
    const env = { LONG: 'x'.repeat(3 << 20) };
    const long = await containerRefusalOf(() => client.exec(['true'], { env }), 'ERR_CONTAINER_EXEC_FAILED');
    expect(long.message).toMatch(/Argument list too long$/);
    const user = () => client.run(['true'], { user: 'no-such-user', sink: () => undefined });
    await containerRefusalOf(user, 'ERR_CONTAINER_EXEC_FAILED');
    expect((await client.exec(['echo', 'still here'])).stdout).toBe('still here\n');
  });

  test('AgentClient.exec refuses misuse before anything is sent', async () => {
    const wrong = async (command: unknown, options?: unknown): Promise<string> =>
      client.exec(command as string[], options as object).then(
        () => 'nothing',
        (error: unknown) => (error as Error).message,
      );
    expect(await wrong('ls')).toBe('command must be an array of strings, not "ls"');
    expect(await wrong([])).toBe('command must have a program to run, not be an empty array');
    expect(await wrong(['a', 'b\0'])).toBe('command[1] must not have a NUL character in it');
    expect(await wrong(['a'], { env: { 'A=B': 'c' } })).toBe('env must have names of letters, digits and _, not "A=B"');
    expect(await wrong(['a'], { timeoutMs: 0 })).toMatch(/^timeoutMs must be a whole number from 1/);
    expect(await wrong(['a'], { tty: { columns: 1e6, rows: 1 } })).toMatch(/^tty.columns must be/);
    expect(await wrong(['a'], { input: 5 })).toBe('input must be text, bytes or an async iterable, not 5');
  });

  test('AgentClient.exec ends a command whose time is up, with all that it started', async () => {
    let pid = 0;
    const onOutput = ({ bytes }: { readonly bytes: Uint8Array }): void => {
      pid = Number(Buffer.from(bytes).toString());
    };
    const command = ['sh', '-c', 'sleep 300 & echo $!; wait'];
    const error = await containerRefusalOf(
      () => client.exec(command, { timeoutMs: 300, onOutput }),
      'ERR_CONTAINER_EXEC_TIMEOUT',
    );
    expect(error.message).toBe('Cannot run sh in "web": it has not ended within 300 ms and was stopped');
    await gone(await watch(pid));
  });

  test('AgentClient.exec rejects with the reason of an abort, and nothing of the command is left', async () => {
    const controller = new AbortController();
    const reason = new Error('the user changed her mind');
    let pid = 0;
    const onOutput = ({ bytes }: { readonly bytes: Uint8Array }): void => {
      pid = Number(Buffer.from(bytes).toString());
      controller.abort(reason);
    };
    const command = ['sh', '-c', 'sleep 300 & echo $!; wait'];
    await expect(client.exec(command, { signal: controller.signal, onOutput })).rejects.toBe(reason);
    await gone(await watch(pid));
    await expect(client.exec(['true'], { signal: controller.signal })).rejects.toBe(reason);
    await expect(client.ping({ signal: controller.signal })).rejects.toBe(reason);
  });

  test('AgentClient.exec rejects with the error of an input or a listener, and ends the command', async () => {
    const reason = new Error('no more');
    // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
    const input = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      throw reason;
    };
    await expect(client.exec(['cat'], { input: input() })).rejects.toBe(reason);
    const onOutput = (): void => {
      throw reason;
    };
    await expect(client.exec(['sh', '-c', 'echo; exec sleep 300'], { onOutput })).rejects.toBe(reason);
  });

  test('AgentClient.connect tells when nobody listens, and when nobody answers', async () => {
    const nobody = () => AgentClient.connect(`${agent.socket}.not`, { id: 'web' });
    const error = await containerRefusalOf(nobody, 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    expect(error.message).toBe('Cannot reach the agent in "web": nothing listens at its socket');
    const second = () => AgentClient.connect(agent.socket, { timeoutMs: 50 });
    const busy = await containerRefusalOf(second, 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    expect(busy.message).toBe('Cannot reach the agent: none has answered within 50 ms');
    expect(busy.hint).toMatch(/core-agent/);
    const reason = new Error('enough');
    await expect(AgentClient.connect(agent.socket, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('Ugly', () => {
  test('AgentClient is not held up by a command whose output nobody takes', async () => {
    const controller = new AbortController();
    const reason = new Error('done');
    let received = 0;
    let tell: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (tell = resolve));
    const sink = ({ bytes }: { readonly bytes: Uint8Array }): Promise<void> => {
      received += bytes.length;
      tell();
      return new Promise(() => undefined);
    };
    const flood = client.run(['yes'], { sink, signal: controller.signal });
    await stuck;
    const { stdout } = await client.exec(['sh', '-c', 'seq 100000 | tail -n 1']);
    expect(stdout).toBe('100000\n');
    expect(received).toBeLessThan(1 << 20);
    controller.abort(reason);
    await expect(flood).rejects.toBe(reason);
  });

  test('AgentClient serves others while one command floods', async () => {
    const controller = new AbortController();
    const flood = client.run(['yes'], { sink: () => undefined, signal: controller.signal });
    for (let round = 0; round < 5; round++)
      expect((await client.exec(['echo', String(round)])).stdout).toBe(`${String(round)}\n`);
    controller.abort(new Error('enough'));
    await expect(flood).rejects.toThrow('enough');
  });

  test('AgentClient.exec goes on where a command does not read its input', async () => {
    const input = Buffer.alloc(4 << 20);
    expect(await client.exec(['sh', '-c', 'exec <&-; echo done'], { input })).toMatchObject({
      exitCode: 0,
      stdout: 'done\n',
    });
    expect(await client.exec(['head', '-c', '1'], { input })).toMatchObject({ exitCode: 0, stdout: '\0' });
  });

  test('AgentClient.exec kills a command that does not mind being asked to end', async () => {
    const command = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 300; done'];
    const controller = new AbortController();
    const onOutput = (): void => {
      controller.abort('now');
    };
    await expect(client.exec(command, { signal: controller.signal, onOutput })).rejects.toBe('now');
  });

  test('AgentClient.exec refuses more commands at once than the agent runs, and the others go on', async () => {
    const controller = new AbortController();
    let started = 0;
    let tell: () => void = () => undefined;
    const full = new Promise<void>((resolve) => (tell = resolve));
    const onOutput = (): void => {
      if (++started === 64) tell();
    };
    const { signal } = controller;
    const running = Array.from({ length: 64 }, () =>
      client.exec(['sh', '-c', 'echo; exec sleep 300'], { signal, onOutput }),
    );
    await full;
    const error = await containerRefusalOf(() => client.exec(['true']), 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toBe('Cannot run true in "web": Resource temporarily unavailable');
    controller.abort('enough');
    for (const { status } of await Promise.allSettled(running)) expect(status).toBe('rejected');
    expect((await client.exec(['true'])).exitCode).toBe(0);
  });

  test('AgentClient fails what runs when the agent dies, and connects again for the next command', async () => {
    const onOutput = (): void => void agent.kill();
    const error = await containerRefusalOf(
      () => client.exec(['sh', '-c', 'echo; exec sleep 300'], { onOutput }),
      'ERR_CONTAINER_EXEC_FAILED',
    );
    expect(error.message).toBe('Cannot run sh in "web": the connection to the machine has ended');
    await containerRefusalOf(() => client.exec(['true']), 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    await agent.restart();
    const all = await Promise.all([client.exec(['echo', 'again']), client.exec(['echo', 'again'])]);
    expect(all.map(({ stdout }) => stdout)).toEqual(['again\n', 'again\n']);
  });

  test('AgentClient.close is told to what has just begun, and to what waits for another connection', async () => {
    await client.close();
    const other = await AgentClient.connect(agent.socket);
    const begun = [
      containerRefusalOf(() => other.exec(['true']), 'ERR_CONTAINER_EXEC_FAILED'),
      containerRefusalOf(() => other.ping(), 'ERR_CONTAINER_AGENT_UNAVAILABLE'),
    ];
    await other.close();
    expect((await Promise.all(begun)).map(({ message }) => message)).toEqual([
      'Cannot run true: the client was closed',
      'Cannot reach the agent: the client was closed',
    ]);
    const waiting = await AgentClient.connect(agent.socket, { timeoutMs: 20_000 });
    await agent.kill();
    await agent.restart();
    client = await AgentClient.connect(agent.socket, { id: 'web' });
    const refused = containerRefusalOf(() => waiting.exec(['true']), 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    await client.exec(['true']);
    await waiting.close();
    expect((await refused).message).toBe('Cannot reach the agent: the client was closed');
  });

  test('AgentClient.close ends what runs, and nothing can be run any more', async () => {
    await client.close();
    const other = await AgentClient.connect(agent.socket);
    let pid = 0;
    const onOutput = ({ bytes }: { readonly bytes: Uint8Array }): void => {
      pid = Number(Buffer.from(bytes).toString());
      void other.close();
    };
    const run = () => other.exec(['sh', '-c', 'echo $$; exec sleep 300'], { onOutput });
    await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_FAILED');
    await gone(await watch(pid));
    await containerRefusalOf(() => other.exec(['true']), 'ERR_CONTAINER_AGENT_UNAVAILABLE');
    client = await AgentClient.connect(agent.socket, { id: 'web' });
  });
});
