import type { Medium } from '@core/io';

import type { HealthServerOptions } from './health-server.ts';

/** What a daemon is made from. */
export interface DaemonOptions {
  /** What it belongs to: a project, a product. With `daemon` it is its name on this machine. */
  readonly code: string;
  readonly daemon: string;
  /** Where its pid file and its entry are; `.core/daemons` in the home directory unless it is given. */
  readonly medium?: Medium | undefined;
  /** Of its health server; `false`: it has none. */
  readonly health?: HealthServerOptions | false | undefined;
  /** How long its body and its handlers have together when it stops; 10,000 unless it is given. */
  readonly gracePeriodMs?: number | undefined;
  /** What stops it; SIGINT and SIGTERM unless they are given. */
  readonly killSignals?: readonly NodeJS.Signals[] | undefined;
  /** The directory that it works for, for the registry; where it was started unless it is given. */
  readonly project?: string | undefined;
  /** The program that it is, for the registry; the script that Node was given unless it is given. */
  readonly binary?: string | undefined;
}

/** Called when a daemon stops; the signal is aborted when its grace period is over. */
export type StopHandler = (context: { readonly signal: AbortSignal }) => unknown;

/** What the body of a daemon is handed; its functions need no `this`. */
export interface DaemonContext {
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal;
  /** As `ready` of the daemon. */
  readonly ready: (isReady?: boolean) => void;
  /** As `onStop` of the daemon. */
  readonly onStop: (handler: StopHandler) => void;
  /** Asks it to stop, and does not wait for it. */
  readonly stop: () => void;
}

/** What a daemon does while it runs. */
export type DaemonBody<T> = (context: DaemonContext) => Promise<T> | T;
