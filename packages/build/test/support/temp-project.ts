import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll } from '@jest/globals';

/** Files by their path; an object is written as JSON. */
export type Files = Readonly<Record<string, object | string>>;

const made: string[] = [];

afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A folder of its own, with these files, that is removed after the tests of the file. */
export function tempDir(files: Files = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'core-build-test-')));
  made.push(dir);
  writeFiles(dir, files);
  return dir;
}

function writeFiles(dir: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with this Node. */
export function runNode(file: string, args: readonly string[] = [], cwd: string = dirname(file)): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Writes a text as a program and runs it by its name. */
export function runText(text: string, file: string, args: readonly string[] = []): Ran {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: tmpdir(), encoding: 'utf8' });
  return { status, stdout, stderr };
}
