import type { Medium, WatchEvent } from '../../medium.ts';
import type { ConformanceCase } from '../conformance.ts';
import { refuses, same } from '../expect.ts';
import { given } from './behaviour.ts';

const withWatch = given('watch');

type Wanted = (event: WatchEvent) => boolean;

const PATIENCE_MS = 15_000;
const LONGEST_PAUSE_MS = 20;

/**
 * Changes something again and again until the watcher of `path` has seen what is wanted: no watcher is in place at once,
 * and some tell only what lasts for a moment.
 */
async function seen(
  medium: Medium,
  path: string,
  change: (turn: number) => Promise<void>,
  wanted: Wanted,
): Promise<WatchEvent> {
  const controller = new AbortController();
  const changing = keepChanging(change, controller);
  try {
    for await (const event of medium.watch(path, { signal: controller.signal })) if (wanted(event)) return event;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  } finally {
    controller.abort();
    await changing;
  }
  throw new Error('the watcher ended, or saw nothing of the kind in time');
}

async function keepChanging(change: (turn: number) => Promise<void>, controller: AbortController): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  try {
    for (let turn = 0; !controller.signal.aborted && Date.now() < end; turn += 1) {
      await change(turn);
      await new Promise((resolve) => setTimeout(resolve, Math.min(turn, LONGEST_PAUSE_MS)));
    }
  } finally {
    controller.abort(); // the watcher must not wait for changes that no longer come
  }
}

/** `watch`. */
export const watching: readonly ConformanceCase[] = [
  withWatch('watch() of a directory tells a file that is made in it', async (medium) => {
    await medium.ensureDir('d');
    const change = (turn: number): Promise<void> => medium.write(`d/f${String(turn)}`, 'x');
    const event = await seen(medium, 'd', change, ({ type }) => type === 'create');
    same(/^d\/f\d+$/.test(event.path), true, `whether ${event.path} is one of the files`);
  }),
  withWatch('watch() of a directory tells a file that is deleted in it', async (medium) => {
    await medium.ensureDir('d');
    const change = (turn: number): Promise<void> => (turn % 2 === 0 ? medium.write('d/f', 'x') : medium.delete('d/f'));
    same(await seen(medium, 'd', change, ({ type }) => type === 'delete'), { type: 'delete', path: 'd/f' });
  }),
  withWatch('watch() of a directory tells a change deep below', async (medium) => {
    await medium.write('d/a/b/f', 'x');
    const change = (): Promise<void> => medium.append('d/a/b/f', 'x');
    const event = await seen(medium, 'd', change, ({ path }) => path === 'd/a/b/f');
    same(event.path, 'd/a/b/f');
  }),
  withWatch('watch() of a file tells that it changed', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.write('d/other', 'x');
    const change = async (): Promise<void> => {
      await medium.append('d/other', 'x');
      await medium.append('d/f', 'x');
    };
    same(await seen(medium, 'd/f', change, () => true), { type: 'change', path: 'd/f' });
  }),
  withWatch('watch() tells a rename as a delete and a create', async (medium) => {
    await medium.write('d/a', 'x');
    const types = new Set<string>();
    const change = (turn: number): Promise<void> =>
      turn % 2 === 0 ? medium.rename('d/a', 'd/b') : medium.rename('d/b', 'd/a');
    await seen(medium, 'd', change, ({ type, path }) => types.add(`${type} ${path}`).size >= 4);
    same(
      [...types].filter((type) => type.startsWith('change')),
      [],
      'what was told as a change',
    );
  }),
  withWatch('watch() ends when the signal is aborted', async (medium) => {
    await medium.ensureDir('d');
    const controller = new AbortController();
    const reason = new Error('enough');
    const iterator = medium.watch('d', { signal: controller.signal })[Symbol.asyncIterator]();
    const next = iterator.next().then(
      ({ done }) => (done === true ? 'ended' : 'went on'),
      (error: unknown) => error,
    );
    controller.abort(reason);
    const outcome = await next;
    same(outcome === 'ended' || outcome === reason, true, 'whether it ended quietly or with the reason');
  }),
  withWatch('watch() refuses a missing path with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.watch('missing')[Symbol.asyncIterator]().next());
  }),
];
