import type { CancelOptions } from '@core/io';

import type { ExecOptions, ExecOutput } from '../run-options.ts';

/** How a command is run in a guest whose output goes elsewhere than into memory. */
export interface GuestCommandOptions
  extends CancelOptions, Pick<ExecOptions, 'input' | 'dir' | 'env' | 'timeoutMs' | 'tty'> {
  /**
   * Gets each piece of output as it comes, the next one when the promise of this one is fulfilled. A slow one slows the
   * command down. Where it throws, the command is ended and `run` rejects with that error.
   */
  readonly sink: (piece: ExecOutput) => Promise<void> | void;
}

/** How a command ended. */
export interface GuestExit {
  /** 128 and its number where a signal ended it. */
  readonly exitCode: number;
  readonly killSignal?: string | undefined;
}

/** A way to run commands in a guest. */
export interface GuestRunner {
  readonly via: 'agent' | 'ssh';
  /**
   * Runs a command to its end. One that fails is a result, and so is one that is not there: 127.
   *
   * @throws `ERR_CONTAINER_EXEC_FAILED` where it could not be run or its end is not known; `ERR_CONTAINER_EXEC_TIMEOUT`;
   *   the reason of the signal. In the last two cases the command and what it started are ended before.
   */
  run(command: readonly string[], options: GuestCommandOptions): Promise<GuestExit>;
}
