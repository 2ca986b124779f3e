import type { CancelOptions } from '@core/io';

import type { Container } from './container.ts';
import type { ExecOptions, ExecResult, ListOptions, LogOptions, RunOptions, StopOptions } from './run-options.ts';

/** The console of a machine from the beginning, by bytes or by lines. */
export interface Logs extends AsyncIterable<Uint8Array> {
  /** Without line ends; the last one is given at the end also where it has none. */
  lines(): AsyncIterable<string>;
}

/**
 * Machines with a container's verbs. An `id` may be an id, a unique beginning of one, or a name.
 *
 * Every method throws `ERR_CONTAINER_NOT_FOUND` for a machine that is not there and `ERR_CONTAINER_AMBIGUOUS` for a
 * beginning of several ids.
 */
export interface Manager {
  /**
   * Starts a machine.
   *
   * @throws `ERR_CONTAINER_IMAGE_NOT_FOUND`, `ERR_CONTAINER_IMAGE_UNSUPPORTED`, `ERR_CONTAINER_START_FAILED` with the
   *   hypervisor's own words, `ERR_CONTAINER_PORT_IN_USE`, `ERR_CONTAINER_NAME_TAKEN`, `ERR_CONTAINER_NOT_READY`.
   */
  run(image: string, options?: RunOptions): Promise<Container>;
  /** Asks the guest to shut down, and ends the hypervisor where it has not done so in time. */
  stop(id: string, options?: StopOptions): Promise<void>;
  /** All machines, each checked against its process, the oldest first. */
  list(options?: ListOptions): Promise<Container[]>;
  logs(id: string, options?: LogOptions): Logs;
  /** Runs a command in the guest. A command that fails is a result. */
  exec(id: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** One machine, checked against its process. */
  inspect(id: string, options?: CancelOptions): Promise<Container>;
}
