import type { ReadyFunction } from '../ready-check.ts';
import { aborted } from './aborted.ts';
import { poll } from './poll.ts';
import type { Probing } from './probe.ts';

/** Asks the function until it says `true`. One that never answers holds up nobody who has stopped waiting. */
export function functionProbe(isReady: ReadyFunction): Probing {
  return {
    awaits: 'its own check',
    probe({ process, signal, refused }) {
      const gone = aborted(signal);
      gone.catch(() => undefined);
      return poll(async () => {
        const answer: unknown = await Promise.race([(async () => isReady({ process, signal }))(), gone]);
        refused(`it said ${String(answer)}`);
        return answer === true;
      }, signal);
    },
  };
}
