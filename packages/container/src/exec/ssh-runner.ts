import type { GuestCommandOptions, GuestExit, GuestRunner } from './guest-runner.ts';
import { SshCommand } from './ssh-command.ts';
import type { SshTarget } from './ssh-target.ts';

/**
 * Runs commands in a guest through OpenSSH's client, each over a connection of its own. Arguments and variables go
 * through the connection, not over a command line of this machine. The host key is kept when the guest first answers;
 * another one is refused from then on.
 *
 * The guest needs a POSIX shell, and for aborts and timeouts `/proc`, `tr` and `basename`. Each command has the variable
 * `CORE_EXEC_ID`, by which all that it started is found where it has to be ended.
 */
export class SshRunner implements GuestRunner {
  readonly via = 'ssh';
  readonly #target: SshTarget;

  constructor(target: SshTarget) {
    this.#target = target;
  }

  /**
   * Runs a command to its end. An exit code of 128 and the number of a signal is told as that signal, since the guest's
   * shell tells no more.
   *
   * @throws `ERR_CONTAINER_TOOL_MISSING` without `ssh`; `ERR_CONTAINER_HOST_KEY_CHANGED`; what
   *   {@link GuestRunner.run} throws.
   */
  async run(command: readonly string[], options: GuestCommandOptions): Promise<GuestExit> {
    options.signal?.throwIfAborted();
    return new SshCommand(this.#target, command, options).run();
  }
}
