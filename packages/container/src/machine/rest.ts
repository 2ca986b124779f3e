import { setTimeout as pause } from 'node:timers/promises';

import type { CancelOptions } from '@core/io';

/** Lets this much time go by; rejects with the reason of the signal. */
export async function rest(durationMs: number, { signal }: CancelOptions = {}): Promise<void> {
  try {
    await pause(durationMs, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** How often is looked: seldom where nothing has happened for long. */
export interface Pace {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How long until it is so; `false` where it is not so in time. Rejects with the reason of the signal. */
export async function untilTrue(
  question: () => Promise<boolean>,
  { firstMs, longestMs, timeoutMs, signal }: Pace & CancelOptions & { readonly timeoutMs: number },
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 1.5, longestMs)) {
    signal?.throwIfAborted();
    if (await question()) return true;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await rest(Math.min(pauseMs, leftMs), { signal });
  }
}
