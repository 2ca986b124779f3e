import type { Writable } from 'node:stream';

import { describe } from '../check.ts';

/** Where output goes: into a stream, which is not ended, or where the output of this program goes. */
export type OutputTarget = Writable | 'inherit';

/** Refuses what nothing can be written to. */
export function checkTarget(name: string, target: OutputTarget): void {
  if (target === 'inherit' || isWritable(target)) return;
  throw new TypeError(`${name} must be a Writable or "inherit", not ${describe(target)}`);
}

/** Whether it is a stream. */
export function isWritable(target: unknown): target is Writable {
  if (typeof target !== 'object' || target === null) return false;
  return 'write' in target && typeof target.write === 'function' && 'on' in target;
}

const LISTENERS = new WeakMap<Writable, Set<(error: unknown) => void>>();

/**
 * Calls `listener` when the stream fails, until the function that it returns is called.
 *
 * All who write to one stream share one real listener: Node prints a warning from the eleventh on.
 */
export function onFailure(stream: Writable, listener: (error: unknown) => void): () => void {
  const listeners = LISTENERS.get(stream) ?? hear(stream);
  const call = (error: unknown): void => {
    listener(error);
  };
  listeners.add(call);
  return () => {
    listeners.delete(call);
    // one that has failed may still say so, which nobody else may hear
    if (listeners.size > 0 || stream.destroyed) return;
    LISTENERS.delete(stream);
    stream.removeListener('error', tell);
  };
}

function hear(stream: Writable): Set<(error: unknown) => void> {
  const listeners = new Set<(error: unknown) => void>();
  LISTENERS.set(stream, listeners);
  stream.on('error', tell);
  return listeners;
}

function tell(this: Writable, error: unknown): void {
  for (const call of [...(LISTENERS.get(this) ?? [])]) call(error);
}
