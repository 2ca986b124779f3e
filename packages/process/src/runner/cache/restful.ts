import { setImmediate as nextTurn } from 'node:timers/promises';

const TURN_MS = 20;

/**
 * To be awaited between two small pieces of work: small files are read without ever leaving a turn of the event loop, so
 * from time to time others get theirs.
 */
export function restful(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return;
    await nextTurn();
    since = performance.now();
  };
}
