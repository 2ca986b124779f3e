import type { Dispatcher } from '../dispatcher.ts';
import type { JobrunnerListener } from '../events.ts';
import type { JobHandler } from '../job-handler.ts';
import type { JobSource } from '../job-source.ts';
import type { Logger } from '../logger.ts';
import type { RetryOptions } from '../retry.ts';
import { isWord, WORD_GRAMMAR } from '../word.ts';
import { type Clock, LONGEST_MS, systemClock } from './clock.ts';
import type { JobJournal } from './job-journal.ts';

/** What a poller is made from. */
export interface PollerOptions {
  /** Their names are part of the keys of actions: two sources of one name share what is done. */
  readonly sources?: readonly JobSource[] | undefined;
  /** In order: the first that matches acts. */
  readonly handlers?: readonly JobHandler[] | undefined;
  /** What was done is written to it, and known from it after a restart; without one it is known until the process ends. */
  readonly journal?: JobJournal | undefined;
  /** 60,000 unless it is given. */
  readonly pollIntervalMs?: number | undefined;
  /** Nothing is done or reported; what would be is logged and journalled, once for each key. */
  readonly dryRun?: boolean | undefined;
  /** Where actions are done; in this process unless it is given. */
  readonly dispatcher?: Dispatcher | undefined;
  /** So many actions at once, each in another repository; 4 unless it is given. It is for the poller's own dispatcher. */
  readonly concurrency?: number | undefined;
  readonly logger?: Logger | undefined;
  /** Hears what happens, in order. */
  readonly events?: JobrunnerListener | undefined;
  /** A poll, or a report, that takes longer has failed; 60,000 unless it is given. */
  readonly sourceTimeoutMs?: number | undefined;
  /** The most that a source is left alone which fails again and again; 900,000 unless it is given. */
  readonly maxBackoffMs?: number | undefined;
  /** An action that takes longer has failed; 300,000 unless it is given. */
  readonly handlerTimeoutMs?: number | undefined;
  /** So often an action is tried before it is a dead letter; 5 unless it is given. */
  readonly maxAttempts?: number | undefined;
  /** How long an action that failed is left alone. */
  readonly retry?: RetryOptions | undefined;
  /** What was done, or given up, is done again so long after if its state is still the same; never unless it is given. */
  readonly cooldownMs?: number | undefined;
  /** How long what runs is waited for after the signal was aborted; 10,000 unless it is given. */
  readonly graceMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** A number from 0 to 1 for the jitter; `Math.random` unless it is given. */
  readonly random?: (() => number) | undefined;
}

type Numbers = 'pollIntervalMs' | 'sourceTimeoutMs' | 'maxBackoffMs' | 'handlerTimeoutMs' | 'maxAttempts' | 'graceMs';

/** The options with what they are where they are not given. */
export interface PollerSettings extends Readonly<Record<Numbers | 'concurrency', number>> {
  readonly journal: JobJournal | undefined;
  readonly logger: Logger | undefined;
  readonly events: JobrunnerListener | undefined;
  readonly retry: RetryOptions;
  readonly cooldownMs: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Refuses options that are none, and fills in the others. */
export function settledOptions(options: PollerOptions): PollerSettings {
  const { journal, logger, events, retry = {}, cooldownMs, clock = systemClock, random = Math.random } = options;
  for (const [name, ms] of Object.entries({ ...retry, cooldownMs })) {
    if (ms !== undefined) checkWhole(name, ms, 0, Number.MAX_SAFE_INTEGER);
  }
  const whole = (name: keyof PollerOptions, standard: number, least = 1, most = LONGEST_MS): number => {
    const value = options[name] ?? standard;
    checkWhole(name, value, least, most);
    return value as number;
  };
  return {
    ...{ journal, logger, events, retry, cooldownMs, clock, random },
    pollIntervalMs: whole('pollIntervalMs', 60_000),
    sourceTimeoutMs: whole('sourceTimeoutMs', 60_000),
    maxBackoffMs: whole('maxBackoffMs', 900_000),
    handlerTimeoutMs: whole('handlerTimeoutMs', 300_000),
    maxAttempts: whole('maxAttempts', 5),
    concurrency: whole('concurrency', 4),
    graceMs: whole('graceMs', 10_000, 0),
  };
}

/** Refuses what is no source, or has a name that the journal would not take. */
export function checkSource(source: JobSource): void {
  checkPart('source', source, ['poll', 'report']);
}

/** Refuses what is no handler, or has a name that the journal would not take. */
export function checkHandler(handler: JobHandler): void {
  checkPart('handler', handler, ['match', 'execute']);
}

function checkPart(what: string, part: unknown, methods: readonly string[]): void {
  const { name, ...rest } = fieldsOf(part, methods);
  if (typeof name !== 'string' || name === '') throw new TypeError(`${what} must have a name, not ${String(name)}`);
  if (!isWord(name)) throw new TypeError(`${what} must have a name of ${WORD_GRAMMAR}, not ${JSON.stringify(name)}`);
  for (const [method, value] of Object.entries(rest)) {
    if (typeof value !== 'function') throw new TypeError(`${what} "${name}" must have a method ${method}`);
  }
}

function fieldsOf(part: unknown, methods: readonly string[]): Record<string, unknown> {
  const fields = (part ?? {}) as Record<string, unknown>;
  return Object.fromEntries(['name', ...methods].map((name) => [name, fields[name]]));
}

function checkWhole(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new RangeError(`${name} must be a whole number from ${String(least)} to ${String(most)}, not ${String(value)}`);
}
