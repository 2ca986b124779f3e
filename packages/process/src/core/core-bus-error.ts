import { CoreError, type CoreErrorOptions } from '@core/io';

/** The codes of the bus: permanent names, documented in the README. */
export type CoreBusErrorCode =
  | 'ERR_CORE_CLOSED'
  | 'ERR_CORE_HANDLERS_FAILED'
  | 'ERR_CORE_LOCKED'
  | 'ERR_CORE_MESSAGES_OVERFLOW'
  | 'ERR_CORE_NOT_HANDLED'
  | 'ERR_CORE_SERVICE_EXISTS'
  | 'ERR_CORE_SERVICE_NOT_FOUND'
  | 'ERR_CORE_SERVICE_WRONG_CLASS'
  | 'ERR_CORE_SHUTDOWN_FAILED'
  | 'ERR_CORE_STARTUP_FAILED';

/** What a {@link CoreBusError} is made from. */
export interface CoreBusErrorOptions extends CoreErrorOptions {
  readonly code: CoreBusErrorCode;
  readonly service?: string | undefined;
  readonly type?: string | undefined;
  readonly errors?: readonly unknown[] | undefined;
  readonly answers?: readonly unknown[] | undefined;
}

/**
 * A bus that cannot do what is asked of it, or whose handlers or services failed.
 *
 * @example
 * ```ts
 * import { CoreBusError, Core } from '@core/process/core';
 *
 * await using core = new Core<{ type: 'Saved' }>();
 * core.registerAction('Saved', () => {
 *   throw new Error('the disk is full');
 * });
 * const error = await core.action({ type: 'Saved' }).catch((reason: unknown) => reason);
 * assert.ok(error instanceof CoreBusError);
 * assert.equal(error.code, 'ERR_CORE_HANDLERS_FAILED');
 * assert.equal(error.message, 'Cannot deliver "Saved" to all: 1 of 1 handlers failed: the disk is full');
 * assert.deepEqual(error.errors, [new Error('the disk is full')]);
 * ```
 */
export class CoreBusError extends CoreError {
  declare readonly code: CoreBusErrorCode;
  /** The name of the service that it is about. */
  declare readonly service?: string;
  /** The type of the message that it is about. */
  declare readonly type?: string;
  /** What several handlers or services threw, in the order of their registration. */
  declare readonly errors?: readonly unknown[];
  /** What the other handlers of a query answered. */
  declare readonly answers?: readonly unknown[];

  constructor(message: string, options: CoreBusErrorOptions) {
    super(message, options);
    const { service, type, errors, answers } = options;
    const facts = Object.entries({ service, type, errors, answers });
    Object.assign(this, Object.fromEntries(facts.filter(([, fact]) => fact !== undefined)));
  }
}

/** What somebody threw, as the end of a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What several threw, as the end of a sentence: all of the first, and how many more there are. */
export function reasonsOf(errors: readonly unknown[]): string {
  const more = errors.length > 1 ? ` (and ${String(errors.length - 1)} more)` : '';
  return `${reasonOf(errors[0])}${more}`;
}
