import type { CancelOptions } from '@core/io';

import { rest } from '../machine/rest.ts';

/** One try: whether it is so. It ends when the signal is aborted, and may reject then. */
export type Attempt = (signal: AbortSignal) => Promise<boolean>;

/** So many tries at a time: a guest that is not up yet lets a connection hang that a later one would not. */
const LANES = 4;
const STAGGER_MS = 400;
const FIRST_TRY_MS = 1_600;
const LONGEST_TRY_MS = 10_000;
/** After a try that was refused at once. */
const PAUSE_MS = 100;

/**
 * Tries until it is so: every 400 ms anew, while earlier tries may still come to something. Tries last the longer the
 * more there have been, for guests that are slow. Rejects with the reason of the signal.
 */
export async function tryInLanes(attempt: Attempt, { signal }: CancelOptions): Promise<void> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  try {
    await Promise.race(Array.from({ length: LANES }, (_, lane) => tryAgain(attempt, lane * STAGGER_MS, either)));
  } finally {
    over.abort();
  }
}

async function tryAgain(attempt: Attempt, delayMs: number, signal: AbortSignal): Promise<void> {
  await rest(delayMs, { signal });
  for (let tryMs = FIRST_TRY_MS; ; tryMs = Math.min(tryMs * 1.25, LONGEST_TRY_MS)) {
    if (await tryOnce(attempt, tryMs, signal)) return;
    await rest(PAUSE_MS, { signal });
  }
}

/** `false` also where it takes too long. */
export async function tryOnce(attempt: Attempt, tryMs: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(Math.ceil(tryMs));
  try {
    return await attempt(AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return false;
    throw error;
  }
}
