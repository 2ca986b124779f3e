import type { Readable, Writable } from 'node:stream';

import { onAbort } from '../abort.ts';

/** What Node hands to the inner methods of a stream. */
export type Done = (error?: Error | null) => void;

/** How much is read at once, and how much may wait to be written. */
export const CHUNK_BYTES = 262_144;

/** Destroys `stream` with the signal's own reason when it is aborted, and lets go of the signal when the stream ends. */
export function obey(stream: Readable | Writable, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const abort = (): void => {
    stream.destroy(signal.reason as Error);
  };
  if (signal.aborted) abort();
  else stream.once('close', onAbort(signal, abort));
}

/**
 * Opens a stream, unless it was destroyed before. Where it is destroyed meanwhile, an error of opening is nobody's: the
 * stream ends with the reason that it was given, or none.
 */
export function construct(stream: Readable | Writable, open: () => Promise<unknown>, done: Done): void {
  if (stream.destroyed) done();
  else {
    settle(open(), (error) => {
      done(stream.destroyed ? null : error);
    });
  }
}

/** Calls back when `work` is done: the bridge from promises to the callbacks of a stream's implementation. */
export function settle(work: Promise<unknown>, done: Done): void {
  work.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(error as Error);
    },
  );
}
