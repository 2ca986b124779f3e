import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { expect } from '@jest/globals';

import { isAlive } from '../../support/is-alive.ts';
import type { BuildEvent } from '../../../src/index.ts';
import type { ScriptedTools } from '../../support/scripted-tools.ts';
import { tempDir } from '../../support/temp-project.ts';

/** Body of a stand-in that says `ready <pid>` and waits until it is ended. */
export const WAIT_FOR_EVER = 'console.log("ready", process.pid); setInterval(() => undefined, 1000);';

/** Body of a stand-in that does what the real tool does, with the same input. */
export const realTool = (tool: string): string =>
  `const { status } = require('node:child_process').spawnSync(${JSON.stringify(tool)}, args, { stdio: 'inherit' });
   process.exit(status ?? 1);`;

/** Aborts as soon as a stand-in waits, and tells afterwards whether that still lives. */
export function abortWhenReady(reason: unknown): {
  readonly signal: AbortSignal;
  onEvent(event: BuildEvent): void;
  isAlive(): boolean;
} {
  const controller = new AbortController();
  let pid = 0;
  return {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type !== 'command-output' || !event.line.startsWith('ready ')) return;
      pid = Number(event.line.slice('ready '.length));
      controller.abort(reason);
    },
    isAlive: () => pid === 0 || isAlive(pid),
  };
}

/** All that can be read in a value, also in what an error keeps to itself. */
export function everythingIn(value: unknown): string {
  const seen = new Set<unknown>();
  const visit = (part: unknown): string => {
    if (typeof part !== 'object' || part === null) return String(part);
    if (seen.has(part)) return '';
    seen.add(part);
    return Reflect.ownKeys(part)
      .map((key) => `${String(key)}: ${visit(Reflect.get(part, key))}`)
      .join('\n');
  };
  return visit(value);
}

/** Runs the program of `fixtures/` that signs, and kills it as soon as a stand-in waits. */
export async function signAndKill(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<void> {
  const script = new URL('../fixtures/sign.mjs', import.meta.url).pathname;
  const own = { ...env, TMPDIR: tempDir() }; // what is killed cannot tidy up
  const child = spawn(process.execPath, [script, ...args], { env: own, stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await Promise.race([once(child.stdout, 'data').then(String), once(child, 'close').then(() => 'ended')]);
  expect(said).toMatch(/^ready \d+\n$/);
  child.kill('SIGKILL');
  await once(child, 'close');
  const pid = Number(said.slice('ready '.length));
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

/**
 * The private folders that stand-ins were run in and that are still there; `none were used` where there were none, so that
 * nobody is glad too soon.
 */
export function foldersLeft(tools: ScriptedTools): string[] {
  const used = tools.calls().filter(({ dir }) => /\/core-build-[0-9a-f-]{36}$/.test(dir));
  return used.length === 0 ? ['none were used'] : used.map(({ dir }) => dir).filter((dir) => existsSync(dir));
}
