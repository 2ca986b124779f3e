import { sendSignalTo } from './send-signal.ts';
import { type RunHelper, taskkill } from './taskkill.ts';

const hooks = new Set<ExitHook>();

function strikeAll(): void {
  for (const hook of hooks) hook.strike();
}

/**
 * What is left to do where no watchdog can run: when this program exits by itself, it kills first. A crash or SIGKILL
 * leaves it no time for that.
 */
export class ExitHook {
  readonly #targets = new Set<number>();
  readonly #platform: NodeJS.Platform;
  readonly #run: RunHelper | undefined;

  constructor(platform: NodeJS.Platform = process.platform, run?: RunHelper) {
    this.#platform = platform;
    this.#run = run;
  }

  ready(): Promise<boolean> {
    return Promise.resolve(true);
  }

  starting(): void {
    // a start is over in the turn of the loop in which it began, so there is nothing to prepare
  }

  notStarted(): void {
    // and nothing to take back
  }

  started(target: number): void {
    if (hooks.size === 0) process.on('exit', strikeAll); // one listener for all, however many services there are
    hooks.add(this);
    this.#targets.add(target);
  }

  ended(target: number): void {
    this.#targets.delete(target);
    this.#forget();
  }

  /** Kills everything at once. */
  strike(): void {
    for (const target of this.#targets) {
      if (this.#platform === 'win32') taskkill(Math.abs(target), this.#run);
      else sendSignalTo(target, 'SIGKILL');
    }
  }

  close(): Promise<void> {
    this.#targets.clear();
    this.#forget();
    return Promise.resolve();
  }

  #forget(): void {
    if (this.#targets.size > 0 || !hooks.delete(this) || hooks.size > 0) return;
    process.off('exit', strikeAll);
  }
}
