import type { StreamName } from '../output/stream-name.ts';

/** A process runs. */
export interface ActionProcessStarted {
  readonly type: 'ActionProcessStarted';
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly pid: number;
}

/** A process wrote a line. */
export interface ActionProcessOutput {
  readonly type: 'ActionProcessOutput';
  readonly id: string;
  readonly stream: StreamName;
  /** Without its line end. */
  readonly line: string;
  /** This is a piece of a line over `maxLineBytes`, and the next of this stream goes on with it. */
  readonly partial?: true;
}

/** A process wrote lines: those of one chunk, for those who want speed. */
export interface ActionProcessLines {
  readonly type: 'ActionProcessLines';
  readonly id: string;
  readonly stream: StreamName;
  /** Without their line ends. */
  readonly lines: readonly string[];
  /** The last of them is a piece of a line over `maxLineBytes`, and the next message of this stream goes on with it. */
  readonly partial?: true;
  /** When the chunk came. */
  readonly at: Date;
}

/** A process was ended by a signal, a timeout, an abort or `kill()`; its `ActionProcessExited` follows. */
export interface ActionProcessKilled {
  readonly type: 'ActionProcessKilled';
  readonly id: string;
  /** The signal that it died of; the polite one where it answered that with an exit code. */
  readonly killSignal: NodeJS.Signals;
}

/** A process is over: once for each that was started, and once for each that could not be. */
export interface ActionProcessExited {
  readonly type: 'ActionProcessExited';
  readonly id: string;
  /** Its exit code, where it gave one. */
  readonly exitCode: number | undefined;
  /** The signal that it died of. */
  readonly killSignal?: NodeJS.Signals;
  readonly durationMs: number;
  /** Why it is no success: a `ProcessError`, or the reason of the signal itself where it was aborted. */
  readonly error?: unknown;
}

/** What a service tells of its processes. */
export type ProcessMessage =
  ActionProcessStarted | ActionProcessOutput | ActionProcessLines | ActionProcessKilled | ActionProcessExited;
