import type { ReadyCheck } from './ready-check.ts';
import { checkReadyCheck } from './ready/check.ts';
import { Ending, type WaitOptions } from './ready/ending.ts';
import { functionProbe } from './ready/function.ts';
import { httpProbe } from './ready/http.ts';
import { lineProbe } from './ready/line.ts';
import { portProbe } from './ready/port.ts';
import type { Probing } from './ready/probe.ts';

/**
 * Resolves when the check says that the process is ready, and lets go of everything that it waited with: no timer,
 * connection or reader is left, in whichever way it ends.
 *
 * A line is looked for from the first on; one over `maxLineBytes` is looked at piece by piece. A port counts also where
 * it is somebody else who listens on it.
 *
 * @throws `ERR_RUNNER_NOT_READY` as soon as the process has ended, when the time is up, or where a function throws: it
 * says what was waited for, and why the last try was refused; the reason of `signal`; a `TypeError` or `RangeError` for
 * a check that can never be met.
 */
export async function waitUntilReady(check: ReadyCheck, options: WaitOptions): Promise<void> {
  checkReadyCheck(check);
  options.signal?.throwIfAborted();
  const { awaits, probe } = probingOf(check);
  const ending = new Ending(options, awaits);
  const ready = probe({ process: options.process, signal: ending.signal, refused: ending.refused });
  try {
    await Promise.race([ready.catch((error: unknown) => ending.fail(error)), ending.early]);
    if (!options.process.isRunning) ending.overAlready(await options.process.done);
  } finally {
    ending.close();
    await ready.catch(() => undefined);
  }
}

function probingOf(check: ReadyCheck): Probing {
  if (typeof check === 'function') return functionProbe(check);
  if ('port' in check) return portProbe(check);
  return 'url' in check ? httpProbe(check) : lineProbe(check);
}
