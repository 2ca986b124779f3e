import type { CancelOptions } from '@core/io';

import { rest } from '../machine/rest.ts';

/**
 * What came of a try: it is so; or not, as nobody is there, which costs the guest nothing; or not, as somebody said, who
 * may have too much to do already (`Exceeded MaxStartups`, status 503).
 */
export type Answer = 'yes' | 'refused' | 'no';

/** One try. It ends when the signal is aborted, and may reject then. */
export type Attempt = (signal: AbortSignal) => Promise<Answer>;

/** A try of which nothing is known yet. */
interface OpenTry {
  readonly outcome: Promise<Outcome>;
  readonly end: AbortController;
}

interface Outcome {
  readonly one: OpenTry;
  readonly answer: Answer;
}

const MOST_OPEN = 8;
const SHORTEST_GAP_MS = 750;
/** After a try that was refused at once. */
const PAUSE_MS = 100;

/**
 * How long after a try another one is begun beside it where the guest has been silent for so long.
 *
 * A connection that is not answered may be lost, as the network of the guest was not up, or the guest may be at work for
 * it: the hypervisor accepts both, and goes on with both to the guest, also when they are given up here. So each of them
 * makes a slow guest slower, until its SSH server has too many of them (OpenSSH: ten) and answers nobody. Hence tries
 * become rarer, are given up only for newer ones, and are repeated soon only where nobody is there.
 */
export function gapMs(silentMs: number): number {
  return Math.max(SHORTEST_GAP_MS, silentMs / 3);
}

/** Tries until it is so. Rejects with the reason of the signal, and as a try does. */
export async function keepTrying(attempt: Attempt, { signal }: CancelOptions): Promise<void> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  try {
    await tryAgain(attempt, either);
  } finally {
    over.abort();
  }
}

async function tryAgain(attempt: Attempt, signal: AbortSignal): Promise<void> {
  const open: OpenTry[] = [];
  for (let heardMs = performance.now(); ;) {
    if (open.length === MOST_OPEN) open.shift()?.end.abort();
    open.push(begin(attempt, signal));
    let nextMs = performance.now() + gapMs(performance.now() - heardMs);
    for (let outcome = await nextOutcome(open, nextMs, signal); outcome !== undefined;) {
      if (outcome.answer === 'yes') return;
      open.splice(open.indexOf(outcome.one), 1);
      if (outcome.answer === 'refused') {
        heardMs = performance.now();
        nextMs = Math.min(nextMs, heardMs + PAUSE_MS);
      }
      outcome = await nextOutcome(open, nextMs, signal);
    }
  }
}

function begin(attempt: Attempt, signal: AbortSignal): OpenTry {
  const end = new AbortController();
  const outcome = attempt(AbortSignal.any([signal, end.signal])).then((answer) => ({ one, answer }));
  outcome.catch(() => undefined); // one that was given up has nothing to say
  const one: OpenTry = { outcome, end };
  return one;
}

/** The first one of which something is known, if there is one before then. */
async function nextOutcome(
  open: readonly OpenTry[],
  untilMs: number,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const over = new AbortController();
  const passed = rest(Math.max(0, untilMs - performance.now()), { signal: AbortSignal.any([signal, over.signal]) });
  passed.catch(() => undefined);
  try {
    return await Promise.race([...open.map(({ outcome }) => outcome), passed.then(() => undefined)]);
  } finally {
    over.abort();
    signal.throwIfAborted();
  }
}

/** Whether it is so; `false` also where it takes too long. */
export async function tryOnce(
  attempt: (signal: AbortSignal) => Promise<boolean>,
  tryMs: number,
  signal: AbortSignal,
): Promise<boolean> {
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
