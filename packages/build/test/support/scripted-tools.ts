import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { tempDir } from './temp-project.ts';

/** One call of a tool that is not on this machine. */
export interface ToolCall {
  readonly tool: string;
  readonly args: readonly string[];
  readonly dir: string;
  /** The whole environment that it had. */
  readonly env: Readonly<Record<string, string>>;
}

/** Stand-ins for tools: real programs that write down how they were called, and then do what the test says. */
export interface ScriptedTools {
  /** The environment in which commands find them, before anything else of the same name. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls until now, in their order. */
  calls(): ToolCall[];
}

/**
 * Makes stand-ins. `scripts` has for each name the body of a CommonJS module, which has `args` and `env` and Node's
 * `fs` and `path`; it fails by `process.exit()` or by throwing.
 *
 * @example
 * ```ts
 * const tools = scriptedTools({ task: 'fs.writeFileSync(env.OUTPUT_DIR + "/app", "made")' });
 * ```
 */
export function scriptedTools(scripts: Readonly<Record<string, string>>): ScriptedTools {
  const dir = tempDir();
  const log = join(dir, 'calls.log');
  for (const [tool, body] of Object.entries(scripts)) {
    const file = join(dir, tool);
    writeFileSync(file, programOf(tool, log, body));
    chmodSync(file, 0o755);
  }
  const env = { ...process.env, PATH: `${dir}${delimiter}${process.env['PATH'] ?? ''}` } as Record<string, string>;
  return {
    env,
    calls: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as ToolCall)
        : [],
  };
}

function programOf(tool: string, log: string, body: string): string {
  return `#!${process.execPath}
const fs = require('node:fs'), path = require('node:path');
const args = process.argv.slice(2), env = process.env;
const call = { tool: ${JSON.stringify(tool)}, args, dir: process.cwd(), env };
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + '\\n');
${body}
`;
}
