import type { Medium } from '@core/io';

import type { ProcessEvents } from './events.ts';

/**
 * What one of the three standard streams of a process is: a pipe to this program, the program's own, nothing
 * (`/dev/null`), or an open file descriptor of this program.
 */
export type StdioTarget = 'pipe' | 'inherit' | 'ignore' | number;

/** Each standard stream by itself; stdin is `ignore` and the other two are `pipe` unless they are named. */
export interface StdioOptions {
  readonly stdin?: StdioTarget;
  readonly stdout?: StdioTarget;
  readonly stderr?: StdioTarget;
}

/** What a process reads from its stdin, which is closed after it. */
export type ProcessInput =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | ReadableStream<string | Uint8Array>;

/** How many bytes of each stream are kept; 0 keeps none. */
export interface CaptureOptions {
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
}

/** How a process is started, watched and ended. */
export interface StartOptions {
  /** The directory that it runs in; this program's own unless the service has a medium, whose root it then is. */
  readonly dir?: string | undefined;
  /** Added to this program's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `false`: it gets `env` and nothing of this program's environment. */
  readonly inheritEnv?: boolean | undefined;
  readonly input?: ProcessInput | undefined;
  /** `true`: the last `bufferSizeBytes` of each stream are kept. */
  readonly capture?: boolean | CaptureOptions | undefined;
  /** One word means all three streams. With stdin inherited it stays in the foreground and gets the terminal's Ctrl-C. */
  readonly stdio?: Exclude<StdioTarget, number> | StdioOptions | undefined;
  /** It is ended as by `kill()` when it has run so long. */
  readonly timeoutMs?: number | undefined;
  /** How long it has after the polite signal before SIGKILL; 5,000 unless it is given. */
  readonly gracePeriodMs?: number | undefined;
  /** The polite signal; `SIGTERM` unless it is given. */
  readonly killSignal?: NodeJS.Signals | undefined;
  /** Ends it as `kill()` does; aborted before the start, nothing is started. */
  readonly signal?: AbortSignal | undefined;
  /** It runs on for itself: neither the end of this program nor `close()` ends it. */
  readonly detached?: boolean | undefined;
  /** The command is a line for the shell (or for the shell of this name); arguments are quoted and added to it. */
  readonly shell?: boolean | string | undefined;
  /** `false`: it may outlive this program, but not `close()`. */
  readonly cleanup?: boolean | undefined;
  /** A longer line comes in pieces marked `partial`; 1,048,576 unless it is given, at least 4. */
  readonly maxLineBytes?: number | undefined;
}

/** How a process is run to its end. */
export interface RunOptions extends StartOptions {
  /** `false`: a result is returned however it ended; only an abort rejects. */
  readonly reject?: boolean | undefined;
}

/** What a service is made from. */
export interface ServiceOptions {
  /** How many bytes of each stream of a process are kept; 1,048,576 unless it is given. */
  readonly bufferSizeBytes?: number;
  /** `dir` is a path inside this medium, which must have real paths. */
  readonly medium?: Medium;
  /** Options for every start; those of a call win, and variables of `env` are merged. */
  readonly defaults?: Omit<StartOptions, 'input' | 'signal'>;
  /** So many processes that are over are kept for `get()` and `list()`; 100 unless it is given. */
  readonly maxFinished?: number;
  /**
   * Who hears what the processes do.
   *
   * @internal
   */
  readonly events?: ProcessEvents;
}
