import { type CoreError, isCoreError } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError, type ContainerErrorCode } from '../errors.ts';

/** What cannot be done, and with what. */
export interface Attempt {
  /** `state.put` */
  readonly op: string;
  /** "put the machine 1a2b3c4d into the state" */
  readonly what: string;
  readonly id?: string | undefined;
  readonly path: string;
}

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT'];
const NO_TEXT: readonly string[] = ['EISDIR', 'ERR_INVALID_UTF8', 'ERR_NOT_REGULAR_FILE', 'ELOOP'];
const REFUSED: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];

/** A machine as people call it. */
function called({ id, name }: Pick<Container, 'id' | 'name'>): string {
  return name === id ? `"${id}"` : `"${name}" (${id})`;
}

export function notFound(id: string, op: string): ContainerError {
  const message = `Cannot find the machine ${JSON.stringify(id)}: no machine has this id or name`;
  const hint = 'Look which machines there are: list().';
  return new ContainerError(message, { code: 'ERR_CONTAINER_NOT_FOUND', op, id, hint });
}

/** Several machines begin like this. */
export function ambiguous(id: string, candidates: readonly (Container | ContainerError)[]): ContainerError {
  const names = candidates.map((each) => (each instanceof ContainerError ? `"${String(each.id)}"` : called(each)));
  const message = `Cannot choose a machine by "${id}": it may be ${names.join(' or ')}`;
  const hint = 'Use more characters of the id, or the name.';
  return new ContainerError(message, { code: 'ERR_CONTAINER_AMBIGUOUS', op: 'state.find', id, hint });
}

/** Whether the disk is full: then only what is removed helps. */
export function isFull(error: unknown): boolean {
  return isCoreError(error) && FULL.includes(error.code);
}

/** Whether something is not there. */
export function isMissing(error: unknown): boolean {
  return isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Whether something is there, and is no text file at all. */
export function isNoText(error: unknown): boolean {
  return isCoreError(error) && NO_TEXT.includes(error.code);
}

/** Whether something is there that was to be made. */
export function isTaken(error: unknown): boolean {
  return isCoreError(error) && error.code === 'EEXIST';
}

/** Does something that writes; what the medium refuses becomes `ERR_CONTAINER_STATE_UNWRITABLE`. */
export async function writing<T>(attempt: Attempt, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw unwritable(attempt, error);
  }
}

/** What a failed write is to the caller. */
export function unwritable(attempt: Attempt, error: unknown): unknown {
  return translated('ERR_CONTAINER_STATE_UNWRITABLE', attempt, error);
}

/** What a failed read is to the caller. */
export function unreadable(attempt: Attempt, error: unknown): unknown {
  return translated('ERR_CONTAINER_STATE_UNREADABLE', attempt, error);
}

function translated(code: ContainerErrorCode, attempt: Attempt, error: unknown): unknown {
  if (!isCoreError(error) || !error.op.startsWith('io.')) return error;
  const { op, what, id, path } = attempt;
  const why = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
  return new ContainerError(`Cannot ${what}: ${why}`, { code, op, id, path, hint: hintFor(error), cause: error });
}

function hintFor({ code, hint }: CoreError): string | undefined {
  if (FULL.includes(code)) return 'Free some space and try again; what was there before is unchanged.';
  if (REFUSED.includes(code)) return 'Use a `stateDir` that this user may read and write.';
  return hint;
}
