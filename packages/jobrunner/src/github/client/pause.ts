import { unlessAborted } from '@core/io';

/** Waits; rejects with the reason of the signal where that is first. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await unlessAborted(waiting, signal);
  } finally {
    clearTimeout(timer);
  }
}
