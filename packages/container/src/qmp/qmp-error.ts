import { ContainerError } from '../errors.ts';

/** What a control socket belongs to, for messages. */
export interface ControlSubject {
  /** The machine's id. */
  readonly id: string;
  /** The socket. */
  readonly path: string;
}

/** A machine that cannot be controlled: why, and what to do. */
export function controlFailed(
  { id, path }: ControlSubject,
  why: string,
  more: { readonly cause?: unknown; readonly hint?: string; readonly output?: string } = {},
): ContainerError {
  const message = `Cannot control machine "${id}": ${why}`;
  return new ContainerError(message, {
    code: 'ERR_CONTAINER_CONTROL_FAILED',
    op: 'machine.control',
    id,
    path,
    ...more,
  });
}

/** That nobody listens on the control socket. */
export function nobodyThere(subject: ControlSubject, cause: unknown): ContainerError {
  return controlFailed(subject, 'nothing listens on its control socket', {
    cause,
    hint: 'Its hypervisor has ended, or is not up yet.',
  });
}

/** That the control socket took a client and was silent. */
export function silent(subject: ControlSubject, what: string, timeoutMs: number): ContainerError {
  return controlFailed(subject, `its hypervisor did not answer ${what} within ${String(timeoutMs)} ms`, {
    hint: 'Another program may hold its control socket, which takes one client at a time, or its hypervisor hangs.',
  });
}
