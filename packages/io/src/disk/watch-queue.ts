import type { WatchEvent } from '../medium.ts';

type EventType = WatchEvent['type'];

/**
 * Events that nobody has taken yet: one a path, which says what happened to it in sum. So it holds no more than there
 * are paths, however much happens and however slow the reader is.
 */
export class EventQueue {
  readonly #events = new Map<string, EventType>();

  get isEmpty(): boolean {
    return this.#events.size === 0;
  }

  add(type: EventType, path: string): void {
    const before = this.#events.get(path);
    const sum = before === undefined ? type : inSum(before, type);
    // a directory is deleted after what was in it, so this one goes to the end
    if (sum === undefined || sum === 'delete') this.#events.delete(path);
    if (sum !== undefined) this.#events.set(path, sum);
  }

  take(): WatchEvent | undefined {
    for (const [path, type] of this.#events) {
      this.#events.delete(path);
      return { type, path };
    }
    return undefined;
  }
}

/** What a reader who saw neither has to know; of what came and went, nothing. */
function inSum(before: EventType, now: EventType): EventType | undefined {
  if (now === 'delete') return before === 'create' ? undefined : 'delete';
  return before === 'create' ? 'create' : 'change';
}
