import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { AgentClient } from '../../src/agent/agent-client.ts';
import { execInGuest } from '../../src/exec/exec-in-guest.ts';
import { execOverSsh } from '../../src/exec/exec-over-ssh.ts';
import type { GuestRunner } from '../../src/exec/guest-runner.ts';
import { readFromGuest, writeToGuest } from '../../src/exec/guest-stream.ts';
import { SshRunner } from '../../src/exec/ssh-runner.ts';
import type { ExecOptions, ExecResult } from '../../src/run-options.ts';
import { newHostKey } from '../../src/testing/vm-image/ssh-keys.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { Guest, GUEST_TOOLS, hasGuestTools } from './boot-guest.ts';

const ODD = [
  ...['a b', "it's", '"q"', '$(id)', '`id`', '$HOME', 'new\nline\n', '', 'ünï ☃ 𝄞', '-n', '--', '\\', '*', '\t', '!x'],
  ...['\u0001\u007f', '%s%%\\n', ' ', '#', ';', '&&', '~'],
];

let guest: Guest;
let agent: AgentClient;
let runners: readonly GuestRunner[] = [];

beforeAll(async () => {
  if (!hasGuestTools()) return;
  guest = await Guest.boot();
  agent = await AgentClient.connect(guest.agentSocket, { id: 'guest-1' });
  runners = [agent, new SshRunner(guest.ssh)];
}, 180_000);

afterAll(async () => {
  if (!hasGuestTools()) return;
  await agent.close();
  await guest[Symbol.asyncDispose]();
});

const test = needs(...GUEST_TOOLS);

/** The same command by each way, one after the other. */
async function byEach(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult[]> {
  const results: ExecResult[] = [];
  for (const runner of runners) results.push(await execInGuest(runner, command, options));
  expect(results.map(({ via }) => via)).toEqual(['agent', 'ssh']);
  return results;
}

/** How many processes of the guest have this in their command line. */
async function countOf(words: string): Promise<number> {
  const script =
    'n=0; for f in /proc/[0-9]*/cmdline; do tr "\\0" " " <$f 2>/dev/null | grep -q "^$1" && n=$((n+1)); done; echo $n';
  return Number((await agent.exec(['sh', '-c', script, 'sh', words])).stdout);
}

describe('Good', () => {
  test('execInGuest tells exit codes, output and signals alike by both ways', async () => {
    for (const code of [0, 1, 7, 127, 255]) {
      const results = await byEach(['sh', '-c', `printf out; printf err >&2; exit ${String(code)}`]);
      for (const result of results) expect(result).toMatchObject({ exitCode: code, stdout: 'out', stderr: 'err' });
    }
    for (const result of await byEach(['no-such-program'])) expect(result.exitCode).toBe(127);
    for (const result of await byEach(['sh', '-c', 'kill -9 $$'])) {
      expect(result).toMatchObject({ exitCode: 137, killSignal: 'SIGKILL', stderr: '' });
    }
  });

  test('execInGuest hands over arguments and variables exactly by both ways', async () => {
    const env = { A: "b\n'c", B: '' };
    for (const { stdout } of await byEach(['sh', '-c', 'printf "%s\\0" "$A" "$B" "$@"', 'sh', ...ODD], { env })) {
      expect(stdout.split('\0').slice(0, -1)).toEqual([env.A, env.B, ...ODD]);
    }
  });

  test('execInGuest takes four megabytes through a command intact by both ways', async () => {
    const input = Buffer.from(Array.from({ length: 4 << 20 }, (_, index) => (index * 2_654_435_761) >>> 24));
    for (const { stdoutBytes } of await byEach(['cat'], { input })) expect(input.equals(stdoutBytes)).toBe(true);
    for (const { stdout } of await byEach(['cat'])) expect(stdout).toBe('');
  });

  test('execInGuest runs in the home of the user, or where it is told to, by both ways', async () => {
    for (const { stdout } of await byEach(['pwd'])) expect(stdout).toBe('/root\n');
    for (const { stdout } of await byEach(['pwd'], { dir: '/proc/1' })) expect(stdout).toBe('/proc/1\n');
  });

  test('execInGuest gives a terminal by both ways', async () => {
    const command = ['sh', '-c', 'stty size; read -r line; echo "got $line"; cat; test -t 0 && test -t 1 && test -t 2'];
    for (const result of await byEach(command, { tty: { columns: 33, rows: 12 }, input: 'hello\n' })) {
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(result.stdout.replace('hello\r\n', '')).toBe('12 33\r\ngot hello\r\n');
    }
  });

  test('execOverSsh keeps the host key of the machine when it first answers', async () => {
    await execOverSsh(guest.ssh, ['true']);
    expect(await guest.knownHosts()).toBe(`guest-1 ${guest.hostKey}\n`);
  });

  test('writeToGuest and readFromGuest take bytes into a file and out of it exactly by both ways', async () => {
    const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => (index * 2_654_435_761) >>> 24));
    const source = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 77_777) yield await Promise.resolve(bytes.subarray(at, at + 77_777));
    };
    for (const runner of runners) {
      await writeToGuest(runner, ['sh', '-c', 'cat >/tmp/bytes'], { source: source() });
      const pieces: Uint8Array[] = [];
      for await (const piece of readFromGuest(runner, ['cat', '/tmp/bytes'])) pieces.push(piece);
      expect(bytes.equals(Buffer.concat(pieces))).toBe(true);
    }
  });
});

describe('Bad', () => {
  test('execInGuest ends a command whose time is up, with all that it started, by both ways', async () => {
    for (const runner of runners) {
      const command = ['sh', '-c', 'setsid sleep 4711 & sleep 4711; true'];
      const run = () => execInGuest(runner, command, { timeoutMs: 200 });
      const error = await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_TIMEOUT');
      expect(error).toMatchObject({ id: 'guest-1' });
      // who leaves its group is found by SSH's variable only
      expect(await countOf('sleep 4711')).toBe(runner.via === 'ssh' ? 0 : 1);
      await agent.exec(['killall', 'sleep']);
    }
  });

  test('execInGuest rejects with the reason of an abort, and nothing is left of the command, by both ways', async () => {
    for (const runner of runners) {
      const controller = new AbortController();
      const reason = new Error('the user changed her mind');
      const onOutput = (): void => {
        controller.abort(reason);
      };
      const command = ['sh', '-c', 'trap "" TERM; echo ready; sleep 4712 & sleep 4712; sleep 4712'];
      await expect(execInGuest(runner, command, { signal: controller.signal, onOutput })).rejects.toBe(reason);
      expect(await countOf('sleep 4712')).toBe(0);
    }
  });

  test('execInGuest refuses a directory that is not there by both ways', async () => {
    for (const runner of runners) {
      const run = () => execInGuest(runner, ['pwd'], { dir: '/no/such' });
      const error = await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_FAILED');
      expect(error.message).toMatch(/^Cannot run pwd in "guest-1".*: its directory "\/no\/such" cannot be used/);
    }
  });

  test('readFromGuest and writeToGuest tell with its last words that a command failed', async () => {
    const read = async (): Promise<void> => {
      for await (const piece of readFromGuest(agent, ['cat', '/no/such'], { id: 'web' })) expect(piece).toEqual([]);
    };
    const error = await containerRefusalOf(read, 'ERR_CONTAINER_COPY_FAILED');
    expect(error.message).toMatch(/^Cannot run cat in "web": it ended with exit code 1: .*\/no\/such/);
  });

  test('execOverSsh refuses a host key that is not the one that was kept', async () => {
    await execOverSsh(guest.ssh, ['true']);
    const kept = await readFile(guest.ssh.knownHosts);
    await writeFile(guest.ssh.knownHosts, `guest-1 ${newHostKey().publicKey}\n`);
    const error = await containerRefusalOf(() => execOverSsh(guest.ssh, ['true']), 'ERR_CONTAINER_HOST_KEY_CHANGED');
    expect(error).toMatchObject({ id: 'guest-1', path: guest.ssh.knownHosts });
    await writeFile(guest.ssh.knownHosts, kept);
  });

  test('execOverSsh tells that a key is not the right one', async () => {
    const keyPath = join(guest.dir, 'other-key');
    await guest.service.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyPath]);
    const run = () => execOverSsh({ ...guest.ssh, keyPath }, ['true']);
    const error = await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toMatch(/Permission denied/);
  });
});

describe('Ugly', () => {
  test('execOverSsh takes paths with whatever is in them', async () => {
    const knownHosts = join(guest.dir, String.raw`k "n' o\w,n=%h`);
    const keyPath = join(guest.dir, 'a "key", %d');
    await writeFile(keyPath, await readFile(guest.ssh.keyPath ?? ''), { mode: 0o600 });
    expect((await execOverSsh({ ...guest.ssh, knownHosts, keyPath }, ['echo', 'well'])).stdout).toBe('well\n');
    expect(await readFile(knownHosts, 'utf8')).toBe(`guest-1 ${guest.hostKey}\n`);
  });

  test('readFromGuest ends the command when nobody reads on, by both ways', async () => {
    for (const runner of runners) {
      for await (const piece of readFromGuest(runner, ['sh', '-c', 'exec yes 4713'])) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await countOf('yes 4713')).toBe(0);
    }
  });

  test('AgentClient fails what runs when the agent of the guest dies, and goes on with the next agent', async () => {
    const run = () => agent.exec(['sh', '-c', 'kill -9 $(pidof core-agent); exec sleep 300']);
    const error = await containerRefusalOf(run, 'ERR_CONTAINER_EXEC_FAILED');
    expect(error.message).toMatch(/the agent was started anew$/);
    expect((await agent.exec(['echo', 'again'])).stdout).toBe('again\n');
  });

  test('core-agent serves one client after the other, and each of them at once', async () => {
    await agent.close();
    for (let round = 0; round < 10; round++) {
      await using client = await AgentClient.connect(guest.agentSocket);
      expect((await client.exec(['echo', String(round)])).stdout).toBe(`${String(round)}\n`);
    }
    agent = await AgentClient.connect(guest.agentSocket, { id: 'guest-1' });
    runners = [agent, new SshRunner(guest.ssh)];
  });

  test('core-agent keeps quiet where nobody is at the other end', async () => {
    const ticks = 'cut -d" " -f14,15 /proc/$(pidof core-agent)/stat';
    const used = async (): Promise<number> => {
      const { stdout } = await execOverSsh(guest.ssh, ['sh', '-c', ticks]);
      return stdout
        .trim()
        .split(' ')
        .map(Number)
        .reduce((sum, ticks) => sum + ticks, 0);
    };
    await agent.close();
    const before = await used();
    await execOverSsh(guest.ssh, ['sleep', '1']);
    expect((await used()) - before).toBeLessThan(30); // of 100 ticks
    agent = await AgentClient.connect(guest.agentSocket, { id: 'guest-1' });
    runners = [agent, new SshRunner(guest.ssh)];
  });
});
