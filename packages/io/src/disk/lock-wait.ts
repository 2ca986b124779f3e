import { watch } from 'node:fs';

import { onAbort } from '../abort.ts';

const FIRST_DELAY_MS = 5;
const LONGEST_DELAY_MS = 50;

/** How long to wait before the next look, so that those who wait do not all look at once. */
export function delayMs(turn: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(turn, 10));
  return delay * (0.5 + Math.random() / 2);
}

/** Waits for so long, or until something happens to the file, where the system tells. Rejects with the signal's reason. */
export async function pause(path: string, durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = withResolver();
  const timer = setTimeout(resolve, durationMs);
  const unwatch = whenTouched(path, resolve);
  const forget = onAbort(signal, resolve);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    unwatch();
    forget();
  }
  signal?.throwIfAborted();
}

/** A file that is gone by now has been touched; a system that has no more watches to give leaves it to the timer. */
function whenTouched(path: string, touched: () => void): () => void {
  try {
    const watcher = watch(path, { persistent: false }, touched);
    watcher.on('error', touched);
    return () => {
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
