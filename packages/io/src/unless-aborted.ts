import { onAbort } from './abort.ts';

/**
 * What the work comes to, or the reason of the signal, whichever is first; at once where it is aborted already. The work
 * itself is not ended by it: what it comes to afterwards is lost, also where it fails.
 *
 * @example
 * ```ts
 * import { unlessAborted } from '@core/io';
 *
 * const controller = new AbortController();
 * const answer = unlessAborted(new Promise(() => {}), controller.signal);
 * controller.abort(new Error('enough'));
 * await assert.rejects(answer, /enough/);
 * assert.equal(await unlessAborted(Promise.resolve(7), undefined), 7);
 * ```
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
      reject(signal.reason);
    };
    work.then(resolve, reject).finally(onAbort(signal, stop));
    if (signal.aborted) stop();
  });
}
