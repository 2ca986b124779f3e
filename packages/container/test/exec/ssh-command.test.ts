import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Service } from '@core/process';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { execOverSsh } from '../../src/exec/exec-over-ssh.ts';
import type { SshTarget } from '../../src/exec/ssh-target.ts';
import type { ExecOptions, ExecOutput, ExecResult } from '../../src/run-options.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';

/** In the place of ssh: what a server would do with the script, here. */
const LOCAL = 'for script; do :; done; exec sh -c "$script"';
const ALL_BUT_TIMEOUTS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
] as const;
const services: Service[] = [];
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ssh-'));
});

afterAll(async () => {
  for (const service of services) await service.close();
  await rm(dir, { recursive: true });
});

/** A target whose ssh is this shell script, and whose other programs are at this path. */
async function target(script: string, path = process.env['PATH'] ?? ''): Promise<SshTarget> {
  const bin = await mkdtemp(join(dir, 'bin-'));
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, 'ssh'), 0o755);
  const service = new Service({ defaults: { env: { PATH: `${bin}:${path}` } } });
  services.push(service);
  return { port: 22, user: 'root', knownHosts: join(dir, 'known_hosts'), hostKeyAlias: 'web', service };
}

async function exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  return execOverSsh(await target(LOCAL), command, options);
}

const test = needs('linux');
const testInTerminal = needs('linux', 'script');

describe('Good', () => {
  test('execOverSsh tells output and exit code exactly', async () => {
    const result = await exec(['sh', '-c', 'printf out; printf err >&2; exit 7']);
    expect(result).toMatchObject({ exitCode: 7, stdout: 'out', stderr: 'err', via: 'ssh' });
    expect((await exec(['sh', '-c', 'exit 255'])).exitCode).toBe(255);
    expect((await exec(['no-such-program'])).exitCode).toBe(127);
    expect((await exec(['/etc/passwd'])).exitCode).toBe(126);
  });

  test('execOverSsh hands over every argument and variable exactly', async () => {
    const words = [
      '',
      ' ',
      "it's",
      '"',
      '$HOME',
      '`id`',
      '$(id)',
      '\n',
      'a\nb\n',
      '\\',
      '\\n',
      '%s',
      '-n',
      'ü ☃',
      '\u0001',
    ];
    const env = { A: "b\n'c", B: '' };
    const { stdout } = await exec(['sh', '-c', 'printf "%s\\0" "$A" "$B" "$@"', 'sh', ...words], { env });
    expect(stdout.split('\0').slice(0, -1)).toEqual([env.A, env.B, ...words]);
  });

  test('execOverSsh gives the command its input, and nothing where there is none', async () => {
    const input = Buffer.alloc(1 << 20, 'abcdefg\n');
    expect(input.equals((await exec(['cat'], { input })).stdoutBytes)).toBe(true);
    expect((await exec(['cat'])).stdout).toBe('');
    expect((await exec(['pwd'], { dir: '/usr' })).stdout).toBe('/usr\n');
  });

  test('execOverSsh tells a signal, and keeps the words of the shell about it out of stderr', async () => {
    expect(await exec(['sh', '-c', 'kill -KILL $$'])).toMatchObject({
      exitCode: 137,
      killSignal: 'SIGKILL',
      stderr: '',
    });
  });

  test('execOverSsh leaves out what the shell of the user says before the command', async () => {
    const noisy = await target(`echo welcome; echo warning >&2; ${LOCAL}`);
    expect(await execOverSsh(noisy, ['echo', 'out'])).toMatchObject({ stdout: 'out\n', stderr: '' });
  });

  test('execOverSsh does not wait for what a command left behind', async () => {
    const { stdout } = await exec(['sh', '-c', 'sleep 300 & echo done']);
    expect(stdout).toBe('done\n');
  });

  testInTerminal('execOverSsh ends the input of a terminal, wherever in a line it ends', async () => {
    const terminal = await target('for script; do :; done; exec script --quiet --flush --command "$script" /dev/null');
    for (const input of ['abc\n', 'abc', 'a\nbc', '']) {
      const options = { tty: true, timeoutMs: 5000, input };
      expect((await execOverSsh(terminal, ['sh', '-c', 'stty -echo; wc -c'], options)).stdout).toContain(
        `${String(input.length)}\r\n`,
      );
    }
  });

  testInTerminal(
    'execOverSsh says each of its words once in a terminal, which would show the input in the midst of a second',
    async () => {
      const record = join(dir, 'record');
      const terminal = await target(
        `for script; do :; done; exec script --quiet --flush --command "$script" ${record}`,
      );
      const options = { tty: { columns: 33, rows: 12 }, input: 'hello\n' };
      const words = 'stty size; read -r line; echo "got $line"; exit 7';
      const { stdout, stderr, exitCode } = await execOverSsh(terminal, ['sh', '-c', words], options);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 7 });
      expect(stdout.replace('hello\r\n', '')).toBe('12 33\r\ngot hello\r\n'); // shown once, as it was typed
      const said = (await readFile(record, 'latin1')).match(/(?<=:)(?:start|exit)(?=:)/g);
      expect(said).toEqual(['start', 'exit']);
    },
  );

  test('execOverSsh shows arguments and variables to nobody who lists processes', async () => {
    const spy = await target(`for word; do printf '%s\\n' "$word" >>${dir}/seen; done; ${LOCAL}`);
    await execOverSsh(spy, ['echo', 'argument'], { env: { PASSWORD: 'hunter2' } });
    expect(await readFile(join(dir, 'seen'), 'utf8')).not.toMatch(/argument|PASSWORD|hunter2/);
  });
});

describe('Bad', () => {
  test('execOverSsh says what to do where there is no ssh', async () => {
    const service = new Service({ defaults: { env: { PATH: '/nowhere' } } });
    services.push(service);
    const run = async () => execOverSsh({ ...(await target('')), service }, ['ls']);
    const error = await containerRefusalOf(run, 'ERR_CONTAINER_TOOL_MISSING');
    expect(error.hint).toMatch(/openssh-client/);
  });

  test('execOverSsh tells the failure of ssh from one of the command', async () => {
    const denied = await target('echo "root@127.0.0.1: Permission denied (publickey)." >&2; exit 255');
    const error = await containerRefusalOf(() => execOverSsh(denied, ['ls']), 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toBe('Cannot run ls in "web" over SSH: root@127.0.0.1: Permission denied (publickey).');
    expect(error.hint).toMatch(/sshKey/);
    const mute = await target('exit 0');
    const nothing = await containerRefusalOf(() => execOverSsh(mute, ['ls']), 'ERR_CONTAINER_EXEC_FAILED');
    expect(nothing.message).toMatch(/the connection ended before the command began$/);
  });

  test('execOverSsh refuses another host key', async () => {
    const other = await target('echo "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @" >&2; exit 255');
    const error = await containerRefusalOf(() => execOverSsh(other, ['ls']), 'ERR_CONTAINER_HOST_KEY_CHANGED');
    expect(error).toMatchObject({ id: 'web', path: join(dir, 'known_hosts') });
  });

  test('execOverSsh refuses a directory that is not there', async () => {
    const run = () => exec(['pwd'], { dir: '/no/such' });
    const error = await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toBe('Cannot run pwd in "web" over SSH: its directory "/no/such" cannot be used');
  });
});

describe('Ugly', () => {
  test('execOverSsh tells a connection that was lost from a command that has ended', async () => {
    const breaking = await target('for script; do :; done; sh -c "$script"; kill -9 $$');
    expect((await execOverSsh(breaking, ['echo', 'whole'])).stdout).toBe('whole\n');
    const run = () => exec(['sh', '-c', 'kill -KILL $PPID; kill -KILL $$']);
    const error = await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toMatch(/the connection ended before the command did$/);
  });

  test('execOverSsh rejects with the reason of an abort, before and while it connects', async () => {
    const reason = new Error('never mind');
    await expect(exec(['true'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const hanging = await target('exec sleep 300');
    const run = execOverSsh(hanging, ['true'], { signal: controller.signal });
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
  });

  test('execOverSsh rejects with the reason of an abort where the guest cannot be asked to end the command', async () => {
    const reason = new Error('never mind');
    const losses: readonly ((ssh: SshTarget, program: string) => Promise<void>)[] = [
      ({ service }) => service.close(),
      (_, program) => rm(program), // what is not there cannot be started once more
    ];
    for (const lose of losses) {
      const controller = new AbortController();
      const ssh = await target(`echo $$ >${dir}/client; export PROGRAM="$0" PATH=/usr/bin:/bin; ${LOCAL}`, '/nowhere');
      let lost: Promise<void> | undefined;
      const onOutput = ({ bytes }: ExecOutput): void => {
        controller.abort(reason);
        lost = lose(ssh, Buffer.from(bytes).toString().trim());
      };
      const command = ['sh', '-c', 'echo "$PROGRAM"; exec sleep 300'];
      await expect(execOverSsh(ssh, command, { signal: controller.signal, onOutput })).rejects.toBe(reason);
      await lost;
      const client = Number(await readFile(join(dir, 'client'), 'utf8'));
      expect(() => process.kill(client, 0)).toThrow('ESRCH');
    }
  });

  test('execOverSsh gives up a guest that accepts and says nothing, ten seconds after the time of the command', async () => {
    const silent = await target(`echo $$ >${dir}/pid; exec sleep 300`);
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_TIMEOUTS] });
    const over = new AbortController();
    try {
      const run = () => execOverSsh(silent, ['true'], { timeoutMs: 500 });
      const refused = containerRefusalOf(run, 'ERR_CONTAINER_EXEC_TIMEOUT').finally(() => {
        over.abort();
      });
      while (!over.signal.aborted) {
        await pause(10); // a real one
        jest.advanceTimersByTime(1_000);
      }
      const { message } = await refused;
      expect(message).toBe('Cannot run true in "web" over SSH: it has not begun within 10500 ms and was stopped');
    } finally {
      jest.useRealTimers();
    }
    const pid = Number(await readFile(join(dir, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('execOverSsh takes the longest time that a timer can hold', async () => {
    expect(await exec(['true'], { timeoutMs: 2_147_483_647 })).toMatchObject({ exitCode: 0 });
  });

  test('execOverSsh rejects with the error of a listener, and with that of an input', async () => {
    const reason = new Error('full');
    const onOutput = (): void => {
      throw reason;
    };
    await expect(exec(['sh', '-c', 'echo; exec sleep 300'], { onOutput })).rejects.toBe(reason);
    // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
    const input = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      throw reason;
    };
    await expect(exec(['sleep', '300'], { input: input() })).rejects.toBe(reason);
  });
});
