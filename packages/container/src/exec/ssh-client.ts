import { isCoreError } from '@core/io';
import type { Process, ProcessResult } from '@core/process';

import { SSH_ENVIRONMENT, sshArguments } from './ssh-arguments.ts';
import { sshError } from './ssh-failure.ts';
import type { SshTarget } from './ssh-target.ts';

/** The client has little to do at its end. */
const GRACE_MS = 500;

/**
 * Starts OpenSSH's client with this script for the guest's shell.
 *
 * @throws `ERR_CONTAINER_TOOL_MISSING`
 */
export async function startSsh(target: SshTarget, script: string, tty: boolean): Promise<Process> {
  const args = sshArguments(target, script, tty);
  try {
    return await target.service.start('ssh', args, {
      ...{ stdio: { stdin: 'pipe' }, capture: false, env: SSH_ENVIRONMENT, gracePeriodMs: GRACE_MS },
    });
  } catch (cause) {
    throw isMissing(cause) ? missing(target, cause) : cause;
  }
}

/** Runs a script that reads and answers nothing, and takes so long at most. How it ends is a result. */
export async function runSsh(target: SshTarget, script: string, timeoutMs: number): Promise<ProcessResult> {
  const options = { env: SSH_ENVIRONMENT, timeoutMs, gracePeriodMs: GRACE_MS, reject: false } as const;
  return target.service.run('ssh', sshArguments(target, script, false), options);
}

function isMissing(error: unknown): boolean {
  const outcome = isCoreError(error) && 'outcome' in error ? (error.outcome as { what?: unknown }) : undefined;
  return outcome?.what === 'command';
}

function missing(target: SshTarget, cause: unknown): Error {
  return sshError(target, ['ssh'], {
    ...{ code: 'ERR_CONTAINER_TOOL_MISSING', why: 'there is no ssh on the PATH', cause },
    hint: "Install OpenSSH's client (on Debian: apt-get install openssh-client), or run core-agent in the guest.",
  });
}
