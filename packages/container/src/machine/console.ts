import type { Duplex } from 'node:stream';

import { type CancelOptions, onAbort } from '@core/io';

import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import { controlFailed, nobodyThere } from '../qmp/qmp-error.ts';
import { connectUnix, isNobodyThere } from '../qmp/unix-socket.ts';

/**
 * The serial console of a machine, both ways: what is written is typed, what is read is what the guest writes from now
 * on. It ends when the machine does; destroying it lets go of it, as the signal does. The log gets everything
 * all the same.
 *
 * One client at a time is served; a second one hears nothing until the first is gone. Who reads slowly holds up a guest that
 * writes.
 *
 * @throws `ERR_CONTAINER_CONTROL_FAILED` where no machine runs; the reason of the signal.
 */
export async function consoleStream(
  { console: path }: Pick<MachinePaths, 'console'>,
  { id, signal }: CancelOptions & { readonly id: string },
): Promise<Duplex> {
  try {
    const socket = await connectUnix(path, { signal });
    const forget = onAbort(signal, () => {
      socket.destroy(signal?.reason instanceof Error ? signal.reason : undefined);
    });
    return socket.once('close', forget);
  } catch (error) {
    signal?.throwIfAborted();
    const subject = { id, path };
    throw isNobodyThere(error)
      ? nobodyThere(subject, error)
      : controlFailed(subject, 'its console cannot be reached', { cause: error });
  }
}
