import { formatCommandLine } from '../command-line.ts';
import type { Logger } from '../logger.ts';
import { redactor } from '../redact.ts';
import type { ProcessResult } from '../result.ts';
import type { CommandPlan } from './command-plan.ts';

/** Writes down what becomes of a command, without its secrets. */
export class CommandLog {
  readonly #logger: Logger | undefined;
  readonly #command: string;

  /** Says that it begins. */
  constructor({ name, args, env, dir }: CommandPlan, logger: Logger | undefined) {
    this.#logger = logger;
    this.#command = logger === undefined ? '' : redactor({ ...process.env, ...env })(formatCommandLine(name, args));
    this.#logger?.debug(`Running ${this.#command}`, { command: this.#command, ...(dir === undefined ? {} : { dir }) });
  }

  ended({ dir, durationMs }: ProcessResult): void {
    this.#logger?.debug(`Ran ${this.#command}`, { command: this.#command, dir, durationMs });
  }

  failed(error: unknown): void {
    this.#logger?.error(`Failed to run ${this.#command}`, { command: this.#command, error });
  }
}
