import { performance } from 'node:perf_hooks';

import { checkNumber, LONGEST_MS } from '../check.ts';
import { redact, secretsOf } from '../redact.ts';
import { checkFunction } from './arguments.ts';

/** What a check is handed. */
export interface HealthCheckContext {
  /** Aborted when its time is up. */
  readonly signal: AbortSignal;
}

/** Says that something is well: it fails with `false`, by throwing or rejecting, and by taking too long. */
export type HealthCheckFunction = (context: HealthCheckContext) => unknown;

/** A check with its limits. */
export interface HealthCheck {
  readonly check: HealthCheckFunction;
  /** It may take so long; that of the server unless it is given. */
  readonly timeoutMs?: number | undefined;
  /**
   * Which answer it decides: with `ready` a failure keeps requests away and nobody restarts the program, as is right
   * for what other programs provide. `both` unless it is given.
   */
  readonly affects?: 'both' | 'health' | 'ready' | undefined;
}

/** What a check said, as it goes over the wire. */
export interface HealthCheckReport {
  readonly status: 'failed' | 'ok' | 'timed-out';
  readonly duration_ms: number;
  readonly error?: string;
}

const LONGEST_ERROR = 500;
const AFFECTS: readonly unknown[] = ['both', 'health', 'ready'];

/**
 * One named check. However many ask at once, it runs once; and one that does not end is not started again until it
 * has, so that those who ask cannot pile it up.
 */
export class NamedCheck {
  readonly name: string;
  readonly #check: HealthCheckFunction;
  readonly #timeoutMs: number;
  readonly #affects: string;
  #report: Promise<HealthCheckReport> | undefined;
  #isBusy = false;

  constructor(name: string, given: HealthCheck | HealthCheckFunction, defaultTimeoutMs: number) {
    const { check, timeoutMs, affects = 'both' } = typeof given === 'function' ? { check: given } : given;
    if (typeof name !== 'string' || name === '') throw new TypeError('name must be the name of a check');
    checkFunction(`checks.${name}`, check);
    checkNumber(`checks.${name}.timeoutMs`, timeoutMs, 1, LONGEST_MS);
    if (!AFFECTS.includes(affects)) throw new TypeError(`checks.${name}.affects must be "both", "health" or "ready"`);
    this.name = name;
    this.#check = check;
    this.#timeoutMs = timeoutMs ?? defaultTimeoutMs;
    this.#affects = affects;
  }

  affects(what: 'health' | 'ready'): boolean {
    return this.#affects === 'both' || this.#affects === what;
  }

  /** What it says now; never rejects. */
  report(): Promise<HealthCheckReport> {
    this.#report ??= this.#run().finally(() => {
      this.#report = undefined;
    });
    return this.#report;
  }

  async #run(): Promise<HealthCheckReport> {
    if (this.#isBusy) return { status: 'timed-out', duration_ms: 0, error: 'it is still busy since it was last asked' };
    const from = performance.now();
    const verdict = await this.#withinTime();
    return { duration_ms: Math.round(performance.now() - from), ...verdict };
  }

  async #withinTime(): Promise<Omit<HealthCheckReport, 'duration_ms'>> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Omit<HealthCheckReport, 'duration_ms'>>((resolve) => {
      timer = setTimeout(() => {
        const error = `it took longer than ${String(this.#timeoutMs)} ms`;
        resolve({ status: 'timed-out', error });
        controller.abort(new Error(`The check ${JSON.stringify(this.name)} is given up: ${error}`));
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#verdict(controller.signal), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #verdict(signal: AbortSignal): Promise<Omit<HealthCheckReport, 'duration_ms'>> {
    this.#isBusy = true;
    try {
      const isWell = await this.#check({ signal });
      return isWell === false ? { status: 'failed', error: 'it said no' } : { status: 'ok' };
    } catch (error) {
      return { status: 'failed', error: textOf(error) };
    } finally {
      this.#isBusy = false;
    }
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const shown = redact(text, secretsOf(process.env));
  return shown.length > LONGEST_ERROR ? `${shown.slice(0, LONGEST_ERROR)}…` : shown;
}
