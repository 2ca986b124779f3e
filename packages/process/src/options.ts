import type { Medium } from '@core/io';

import type { ProcessBus } from './core/process-events.ts';
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

/** A terminal that a process has for itself: 80 columns and 24 rows unless they are given. */
export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** What it calls itself in `TERM`; `xterm-256color` unless it is given. */
  readonly name?: string;
}

/**
 * Who starts processes: this program, or a small process of its own that starts them quickly however large this program
 * is.
 */
export type LauncherName = 'direct' | 'warden';

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
  /** It is ended as by `kill()` when it has written nothing for so long to stdout and stderr, one of which is a pipe. */
  readonly idleTimeoutMs?: number | undefined;
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
  /**
   * It runs in a terminal of its own, in place of the three streams: all that it shows is `stdout`, `sendInput()` is
   * what is typed, `closeStdin()` is Control-D. Needs the optional peer `@lydell/node-pty`.
   */
  readonly pty?: boolean | PtyOptions | undefined;
  /** `false`: it may outlive this program, but not `close()`. */
  readonly cleanup?: boolean | undefined;
  /**
   * `merged`: stdout and stderr are one, as with `2>&1`, in the exact order in which they were written. All of it is
   * `stdout`, and `stderr` is empty. `split` unless it is given.
   */
  readonly output?: 'split' | 'merged' | undefined;
  /**
   * How its output is text: `utf8` unless it is given, `latin1` (each byte is the character of its number), `utf16le`,
   * or any label of the Encoding Standard such as `shift_jis` or `windows-1252`. Bytes stay bytes.
   */
  readonly encoding?: string | undefined;
  /**
   * A longer line comes in pieces marked `partial`; 1,048,576 unless it is given, at least 4. In an encoding other than
   * `utf8` it is UTF-16 units that are counted.
   */
  readonly maxLineBytes?: number | undefined;
}

/** How a process is run to its end. */
export interface RunOptions extends StartOptions {
  /** `false`: a result is returned however it ended; only an abort rejects. */
  readonly reject?: boolean | undefined;
}

/** What a service is made from. */
export interface ServiceOptions {
  /** The bus that is told what its processes do. */
  readonly core?: ProcessBus | undefined;
  /** How many bytes of each stream of a process are kept; 1,048,576 unless it is given. */
  readonly bufferSizeBytes?: number;
  /** `dir` is a path inside this medium, which must have real paths. */
  readonly medium?: Medium;
  /** Options for every start; those of a call win, and variables of `env` are merged. */
  readonly defaults?: Omit<StartOptions, 'input' | 'signal'>;
  /**
   * `warden`: processes are started by a small process of its own, so that a start is as cheap in a program of several
   * gigabytes as in a small one. `direct` unless it is given.
   */
  readonly launcher?: LauncherName;
  /** So many processes that are over are kept for `get()` and `list()`; 100 unless it is given. */
  readonly maxFinished?: number;
  /**
   * Who hears what the processes do.
   *
   * @internal
   */
  readonly events?: ProcessEvents;
}
