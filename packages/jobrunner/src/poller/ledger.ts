import type { JobOutcome } from '../dispatcher.ts';
import type { EntryPhase, JournalLine } from '../journal/journal-entry.ts';
import { retryDelayMs, type RetryOptions } from '../retry.ts';
import type { JobJournal } from './job-journal.ts';

/** When an action may be tried once more. */
export interface LedgerPolicy {
  readonly maxAttempts: number;
  readonly retry: RetryOptions;
  /** What is done, or given up, may be done again so long after; `undefined`: never. */
  readonly cooldownMs: number | undefined;
  readonly random: () => number;
}

/** The next try of an action. */
export interface NextTry {
  readonly attempt: number;
  readonly run: number;
  readonly cutOff?: number | undefined;
}

/** Something that happened to an action. */
export interface LedgerNote extends JobOutcome {
  readonly phase: EntryPhase;
  readonly run?: number | undefined;
}

interface Entry {
  readonly state: 'cut-off' | 'failed' | 'done' | 'dead';
  /** In this round; a new one begins after the cooldown. */
  readonly attempts: number;
  /** Of all rounds. */
  readonly runs: number;
  readonly at: number;
  readonly retryAt: number;
}

/** What was done, by key: it decides whether an action is to be tried now. */
export class Ledger {
  readonly #policy: LedgerPolicy;
  readonly #entries = new Map<string, Entry>();
  readonly #shown = new Set<string>();

  constructor(policy: LedgerPolicy) {
    this.#policy = policy;
  }

  /** What a journal tells. An attempt that it sees begun and not ended was cut off: it counts, and is made again. */
  static async of(
    journal: JobJournal | undefined,
    policy: LedgerPolicy,
    { now, signal }: { readonly now: number; readonly signal?: AbortSignal },
  ): Promise<Ledger> {
    const ledger = new Ledger(policy);
    if (journal === undefined) return ledger;
    for await (const line of journal.replay({ signal })) {
      signal?.throwIfAborted();
      ledger.#read(line, now);
    }
    return ledger;
  }

  /** The try that is due; `undefined` where the action is done, given up, or not due yet. */
  next(key: string, now: number): NextTry | undefined {
    const entry = this.#asOf(key, now);
    if (entry === undefined) return { attempt: 1, run: 1 };
    const { state, attempts, runs, at, retryAt } = entry;
    if (state === 'done' || state === 'dead') {
      const { cooldownMs } = this.#policy;
      return cooldownMs === undefined || now < at + cooldownMs ? undefined : { attempt: 1, run: runs + 1 };
    }
    if (now < retryAt) return undefined;
    // a run that was cut off is the same run still: a queue that knows of it brings it to its end by itself
    if (state === 'cut-off') return { attempt: attempts + 1, run: runs, cutOff: attempts };
    return { attempt: attempts + 1, run: runs + 1 };
  }

  /** What is known of a key. Where the clock was set back since, it is waited from now on, not until that time comes again. */
  #asOf(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.at <= now) return entry;
    const set = { ...entry, at: now, retryAt: now + (entry.retryAt - entry.at) };
    this.#entries.set(key, set);
    return set;
  }

  /** Takes down that an attempt is about to begin, or how it ended; which run that is it counts itself unless it is told. */
  note(key: string, { phase, attempt, success, at, run }: LedgerNote): void {
    const before = this.#entries.get(key);
    const runs = run ?? (before?.runs ?? 0) + (before?.state === 'cut-off' ? 0 : 1);
    const retryAt = at + retryDelayMs(attempt, this.#policy.retry, this.#policy.random);
    this.#entries.set(key, { state: stateOf(phase, success), attempts: attempt, runs, at, retryAt });
  }

  /** Takes over what another process made of a run. */
  learn(key: string, run: number, outcome: JobOutcome): void {
    const before = this.#entries.get(key);
    if (before !== undefined && (before.runs > run || (before.runs === run && before.state !== 'cut-off'))) return;
    const isOver = !outcome.success && outcome.attempt >= this.#policy.maxAttempts;
    this.note(key, { ...outcome, run, phase: isOver ? 'dead_letter' : 'finished' });
  }

  /** Puts off an action that could not even be begun. */
  putOff(key: string, { attempt, run }: NextTry, now: number): void {
    const { retry, random } = this.#policy;
    const retryAt = now + retryDelayMs(attempt, retry, random);
    this.#entries.set(key, { state: 'failed', attempts: attempt - 1, runs: run - 1, at: now, retryAt });
  }

  /** Whether a dry run has still to show the action; `true` once for each key. */
  show(key: string): boolean {
    if (this.#shown.has(key)) return false;
    this.#shown.add(key);
    return true;
  }

  #read({ key, dry_run: isDry = false, phase = 'finished', attempt = 1, result, ts }: JournalLine, now: number): void {
    if (key === undefined) return;
    const note = { phase, attempt, success: result.success, at: Math.min(Date.parse(ts), now) };
    if (isDry) this.#shown.add(key);
    else if (!this.#isEnded(key, note)) this.note(key, note);
  }

  /** Whether it is the beginning of an attempt whose end stands before it: an end has the time that the handler says. */
  #isEnded(key: string, { phase, attempt, at }: LedgerNote): boolean {
    const before = this.#entries.get(key);
    if (phase !== 'started' || before === undefined || before.state === 'cut-off') return false;
    const { cooldownMs = Infinity } = this.#policy;
    return attempt <= before.attempts && at < before.at + cooldownMs;
  }
}

function stateOf(phase: EntryPhase, success: boolean): Entry['state'] {
  if (phase === 'started') return 'cut-off';
  if (phase === 'dead_letter') return 'dead';
  return success ? 'done' : 'failed';
}
