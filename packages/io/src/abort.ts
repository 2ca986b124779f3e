const LISTENERS = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when the signal is aborted, unless the function that it returns was called before; never where there
 * is no signal, or one that is aborted already.
 *
 * Everybody who waits for one signal shares one real listener: Node prints a warning from the eleventh on, and a
 * program may well hand one signal to a hundred streams or processes.
 *
 * @example
 * ```ts
 * import { onAbort } from '@core/io';
 *
 * const controller = new AbortController();
 * const told: string[] = [];
 * onAbort(controller.signal, () => told.push('first'));
 * const forget = onAbort(controller.signal, () => told.push('second'));
 * forget();
 * controller.abort();
 * assert.deepEqual(told, ['first']);
 * ```
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const listeners = LISTENERS.get(signal) ?? hear(signal);
  const call = (): void => {
    listener();
  };
  listeners.add(call);
  return () => {
    listeners.delete(call);
    if (listeners.size > 0 || LISTENERS.get(signal) !== listeners) return;
    LISTENERS.delete(signal);
    signal.removeEventListener('abort', abort);
  };
}

function hear(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  LISTENERS.set(signal, listeners);
  signal.addEventListener('abort', abort, { once: true });
  return listeners;
}

function abort(this: AbortSignal): void {
  const listeners = LISTENERS.get(this);
  LISTENERS.delete(this);
  for (const call of listeners ?? []) call();
}
