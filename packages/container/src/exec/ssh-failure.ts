import { ContainerError, type ContainerErrorCode } from '../errors.ts';
import type { SshTarget } from './ssh-target.ts';

/** What can be done about the client's words. */
const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/Permission denied/, 'Give the private key that the guest knows as `sshKey`, and its user as `user`.'],
  [/UNPROTECTED PRIVATE KEY/, 'Let only yourself read the private key: chmod 600.'],
  [
    /refused|timed out|reset|closed by|not known|banner|kex_exchange/i,
    'Wait until the guest has started SSH: `waitFor: "ssh"`.',
  ],
];

/** The client ended before the command began: why. */
export function sshFailure(target: SshTarget, command: readonly string[], said: string): ContainerError {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/.test(said))
    return hostKeyChanged(target, said);
  const why = said === '' ? 'the connection ended before the command began' : (said.split('\n').at(-1) ?? said).trim();
  const hint = HINTS.find(([pattern]) => pattern.test(said))?.[1];
  return sshError(target, command, { why, output: said, hint });
}

/** An error about a command that was to run over SSH. */
export function sshError(
  target: SshTarget,
  command: readonly string[],
  { why, code = 'ERR_CONTAINER_EXEC_FAILED', ...more }: SshFault,
): ContainerError {
  const id = target.hostKeyAlias;
  const message = `Cannot run ${command[0] ?? ''} in ${JSON.stringify(id)} over SSH: ${why}`;
  return new ContainerError(message, { code, op: 'container.exec', id, ...more });
}

/** What is wrong. */
export interface SshFault {
  readonly why: string;
  readonly code?: ContainerErrorCode;
  readonly output?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

function hostKeyChanged({ hostKeyAlias: id, knownHosts: path }: SshTarget, output: string): ContainerError {
  const why = 'its host key is not the one that it first showed';
  return new ContainerError(`Cannot trust ${JSON.stringify(id)}: ${why}`, {
    ...{ code: 'ERR_CONTAINER_HOST_KEY_CHANGED', op: 'container.exec', id, path, output },
    hint: `Something else answers at its port, or the guest has a new key. If you made it have one, delete ${JSON.stringify(path)}.`,
  });
}
