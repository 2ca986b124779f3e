import { ContainerError, type ContainerErrorCode } from '../errors.ts';

/** Which agent it is about. */
export interface AgentSubject {
  /** The machine's id or name. */
  readonly id?: string | undefined;
  readonly path: string;
}

/** An error about an agent or one of its commands. */
export function agentError({ id, path }: AgentSubject, { code, what, why, hint, cause }: AgentFault): ContainerError {
  const where = id === undefined ? '' : ` in ${JSON.stringify(id)}`;
  const options = { code, op: 'container.exec', path, id, hint, cause };
  return new ContainerError(`Cannot ${what}${where}: ${why}`, options);
}

/** What is wrong. */
export interface AgentFault {
  readonly code: ContainerErrorCode;
  /** What could not be done: `run ls`. */
  readonly what: string;
  readonly why: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}
