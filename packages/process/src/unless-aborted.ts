import { onAbort } from '@core/io';

/** What the work comes to, or the reason of the signal, whichever is first; what the work comes to then is lost. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const forget = onAbort(signal, () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
      reject(signal.reason);
    });
    work.then(resolve, reject).finally(forget);
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
    if (signal.aborted) reject(signal.reason);
  });
}
