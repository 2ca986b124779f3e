import { connect } from 'node:net';

import { onAbort } from '@core/io';

import type { PortReady } from '../ready-check.ts';
import { poll, TRY_MS } from './poll.ts';
import type { Probing } from './probe.ts';

const LOOPBACK = '127.0.0.1';

/** Tries to connect until something accepts. `localhost` is both families, whatever the system resolves it to. */
export function portProbe({ port, host = LOOPBACK }: PortReady): Probing {
  const hosts = host === 'localhost' ? [LOOPBACK, '::1'] : [host];
  return {
    awaits: `port ${String(port)} of ${host}`,
    probe: ({ signal, refused }) =>
      poll(async () => {
        const refusals = await Promise.all(hosts.map((address) => refusalOf(port, address, signal)));
        if (refusals.includes(undefined)) return true;
        refused(refusals[0]);
        return false;
      }, signal),
  };
}

/** Connects once and lets go; resolves when nothing is left of it: with why it was refused, or with nothing. */
function refusalOf(port: number, host: string, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    let refusal: unknown = `${host} did not answer within ${String(TRY_MS)} ms`;
    const socket = connect({ port, host });
    const giveUp = (): void => {
      socket.destroy();
    };
    const timer = setTimeout(giveUp, TRY_MS);
    const forget = onAbort(signal, giveUp);
    socket.once('connect', () => {
      refusal = undefined;
      giveUp();
    });
    socket.once('error', (error) => (refusal = error));
    socket.once('close', () => {
      clearTimeout(timer);
      forget();
      resolve(refusal);
    });
  });
}
