import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach } from '@jest/globals';
import { copy, localMedium } from '@core/io';

const PROGRAM = fileURLToPath(new URL('../run.mjs', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../sample', import.meta.url));

const made: string[] = [];
const alive = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all([...alive].map((child) => once(child, 'close')));
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A folder with these files, that is removed after the test. */
export function project(files: Readonly<Record<string, string>>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'task-runner-')));
  made.push(dir);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return dir;
}

/** The sample as it is in a fresh clone. */
export async function sampleCopy(): Promise<string> {
  const dir = project({});
  await copy(localMedium(), SAMPLE, localMedium(), dir);
  for (const name of ['dist', '.core', '.tmp']) rmSync(join(dir, name), { recursive: true, force: true });
  return dir;
}

/** How a run of the program ended. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program: `line` waits until it prints a line that matches. */
export class Running {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #lines: AsyncIterator<string>;
  #stdout = '';
  #stderr = '';

  constructor(dir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: dir,
      env: plainEnv(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alive.add(this.child);
    this.#closed = once(this.child, 'close');
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error('no pipes');
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = await this.#next();
      if (line === undefined) throw new Error(`It ended without ${String(pattern)}: ${this.#stdout}${this.#stderr}`);
      if (pattern.test(line)) return line;
    }
  }

  async end(): Promise<Ran> {
    while ((await this.#next()) !== undefined);
    await this.#closed;
    alive.delete(this.child);
    return { status: this.child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  async #next(): Promise<string | undefined> {
    const { done, value } = (await this.#lines.next()) as IteratorResult<string, undefined>;
    if (done === true) return undefined;
    this.#stdout += `${value}\n`;
    return value;
  }
}

/** Runs the program in a folder to its end. */
export function run(dir: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran> {
  return new Running(dir, args, env).end();
}

/** The environment of a user's shell: nothing of the package manager, the CI or the test runner. */
function plainEnv(extra: Readonly<Record<string, string>>): Record<string, string> {
  const hidden = /^(?:npm_|INIT_CWD$|NODE_OPTIONS$|NODE_TEST_CONTEXT$|CI$|GITHUB_ACTIONS$|FORCE_COLOR$|JEST_)/i;
  const kept = Object.entries(process.env).filter(([name]) => !hidden.test(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...extra };
}

/** Whether a process does anything: one that only waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}
