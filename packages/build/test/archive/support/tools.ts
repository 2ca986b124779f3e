import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { DiskMedium } from '@core/io';

const execute = promisify(execFile);

/** Runs a program of others in a folder, and gives what it printed. It rejects where the program complains. */
export async function run(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(command, args, {
    cwd,
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
  return stdout;
}

/** A folder on the disk that is gone after the test. */
export async function onDisk(test: (medium: DiskMedium, path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'core-archive-'));
  try {
    await test(new DiskMedium({ root: path }), path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
