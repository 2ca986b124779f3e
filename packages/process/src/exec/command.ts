import { constants } from 'node:buffer';

import { checkCommand, checkNumber, checkOptions } from '../check.ts';
import type { Logger } from '../logger.ts';
import type { ProcessInput } from '../options.ts';
import type { ProcessResult } from '../result.ts';
import { type CommandPlan, checkWanted, type Wanted } from './command-plan.ts';
import { runCommand } from './run-command.ts';
import { checkTarget, type OutputTarget } from './target.ts';

/** A command that can be run as often as one likes; each method that says more of it makes a new one. */
export class Command {
  readonly #plan: CommandPlan;

  constructor(plan: CommandPlan) {
    this.#plan = plan;
  }

  /** Runs it in this directory instead of the program's own. */
  dir(dir: string): Command {
    return this.#with({ dir });
  }

  /** Adds these to the environment, also to those of an earlier call; `undefined` takes a variable away. */
  env(env: Readonly<Record<string, string | undefined>>): Command {
    return this.#with({ env: { ...this.#plan.env, ...env } });
  }

  /** Gives it this to read. A stream or an iterator can be read once, so such a command can be run once. */
  stdin(input: ProcessInput): Command {
    return this.#with({ stdin: input });
  }

  /** Writes its stdout into this stream, which slows it down where it is slow, and which is not ended. */
  stdout(target: OutputTarget): Command {
    checkTarget('stdout', target);
    return this.#with({ stdout: target });
  }

  /** Writes its stderr into this stream; into that of `stdout()`, the two come in the exact order. */
  stderr(target: OutputTarget): Command {
    checkTarget('stderr', target);
    return this.#with({ stderr: target });
  }

  /** Tells this logger of the beginning and the end of each run. */
  logger(logger: Logger): Command {
    return this.#with({ logger });
  }

  /** Ends it, and all that it started, when this signal is aborted. */
  signal(signal: AbortSignal): Command {
    return this.#with({ signal });
  }

  /** Ends it, and all that it started, when it has run so long. */
  timeout(timeoutMs: number): Command {
    return this.#with({ timeoutMs });
  }

  /** Refuses an `output()` that has more bytes; 536,870,888 unless it is given. */
  maxOutputBytes(bytes: number): Command {
    checkNumber('maxOutputBytes', bytes, 1, constants.MAX_STRING_LENGTH);
    return this.#with({ maxOutputBytes: bytes });
  }

  /**
   * Runs it to its end. Nothing is shown of what it writes, unless `stdout()` or `stderr()` say otherwise; the result
   * has the end of it.
   *
   * @throws `TypeError` or `RangeError` for misuse; `ERR_PROCESS_SPAWN_FAILED`; `ERR_PROCESS_EXIT_NON_ZERO` with the
   * end of stderr; the reason of `signal()` once nothing of it is left; the error of a stream, which ends it too.
   */
  async run(): Promise<ProcessResult> {
    return this.#run('result');
  }

  /**
   * Runs it to its end; all of its stdout as UTF-8, the last newline included.
   *
   * @throws What {@link run} throws; `ERR_PROCESS_OUTPUT_TOO_LARGE`; a `TypeError` where `stdout()` was called.
   */
  async output(): Promise<string> {
    return (await this.#run('stdout')).stdout;
  }

  /**
   * Runs it to its end; all of its stdout and stderr as UTF-8, in the exact order in which they were written.
   *
   * @throws What {@link output} throws; a `TypeError` where `stdout()` or `stderr()` was called.
   */
  async combinedOutput(): Promise<string> {
    return (await this.#run('combined')).output;
  }

  async #run(wanted: Wanted): Promise<ProcessResult> {
    checkWanted(this.#plan, wanted);
    return runCommand(this.#plan, wanted);
  }

  #with(more: Partial<CommandPlan>): Command {
    const plan = { ...this.#plan, ...more };
    const { dir, env, timeoutMs, signal, stdin: input } = plan;
    checkOptions({ dir, env, timeoutMs, signal, ...(input === undefined ? {} : { input }) });
    return new Command(plan);
  }
}

/**
 * A command for scripts, which need no service: it is ended, with all that it started, when it is aborted, when its
 * time is up, and when this program ends, however it ends.
 *
 * @throws `TypeError` for a name or arguments that are no text.
 *
 * @example
 * ```ts
 * import { command } from '@core/process/exec';
 *
 * const greet = command('sh', '-c', 'echo "$GREETING, $0"', 'Ada');
 * assert.equal(await greet.env({ GREETING: 'Hello' }).output(), 'Hello, Ada\n');
 * assert.equal(await command('sort').stdin('b\na\n').output(), 'a\nb\n');
 * assert.equal(await command('sh', '-c', 'echo 1; echo 2 >&2; echo 3').combinedOutput(), '1\n2\n3\n');
 * await assert.rejects(command('sh', '-c', 'exit 3').run(), { code: 'ERR_PROCESS_EXIT_NON_ZERO' });
 * ```
 */
export function command(name: string, ...args: readonly string[]): Command {
  checkCommand(name, args);
  return new Command({
    ...{ name, args, env: {}, maxOutputBytes: constants.MAX_STRING_LENGTH },
    ...{ dir: undefined, stdin: undefined, stdout: undefined, stderr: undefined },
    ...{ logger: undefined, signal: undefined, timeoutMs: undefined },
  });
}
