import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterAll } from '@jest/globals';

export const PROGRAM: string = fileURLToPath(new URL('../release.mjs', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../sample', import.meta.url));

const made: string[] = [];

afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Files by their path; an object is written as JSON. */
export type Files = Readonly<Record<string, object | string>>;

/** A folder of its own, with these files, that is removed after the tests of the file. */
export function tempDir(files: Files = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'release-pipeline-')));
  made.push(dir);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

/** A copy of the sample as it is in a fresh clone. */
export function sampleCopy(): string {
  const dir = join(tempDir(), 'sample');
  for (const entry of readdirSync(SAMPLE, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const below = relative(SAMPLE, path);
    if (entry.isDirectory() || /^(?:dist|generated)\//.test(below)) continue;
    mkdirSync(dirname(join(dir, below)), { recursive: true });
    copyFileSync(path, join(dir, below));
  }
  return dir;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a user's shell: nothing of the package manager that may have started the tests. */
export function plainEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$|^NODE_OPTIONS$/i.test(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...extra };
}

/** Runs the program to its end. */
export function release(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Ran {
  return run(process.execPath, [PROGRAM, ...args], options);
}

export function run(
  command: string,
  args: readonly string[],
  { cwd = tmpdir(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: plainEnv(env), encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Starts the program; `line` waits until it prints a line that matches. */
export class Running {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #stderr = '';

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: tmpdir(),
      env: plainEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error('no pipes');
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const next = await this.#lines.next();
      if (next.done === true) throw new Error(`It ended without ${String(pattern)}: ${this.#stderr}`);
      if (pattern.test(next.value)) return next.value;
    }
  }

  async end(): Promise<{ code: number | null; stderr: string }> {
    const closed = this.#closed();
    while ((await this.#lines.next()).done !== true);
    return { code: await closed, stderr: this.#stderr };
  }

  /** Reads no more of what it prints, as `head` does, and waits for its end. */
  async hangUp(): Promise<{ code: number | null; stderr: string }> {
    this.child.stdout?.destroy();
    return { code: await this.#closed(), stderr: this.#stderr };
  }

  #closed(): Promise<number | null> {
    return new Promise((resolve) => this.child.on('close', resolve));
  }
}

/** Every file below a folder with its digest, mode and time. */
export function treeOf(dir: string, below = ''): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(join(dir, below), { withFileTypes: true })) {
    const name = join(below, entry.name);
    const path = join(dir, name);
    const { mode, mtimeMs } = lstatSync(path);
    if (entry.isDirectory()) Object.assign(tree, { [`${name}/`]: String(mode) }, treeOf(dir, name));
    else if (entry.isSymbolicLink()) tree[name] = readlinkSync(path);
    else tree[name] = [createHash('sha256').update(readFileSync(path)).digest('hex'), mode, mtimeMs].join(' ');
  }
  return tree;
}

/** Whether a process does anything: one that only waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}
