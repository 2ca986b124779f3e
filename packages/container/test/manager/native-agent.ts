import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';

import { compileAgent } from '../../src/testing/vm-image/guest-agent.ts';

let compiled: Promise<string> | undefined;
let dir: string | undefined;

afterAll(() => {
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
});

/** The guest's agent as a program of this system; compiled once. */
export function nativeAgent(): Promise<string> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<string> {
  dir = mkdtempSync(join(tmpdir(), 'agent-'));
  const path = join(dir, 'core-agent');
  await compileAgent(path);
  return path;
}
