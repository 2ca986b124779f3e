import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isMissing, runTool, type RunToolOptions } from './run-tool.ts';

/** C compilers that can make a program that needs no library, the one with the smaller result first. */
const COMPILERS = ['musl-gcc', 'gcc'] as const;

/** Where the sources of the agent for the guest are. */
export function agentSources(): readonly string[] {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'guest', 'agent.h'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error('@core/container lacks its directory "guest"');
    dir = parent;
  }
  const names = readdirSync(join(dir, 'guest')).filter((name) => /\.[ch]$/.test(name));
  return names.sort().map((name) => join(dir, 'guest', name));
}

/** Compiles the agent into one file that needs nothing else of the guest. */
export async function compileAgent(to: string, options: RunToolOptions = {}): Promise<void> {
  const sources = agentSources().filter((path) => path.endsWith('.c'));
  const args = ['-std=c11', '-Os', '-static', '-s', '-Wall', '-Wextra', '-Werror', '-o', to, ...sources];
  const [first, second] = COMPILERS;
  try {
    await runTool([first, ...args], options);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await runTool([second, ...args], options);
  }
}
