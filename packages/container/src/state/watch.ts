import type { Medium, WatchEvent } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { isId } from './container-codec.ts';

/** What happened to a machine. */
export type StateChange =
  | { readonly type: 'created' | 'changed'; readonly id: string; readonly container: Container }
  | { readonly type: 'removed'; readonly id: string };

/** What is watched, and how. */
export interface WatchRecordsOptions {
  readonly medium: Medium;
  /** The directory of the machines. */
  readonly dir: string;
  readonly read: (id: string) => Promise<Container | ContainerError | undefined>;
  readonly onProblem: (problem: ContainerError) => void;
  /** Ends it without a word. */
  readonly closed: AbortSignal;
  readonly signal?: AbortSignal | undefined;
}

/** What happens to the records in a directory, from the first `next()` on. */
export async function* watchRecords(options: WatchRecordsOptions): AsyncGenerator<StateChange, void, undefined> {
  const { medium, dir, closed, signal } = options;
  signal?.throwIfAborted();
  if (closed.aborted) return;
  const ended = AbortSignal.any([closed, ...(signal === undefined ? [] : [signal])]);
  try {
    for await (const event of medium.watch(dir, { signal: ended })) {
      const id = idOf(event.path);
      const change = id === undefined ? undefined : await changeOf(event, id, options);
      if (change !== undefined) yield change;
    }
  } catch (error) {
    if (error !== ended.reason) throw error;
    signal?.throwIfAborted(); // closing is an end, not a fault
  }
}

async function changeOf(
  { type }: WatchEvent,
  id: string,
  { read, onProblem }: WatchRecordsOptions,
): Promise<StateChange | undefined> {
  if (type === 'delete') return { type: 'removed', id };
  const container = await read(id);
  if (container instanceof ContainerError) onProblem(container);
  // of one that is gone by now, a `delete` follows
  if (container === undefined || container instanceof ContainerError) return undefined;
  return { type: type === 'create' ? 'created' : 'changed', id, container };
}

/** The machine whose record it is. */
function idOf(path: string): string | undefined {
  const id = /(?:^|\/)(?<id>[^/]+)\/vm\.json$/.exec(path)?.groups?.['id'];
  return id !== undefined && isId(id) ? id : undefined;
}
