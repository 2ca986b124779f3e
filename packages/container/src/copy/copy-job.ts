import { type Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { GuestRunner } from '../exec/guest-runner.ts';

/** One copy between this system and a guest. */
export interface CopyJob {
  readonly runner: GuestRunner;
  readonly medium: Medium;
  /** The machine's name, for messages. */
  readonly machine: string;
  /** On the medium. */
  readonly path: string;
  /** In the guest. */
  readonly guestPath: string;
  readonly signal: AbortSignal | undefined;
}

/** A copy that cannot be made. */
export function copyFailed({ machine, guestPath }: CopyJob, why: string, cause?: unknown): ContainerError {
  return new ContainerError(`Cannot copy ${JSON.stringify(guestPath)} of "${machine}": ${why}`, {
    ...{ code: 'ERR_CONTAINER_COPY_FAILED', op: 'container.copy', id: machine, path: guestPath, cause },
  });
}
