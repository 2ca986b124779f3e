import { onAbort } from '../abort.ts';
import type { WatchEvent } from '../medium.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { WatchTree } from './watch-tree.ts';

/**
 * Tells what happens to a file, or to a directory and everything below it. The watch is in place as soon as the first
 * `next()` was called, before it returns; `ENOENT` where nothing is. A name that is given another file is a `change`, a
 * rename a `delete` and a `create`, and a directory that comes or goes is told with everything in it. What happens to
 * one path before the reader takes it is told in sum. Rejects with the reason of the signal.
 */
export async function* watchAt(
  sandbox: Sandbox,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent, void, undefined> {
  signal?.throwIfAborted();
  let wake: () => void = () => undefined;
  const tree = new WatchTree(sandbox, path, () => {
    wake();
  });
  const forget = onAbort(signal, () => {
    wake();
  });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const event = tree.take();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    forget();
    tree.close();
  }
}
