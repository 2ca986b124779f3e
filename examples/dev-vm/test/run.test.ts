import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LinuxKitManager } from '@core/container';
import { needs } from '@core/tooling/needs';
import { afterEach, describe, expect, it } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../run.mjs', import.meta.url));
const withVm = needs('apt-get', 'gcc', 'qemu-system-x86_64', 'ssh');
const LONG_MS = 300_000;

const made: string[] = [];
const alive = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all([...alive].map((child) => once(child, 'close')));
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dev-vm-'));
  made.push(dir);
  return dir;
}

/** The program, and what it has printed so far. */
class Running {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  #look: () => void = () => undefined;

  constructor(dir: string, args: readonly string[]) {
    const env = { ...process.env, INIT_CWD: dir };
    this.child = spawn(process.execPath, [PROGRAM, ...args], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
    alive.add(this.child);
    this.child.on('close', () => alive.delete(this.child));
    this.child.stdout?.on('data', (bytes: Buffer) => {
      this.stdout += bytes.toString();
      this.#look();
    });
    this.child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
  }

  /** Resolves when it has printed this; also when it has ended. */
  async until(text: string): Promise<void> {
    this.child.once('close', () => {
      this.#look();
    });
    while (!this.stdout.includes(text) && alive.has(this.child)) {
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  async end(): Promise<number | null> {
    if (alive.has(this.child)) await once(this.child, 'close');
    return this.child.exitCode;
  }
}

/** The machines that are left. */
async function machinesIn(stateDir: string): Promise<unknown[]> {
  const manager = await LinuxKitManager.open({ stateDir });
  const machines = await manager.list();
  await manager.close();
  return machines;
}

describe('Good', () => {
  withVm(
    'run.mjs boots, runs the command, forwards a port, copies a file out, and stops',
    async () => {
      const dir = tempDir();
      const state = join(dir, 'state');
      const args = [
        '--state',
        state,
        '--copy',
        '/etc/passwd',
        '--to',
        'out.txt',
        '--',
        'sh',
        '-c',
        'echo "$0"; exit 7',
        'a  b',
      ];
      const running = new Running(dir, args);
      const status = await running.end();
      expect([status, running.stderr]).toEqual([7, '']);
      expect(running.stdout).toMatch(/is up: port 80 of the guest is http:\/\/127\.0\.0\.1:\d+\/\na {2}b\n/);
      expect(running.stdout).toMatch(/has stopped: guest-shutdown\n$/);
      expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toContain('root:');
      expect(await machinesIn(state)).toEqual([]);
    },
    LONG_MS,
  );

  it('run.mjs prints how it is used', async () => {
    const running = new Running(tempDir(), ['--help']);
    expect(await running.end()).toBe(0);
    expect(running.stdout).toContain('Usage: npm start');
  });
});

describe('Bad', () => {
  it.each([
    [['a.iso', 'b.iso'], 2, /One image at a time/],
    [['--prot', '80'], 2, /Unknown option '--prot'/],
    [['none.iso'], 1, /Cannot .*none\.iso/],
    [['none.iso', '--port', 'x'], 2, /publish\[0\] must be a whole number/],
  ])('run.mjs refuses %j', async (args, status, message) => {
    const dir = tempDir();
    const running = new Running(dir, [...args, '--state', join(dir, 'state')]);
    expect(await running.end()).toBe(status);
    expect(running.stderr).toMatch(message);
    expect(running.stderr).not.toMatch(/^ +at /m); // no stack
  });
});

describe('Ugly', () => {
  withVm(
    'run.mjs leaves no machine after Ctrl-C',
    async () => {
      const dir = tempDir();
      const state = join(dir, 'state');
      const running = new Running(dir, ['--state', state, '--', 'sh', '-c', 'echo waiting; sleep 300']);
      await running.until('is up');
      running.child.kill('SIGINT');
      expect(await running.end()).toBe(130);
      expect(running.stderr).toContain('Stopped by SIGINT');
      expect(await machinesIn(state)).toEqual([]);
    },
    LONG_MS,
  );
});
