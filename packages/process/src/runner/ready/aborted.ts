import { onAbort } from '@core/io';

/** Rejects with the signal's reason when it is aborted; never settles before. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
      reject(signal.reason);
    };
    if (signal.aborted) refuse();
    else onAbort(signal, refuse);
  });
}
