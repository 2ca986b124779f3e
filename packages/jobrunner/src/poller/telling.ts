import { JobrunnerError, type JobrunnerErrorCode } from '../errors.ts';
import type { JobrunnerEvent, JobrunnerListener } from '../events.ts';
import type { LogFields, Logger } from '../logger.ts';
import { errorText } from './error-text.ts';
import { quietly } from './quietly.ts';

/** Tells listener and logger what happens. Whatever they throw, or their promises come to, the work goes on. */
export class Telling {
  readonly #listener: JobrunnerListener | undefined;
  readonly #logger: Logger | undefined;

  constructor({
    events,
    logger,
  }: {
    readonly events: JobrunnerListener | undefined;
    readonly logger: Logger | undefined;
  }) {
    this.#listener = events;
    this.#logger = logger;
  }

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#listener !== undefined;
  }

  event(event: JobrunnerEvent): void {
    quietly(() => this.#listener?.(event));
  }

  log(level: keyof Logger, message: string, fields: LogFields): void {
    quietly((): unknown => this.#logger?.[level](message, fields));
  }
}

/** What went wrong, fit to be told: its own words without what nobody should read, and nothing of its cause. */
export function tellable(
  error: unknown,
  {
    what,
    code,
    op,
    id,
  }: { readonly what: string; readonly code: JobrunnerErrorCode; readonly op: string; readonly id: string },
): JobrunnerError {
  return new JobrunnerError(`Cannot ${what}: ${errorText(error)}`, { code, op, id });
}
