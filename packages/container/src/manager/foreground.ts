import { once } from 'node:events';
import type { Writable } from 'node:stream';

import { onAbort } from '@core/io';

import type { Container } from '../container.ts';
import type { Logs } from '../manager.ts';
import { withResolvers } from '../exec/with-resolvers.ts';
import type { RunOptions } from '../run-options.ts';
import type { ManagerContext } from './context.ts';
import { kill, stopContainer } from './stop.ts';
import { logsOf } from './logs.ts';
import { waitForEnd } from './wait.ts';

const KILL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Shows the console until the machine has ended, and resolves with what it is then. An abort has the guest shut down and
 * rejects with its reason. Without a `signal` Ctrl-C, SIGTERM and the end of the terminal do the same, and then end this
 * program as they would have.
 */
export async function runToEnd(
  context: ManagerContext,
  container: Container,
  { output, signal }: RunOptions,
): Promise<Container> {
  const shown = output === undefined ? undefined : show(logsOf(context, container, { follow: true }), output);
  const seen = shown?.catch(() => undefined); // whether it could be shown is told below
  const stopper = new Stopper(context, container, signal);
  try {
    // a machine that is removed when it has ended takes its console with it
    const ended = await waitForEnd(context, container, { first: () => Promise.race([seen, stopper.wanted]) });
    await stopper.settled();
    signal?.throwIfAborted();
    await shown;
    return ended;
  } finally {
    stopper.close();
  }
}

/** Stops the machine when somebody wants it to: orderly the first time, at once the second. */
class Stopper {
  readonly #context: ManagerContext;
  readonly #container: Container;
  readonly #forget: () => void;
  readonly #listeners: readonly (readonly [NodeJS.Signals, () => void])[];
  readonly #wanted = withResolvers<undefined>();
  #heard: NodeJS.Signals | undefined;
  #stopping: Promise<void> | undefined;

  constructor(context: ManagerContext, container: Container, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#container = container;
    const stop = (): void => void this.#stop();
    this.#forget = onAbort(signal, stop);
    const heard = signal === undefined ? KILL_SIGNALS : [];
    this.#listeners = heard.map((killSignal) => [killSignal, this.#hear.bind(this, killSignal)]);
    for (const [killSignal, listener] of this.#listeners) process.on(killSignal, listener);
    if (signal?.aborted === true) stop();
  }

  /** When somebody first wants it to stop. */
  get wanted(): Promise<undefined> {
    return this.#wanted.promise;
  }

  /** The stop is over, where there is one; a program that was told to end does so. */
  async settled(): Promise<void> {
    await this.#stopping;
    this.close();
    if (this.#heard !== undefined) process.kill(process.pid, this.#heard);
  }

  close(): void {
    this.#forget();
    for (const [killSignal, listener] of this.#listeners) process.off(killSignal, listener);
  }

  #hear(killSignal: NodeJS.Signals): void {
    const isFirst = this.#heard === undefined;
    this.#heard = killSignal;
    if (isFirst) void this.#stop();
    else void kill(this.#context, this.#container.id).catch(() => undefined); // it has just ended
  }

  #stop(): Promise<void> {
    this.#wanted.resolve(undefined);
    this.#stopping ??= stopContainer(this.#context, this.#container).catch((error: unknown) => {
      this.#context.logger.error(`The machine "${this.#container.name}" could not be stopped`, { error });
    });
    return this.#stopping;
  }
}

/** No faster than the stream takes it; a stream that is gone shows nothing more, and the machine runs on. */
async function show(logs: Logs, output: Writable): Promise<void> {
  for await (const piece of logs) {
    if (output.destroyed || output.writableEnded) return;
    if (!output.write(piece)) await untilDrained(output);
  }
}

/** Until it takes more, or is closed. */
async function untilDrained(output: Writable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(output, 'drain', { signal }), once(output, 'close', { signal })]);
  } finally {
    over.abort();
  }
}
