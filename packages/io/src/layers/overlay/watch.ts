import { onAbort } from '../../abort.ts';
import type { WatchEvent } from '../../medium.ts';
import { EventHub } from '../../memory/events.ts';
import { isWithin, joinPath } from '../../path.ts';
import { unless } from '../codes.ts';
import type { Ground } from './ground.ts';
import { whiteoutOf } from './names.ts';
import { quietStat, type View } from './view.ts';

const NOT_THERE = ['ENOENT', 'ENOTDIR'];

/**
 * What the overlay changes, and what others change in the base as far as it can be seen. Spelled as the watched path is,
 * wherever links on it lead.
 */
export async function* watch(
  ground: Ground,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent, void> {
  signal?.throwIfAborted();
  const end = new AbortController();
  const forget = onAbort(signal, () => {
    end.abort(signal?.reason);
  });
  const fail = (error: unknown): void => {
    end.abort(error);
  };
  const hub = new EventHub();
  const events = hub.listen(end.signal);
  const first = events.next(); // heard from here on: nothing is lost while the path is looked up
  first.catch(fail);
  const own = forward(ground.events.listen(end.signal), hub).catch(fail);
  let below: Promise<void> | undefined;
  try {
    const { path: real } = await ground.view.get(path);
    below = forward(ofBase(ground.view, real, end.signal), hub).catch(fail);
    for (let step = await first; step.done !== true; step = await events.next()) {
      const { type, path: at } = step.value;
      if (isWithin(real, at)) yield { type, path: joinPath(path, at.slice(real.length).replace(/^\//u, '')) };
    }
  } finally {
    forget();
    end.abort();
    await Promise.allSettled([first, own, below]);
  }
}

async function forward(events: AsyncIterable<WatchEvent>, hub: EventHub): Promise<void> {
  for await (const event of events) hub.emit(event);
}

async function* ofBase(view: View, path: string, signal: AbortSignal): AsyncGenerator<WatchEvent, void> {
  // a medium may refuse at once, or only when it is asked for the first event
  const events = await unless(NOT_THERE, () => view.base.watch?.(path, signal)[Symbol.asyncIterator]());
  if (events === undefined) return;
  for (;;) {
    // a directory that only the top has
    const step = await unless(NOT_THERE, () => events.next());
    if (step === undefined || step.done === true) return;
    if (await isSeen(view, step.value.path)) yield step.value;
  }
}

/** Whether what the base has at a path, or had until now, is what the view has. */
async function isSeen(view: View, path: string): Promise<boolean> {
  const spot = await unless(NOT_THERE, () => view.find(path, false));
  if (spot === undefined) return true; // its directory is gone, too
  if (spot.entry !== undefined) return spot.entry.top === undefined;
  const whiteout = whiteoutOf(spot.path);
  return spot.directory.entry.base !== undefined && (whiteout === undefined || !(await quietStat(view.top, whiteout)));
}
