import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { type CancelOptions, onAbort } from '@core/io';

/** How often a socket is tried again whose queue of waiting clients is full. */
const AGAIN_MS = 10;

/**
 * A connection to a UNIX socket of this machine. Where too many wait for it already, it is tried again until the signal
 * is aborted.
 *
 * @throws The system's own error (`ENOENT`, `ECONNREFUSED`, …); the reason of the signal.
 */
export async function connectUnix(path: string, { signal }: CancelOptions = {}): Promise<Socket> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt(path, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    await pause(AGAIN_MS);
  }
}

function attempt(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const forget = onAbort(signal, () => {
      socket.destroy();
      reject(new Error('given up'));
    });
    const fail = (error: Error): void => {
      forget();
      reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      forget();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Whether an error of a connection says that nobody listens there. */
export function isNobodyThere(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}
