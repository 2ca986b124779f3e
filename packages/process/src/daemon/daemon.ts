import { performance } from 'node:perf_hooks';

import { type CancelOptions, onAbort } from '@core/io';

import { checkNumber, checkSignalName, LONGEST_MS } from '../check.ts';
import { checkFunction, checkName } from './arguments.ts';
import { DaemonError } from './daemon-error.ts';
import type { DaemonBody, DaemonContext, DaemonOptions, StopHandler } from './daemon-options.ts';
import { DaemonParts } from './daemon-parts.ts';
import { HealthServer } from './health-server.ts';
import { homeMedium } from './home.ts';
import { PidFile } from './pid-file.ts';
import { Registry } from './registry.ts';
import { StopSignals } from './stop-signals.ts';
import { windDown } from './wind-down.ts';

const GRACE_PERIOD_MS = 10_000;
const KILL_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/**
 * A program that runs until it is told to stop: one of its name on a machine (a {@link PidFile}), that says how it is (a
 * {@link HealthServer}), and can be found (a {@link Registry}).
 *
 * On SIGINT or SIGTERM it stops in this order: `/ready` says no; `signal` is aborted, and the body awaited; the handlers
 * of `onStop` run one at a time, the last one first; the health server closes; entry and pid file are removed. Body and
 * handlers have the grace period together, and nobody waits longer. The program then ends by itself; what still holds it
 * up is cut off when the grace period is over. A second signal ends the program at once with exit code 128 + its number.
 *
 * @example
 * ```ts
 * import { once } from 'node:events';
 * import { MemoryMedium } from '@core/io';
 * import { Daemon, Registry, waitForReady } from '@core/process/daemon';
 *
 * const medium = new MemoryMedium();
 * const daemon = new Daemon({ code: 'shop', daemon: 'mailer', medium });
 * const steps: string[] = [];
 * const running = daemon.run(async ({ signal, ready, onStop }) => {
 *   onStop(() => steps.push('queue closed'));
 *   ready();
 *   await once(signal, 'abort');
 *   steps.push('last mail sent');
 * });
 * await daemon.start(); // which run has begun
 * await waitForReady(daemon.health.url);
 * assert.equal((await new Registry({ medium }).get('shop', 'mailer'))?.pid, process.pid);
 *
 * process.kill(process.pid, 'SIGTERM');
 * await running;
 * assert.deepEqual(steps, ['last mail sent', 'queue closed']);
 * assert.deepEqual(await new Registry({ medium }).list(), []);
 * ```
 */
export class Daemon implements AsyncDisposable {
  readonly code: string;
  readonly daemon: string;
  /** Its health server, where it has one: add checks to it. */
  readonly health: HealthServer | undefined;
  /** Resolves when it has stopped, however that came; rejects as `stop()` does. */
  readonly stopped: Promise<void>;
  readonly #gracePeriodMs: number;
  readonly #killSignals: readonly NodeJS.Signals[];
  readonly #parts: DaemonParts;
  readonly #controller = new AbortController();
  readonly #handlers: StopHandler[] = [];
  #signals: StopSignals | undefined;
  #body: Promise<unknown> | undefined;
  #hasBody = false;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #settleStopped: (stopping: Promise<void>) => void = () => undefined;

  /** @throws `TypeError` or `RangeError` for a wrong option. */
  constructor(options: DaemonOptions) {
    const { code, daemon, gracePeriodMs = GRACE_PERIOD_MS, killSignals = KILL_SIGNALS } = options;
    checkName('code', code);
    checkName('daemon', daemon);
    checkNumber('gracePeriodMs', gracePeriodMs, 0, LONGEST_MS);
    killSignals.forEach(checkSignalName);
    this.code = code;
    this.daemon = daemon;
    this.#gracePeriodMs = gracePeriodMs;
    this.#killSignals = killSignals;
    this.health = options.health === false ? undefined : new HealthServer(options.health);
    this.#parts = partsOf(options, this.health);
    this.stopped = new Promise((resolve) => {
      this.#settleStopped = resolve;
    });
    this.stopped.catch(() => undefined); // whoever does not ask is told by the exit code
  }

  /** Aborted when it begins to stop; the reason is an `ERR_PROCESS_STOPPED`, or that of the signal given to `run`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Takes the pid file, opens the health server, enters the registry, and hears signals. Where one of these fails, the
   * others are undone, and the daemon is over. The second time does nothing more. A daemon that has started holds its
   * program up.
   *
   * @throws `ERR_PROCESS_ALREADY_RUNNING`; `ERR_PROCESS_LISTEN_FAILED`; what the medium refuses; the reason of `signal`;
   * `ERR_PROCESS_STOPPED` where it was stopped before or meanwhile.
   */
  start({ signal }: CancelOptions = {}): Promise<void> {
    this.#starting ??= this.#start(signal);
    return this.#starting;
  }

  /** Whether it wants work, from now on; a daemon that stops does not. */
  ready(isReady: boolean = true): void {
    this.health?.setReady(isReady && !this.signal.aborted);
  }

  /** Adds what is to be done when it stops, before all that was added earlier. A daemon that stops takes no more. */
  onStop(handler: StopHandler): void {
    checkFunction('handler', handler);
    this.signal.throwIfAborted();
    this.#handlers.push(handler);
  }

  /**
   * Starts it, runs the body, and stops it when the body is over. Resolves with what the body returned, or with
   * `undefined` where it was stopped and the body ended because of that (with the reason of its signal, or an
   * `AbortError`).
   *
   * @throws What `start()`, the body and `stop()` throw; the reason of `signal`, which stops it.
   */
  async run<T>(body: DaemonBody<T>, { signal }: CancelOptions = {}): Promise<T | undefined> {
    checkFunction('body', body);
    if (this.#hasBody) throw new TypeError('body must be the only one, and this daemon has one already');
    this.#hasBody = true;
    signal?.throwIfAborted();
    const forget = onAbort(signal, () => void this.#begin(signal?.reason));
    const ended = await settled(this.#runBody(body));
    const stopped = await settled(this.stop());
    forget();
    signal?.throwIfAborted();
    if ('error' in ended && !this.#isBecauseOfStop(ended.error)) throw ended.error;
    if ('error' in stopped) throw stopped.error;
    return 'error' in ended ? undefined : ended.value;
  }

  /**
   * Stops it, as the class says. The second time does nothing more. A body or a handler that waits for it waits in
   * vain: `stop` of the body's context does not.
   *
   * @throws `ERR_PROCESS_STOP_FAILED` where a handler failed or something took too long; its cause is what went wrong.
   * All else is done by then.
   */
  stop(): Promise<void> {
    return this.#begin(this.#reason());
  }

  /** `stop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    this.signal.throwIfAborted();
    this.#signals = new StopSignals(this.#killSignals, (killSignal) => void this.#stopBy(killSignal));
    try {
      await this.#parts.take(signal === undefined ? this.signal : AbortSignal.any([signal, this.signal]));
    } catch (error) {
      await this.#parts.giveBack();
      this.#signals.close();
      throw error;
    }
  }

  async #runBody<T>(body: DaemonBody<T>): Promise<T | undefined> {
    await this.start();
    this.signal.throwIfAborted();
    const running = (async () => body(this.#context()))();
    this.#body = running;
    // a body that ends too late, or never, holds up nobody
    return Promise.race([running, this.stopped.then(() => undefined)]);
  }

  #context(): DaemonContext {
    return {
      signal: this.signal,
      ready: (isReady) => {
        this.ready(isReady);
      },
      onStop: (handler) => {
        this.onStop(handler);
      },
      stop: () => void this.stop(),
    };
  }

  /** Node's own functions wrap the reason into an `AbortError`. */
  #isBecauseOfStop(error: unknown): boolean {
    if (!this.signal.aborted) return false;
    return error === this.signal.reason || (error instanceof Error && error.name === 'AbortError');
  }

  async #stopBy(killSignal: NodeJS.Signals): Promise<void> {
    const end = performance.now() + this.#gracePeriodMs;
    try {
      await this.#begin(this.#reason(killSignal));
    } catch {
      process.exitCode ??= 1; // `stopped` tells those who ask
    }
    setTimeout(() => process.exit(), Math.max(0, end - performance.now())).unref();
  }

  #begin(reason: unknown): Promise<void> {
    if (this.#stopping === undefined) {
      this.#stopping = this.#stop(reason);
      this.#settleStopped(this.#stopping);
    }
    return this.#stopping;
  }

  async #stop(reason: unknown): Promise<void> {
    this.health?.setReady(false);
    this.#controller.abort(reason);
    await this.#starting?.catch(() => undefined);
    const body = { what: 'its body', handler: () => this.#body?.catch(() => undefined) };
    const handlers = this.#handlers
      .toReversed()
      .map((handler) => ({ what: `the handler ${handler.name || 'of onStop'}`, handler }));
    const failures = await windDown([body, ...handlers], this.#gracePeriodMs);
    failures.push(...(await this.#parts.giveBack()));
    this.#signals?.close();
    if (failures.length > 0) throw this.#failure(failures);
  }

  #reason(killSignal?: NodeJS.Signals): DaemonError {
    const why = killSignal === undefined ? 'it was told to' : `of ${killSignal}`;
    const message = `The daemon "${this.daemon}" of "${this.code}" stops because ${why}`;
    return new DaemonError(message, { code: 'ERR_PROCESS_STOPPED', op: 'daemon.stop', killSignal });
  }

  #failure(failures: readonly unknown[]): DaemonError {
    const what = failures.map((error) => (error instanceof Error ? error.message : String(error))).join('; ');
    const cause = failures.length === 1 ? failures[0] : new AggregateError(failures, what);
    const message = `Cannot stop the daemon "${this.daemon}" of "${this.code}" cleanly: ${what}`;
    return new DaemonError(message, { code: 'ERR_PROCESS_STOP_FAILED', op: 'daemon.stop', cause });
  }
}

function partsOf(options: DaemonOptions, health: HealthServer | undefined): DaemonParts {
  const { code, daemon, medium = homeMedium(), project = process.cwd(), binary = process.argv[1] } = options;
  return new DaemonParts({
    pidFile: new PidFile(`${code}-${daemon}.pid`, { medium }),
    health,
    registry: new Registry({ medium }),
    entry: { code, daemon, project, binary },
  });
}

/** How a promise ended, as a value. */
async function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}
