import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import type { CancelOptions } from '@core/io';

import { checkNumber, LONGEST_MS } from '../check.ts';
import { DaemonError } from './daemon-error.ts';
import { addressOf, type HealthProbe, probe } from './probe.ts';

/** How long and how often is asked. */
export interface WaitForHealthOptions extends CancelOptions {
  /** It is given up after so long; 30,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
  /** The first pause between two questions; each is half as long again as the one before, up to 1,000. 50 unless it is given. */
  readonly intervalMs?: number | undefined;
}

const LONGEST_PAUSE_MS = 1_000;
const LONGEST_PROBE_MS = 5_000;
const LONGEST_SHOWN = 200;

/**
 * Waits until an address is answered with a status from 200 to 299, and returns that answer. An address without a path
 * is asked for `/health`.
 *
 * @throws `ERR_PROCESS_NOT_HEALTHY` with the last answer, or with the last obstacle as its cause; the reason of the
 * signal.
 *
 * @example
 * ```ts
 * import { HealthServer, waitForHealth } from '@core/process/daemon';
 *
 * await using server = new HealthServer({ checks: { disk: () => { throw new Error('it is full'); } } });
 * await server.start();
 * await assert.rejects(waitForHealth(server.url, { timeoutMs: 500 }), (error) => {
 *   assert.equal(error.code, 'ERR_PROCESS_NOT_HEALTHY');
 *   assert.match(error.message, /\/health: .* the last answer was 503 .*it is full/);
 *   return true;
 * });
 * ```
 */
export function waitForHealth(url: string | URL, options?: WaitForHealthOptions): Promise<HealthProbe> {
  return waitFor(url, '/health', options);
}

/**
 * As {@link waitForHealth}, with `/ready` for an address without a path.
 *
 * @example
 * ```ts
 * import { HealthServer, waitForReady } from '@core/process/daemon';
 *
 * await using server = new HealthServer();
 * await server.start();
 * setImmediate(() => server.setReady(true));
 * const { status } = await waitForReady(server.url);
 * assert.equal(status, 200);
 * ```
 */
export function waitForReady(url: string | URL, options?: WaitForHealthOptions): Promise<HealthProbe> {
  return waitFor(url, '/ready', options);
}

async function waitFor(url: string | URL, path: string, options: WaitForHealthOptions = {}): Promise<HealthProbe> {
  const { timeoutMs = 30_000, intervalMs = 50, signal } = options;
  const address = addressOf(url, path);
  checkNumber('timeoutMs', timeoutMs, 1, LONGEST_MS);
  checkNumber('intervalMs', intervalMs, 1, LONGEST_MS);
  const deadline = performance.now() + timeoutMs;
  const leftMs = (): number => Math.ceil(deadline - performance.now());
  let last: HealthProbe | undefined;
  for (let pauseMs = intervalMs; ; pauseMs = Math.max(intervalMs, Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS))) {
    const found = await probe(address, { timeoutMs: Math.max(1, Math.min(leftMs(), LONGEST_PROBE_MS)), signal });
    if (found.ok) return found;
    // a question that the end cut short says less than the answer before it
    if (last === undefined || found.status !== undefined || leftMs() > 0) last = found;
    if (leftMs() > 0) await rest(Math.min(pauseMs, leftMs()), signal);
    if (leftMs() <= 0) throw notHealthy(address, timeoutMs, last);
  }
}

async function rest(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(durationMs, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function notHealthy({ href: url }: URL, timeoutMs: number, { status, body, error: cause }: HealthProbe): DaemonError {
  const answer = `${String(status)} ${body.trim().slice(0, LONGEST_SHOWN)}`.trim();
  const why = cause === undefined ? `the last answer was ${answer}` : messageOf(cause);
  const message = `Cannot wait any longer for ${url}: it was not well within ${String(timeoutMs)} ms; ${why}`;
  const hint = status === undefined ? 'Look whether the program runs and listens there.' : undefined;
  return new DaemonError(message, { code: 'ERR_PROCESS_NOT_HEALTHY', op: 'waitForHealth', url, status, hint, cause });
}

/** Where a name has several addresses, the message is in the parts. */
function messageOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)';
  return error.message === '' ? (code ?? error.name) : error.message;
}
