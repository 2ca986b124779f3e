import { relative, sep } from 'node:path';

import { ErrnoSignal } from '../errno.ts';
import type { WatchEvent } from '../medium.ts';
import { isWithin, joinPath, parentPath } from '../path.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';
import { WatchedDirectory, type WatchScope } from './watch-directory.ts';
import { EventQueue } from './watch-queue.ts';

/**
 * So many events at once may be all that the system could keep (16,384 on Linux, for the whole process) and it says
 * nothing of those that it dropped. Then looking at everything is also cheaper than at every event.
 */
const MOST_EVENTS = 2048;
/** What the system says when it has no more watches to give. */
const LIMITS: readonly string[] = ['ENOSPC', 'EMFILE', 'ENFILE'];
const NO_MORE = 'The system has no more watches to give: see fs.inotify.max_user_watches and max_user_instances.';

/**
 * A watched file or directory. Also the directories on the way to it are watched, each for one name: so it is noticed
 * when one of them is moved or made again, and what is watched is a path, not what stood there once.
 */
export class WatchTree implements WatchScope {
  readonly sandbox: Sandbox;
  readonly #path: string;
  /** Where the path led when the watch began. */
  readonly #real: string;
  /** Without this one there is nothing to hear. */
  readonly #needed: string;
  readonly #root: WatchedDirectory;
  readonly #events = new EventQueue();
  readonly #onEvent: () => void;
  #error: ErrnoSignal | undefined;
  #isHeard = false;
  #isArmed = false;
  #heard = 0;
  #turn: NodeJS.Immediate | undefined;

  /** `onEvent` is called when there is something to take, once for all that happened together. */
  constructor(sandbox: Sandbox, path: string, onEvent: () => void) {
    this.sandbox = sandbox;
    this.#path = path;
    this.#onEvent = onEvent;
    const { real, isDirectory } = whereItLeads(sandbox, path);
    this.#real = real;
    this.#needed = isDirectory ? real : parentPath(real);
    this.#root = new WatchedDirectory(this, sandbox.strength === 'none' ? topOf(real) : '', () => undefined);
    this.#root.arm(undefined, false);
    this.#isArmed = true;
    if (this.#isHeard && this.#error === undefined) return;
    this.close();
    throw this.#error ?? ErrnoSignal.of('ENOENT');
  }

  /** The next event, if there is one; throws what ended the watch. */
  take(): WatchEvent | undefined {
    if (this.#error !== undefined) throw this.#error;
    return this.#events.take();
  }

  close(): void {
    clearImmediate(this.#turn);
    this.#root.close(false);
  }

  only(directory: string): string | undefined {
    if (isWithin(this.#real, directory)) return undefined;
    const rest = directory === '' ? this.#real : this.#real.slice(directory.length + 1);
    return rest.split('/', 1)[0];
  }

  armed(directory: string): void {
    this.#isHeard ||= directory === this.#needed;
  }

  tell(type: WatchEvent['type'], path: string): void {
    if (!isWithin(this.#real, path)) return;
    // spelled as the watched path was, wherever links on it lead
    const below = path === this.#real ? '' : path.slice(this.#real === '' ? 0 : this.#real.length + 1);
    this.#events.add(type, joinPath(this.#path, below));
    this.#turn ??= setImmediate(() => {
      this.#endTurn();
    });
  }

  hasTime(): boolean {
    this.#heard += 1;
    this.#turn ??= setImmediate(() => {
      this.#endTurn();
    });
    return this.#heard <= MOST_EVENTS;
  }

  bear(error: unknown, directory: string): void {
    const code = errorCode(error) ?? 'EIO';
    if (!LIMITS.includes(code) && (this.#isArmed || directory !== this.#needed)) return;
    this.#error ??= new ErrnoSignal(code, { ...(LIMITS.includes(code) ? { hint: NO_MORE } : {}), cause: error });
    this.#turn ??= setImmediate(() => {
      this.#endTurn();
    });
  }

  #endTurn(): void {
    this.#turn = undefined;
    const isFlood = this.#heard > MOST_EVENTS;
    this.#heard = 0;
    if (isFlood) this.#root.rescan();
    if (!this.#events.isEmpty || this.#error !== undefined) this.#onEvent();
  }
}

/** The normalized path without links that a path leads to; `ENOENT`. */
function whereItLeads(sandbox: Sandbox, path: string): { real: string; isDirectory: boolean } {
  const { place, stats } = sandbox.find(path, true);
  try {
    if (stats === undefined) throw ErrnoSignal.of('ENOENT');
    const absolute = sandbox.realPath(place);
    const real = sandbox.strength === 'none' ? absolute : relative(realRoot(sandbox), absolute);
    return { real: real.replaceAll(sep, '/').replace(/^\//u, ''), isDirectory: stats.isDirectory() };
  } finally {
    place.close();
  }
}

function realRoot(sandbox: Sandbox): string {
  const root = sandbox.enter('');
  try {
    return sandbox.realPath(root);
  } finally {
    root.close();
  }
}

/** The uppermost directory on the way: the root, or on Windows, where the file system has many, a drive. */
function topOf(real: string): string {
  return /^[a-z]:(?=\/|$)/iu.exec(real)?.[0] ?? '';
}
