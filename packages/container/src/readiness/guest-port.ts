import { get } from 'node:http';
import { connect } from 'node:net';

import { onAbort } from '@core/io';

import type { Answer } from './keep-trying.ts';

/** A port of this machine that leads into a guest. */
export interface GuestPort {
  readonly host: string;
  readonly port: number;
}

/** Whether the first bytes that come through the port are these. A connection alone is the hypervisor's, and says nothing. */
export function showsBanner({ host, port }: GuestPort, banner: string, signal: AbortSignal): Promise<Answer> {
  const wanted = Buffer.from(banner, 'latin1');
  return new Promise((resolve) => {
    const socket = connect(port, host);
    let got = Buffer.alloc(0);
    const end = (answer: Answer): void => {
      forget();
      socket.destroy();
      resolve(answer);
    };
    const forget = onAbort(signal, () => {
      end('refused');
    });
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk.subarray(0, wanted.length)]);
      if (got.length >= wanted.length) end(got.subarray(0, wanted.length).equals(wanted) ? 'yes' : 'no');
    });
    for (const event of ['error', 'end', 'close']) {
      socket.on(event, () => {
        end(got.length === 0 ? 'refused' : 'no');
      });
    }
  });
}

/** Whether a GET through the port is answered with this status, or with any from 200 to 399. */
export function answersHttp(
  { host, port }: GuestPort,
  { path = '/', status: wanted }: { readonly path?: string | undefined; readonly status?: number | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, headers: { connection: 'close' } });
    const end = (answer: Answer): void => {
      forget();
      request.destroy();
      resolve(answer);
    };
    const forget = onAbort(signal, () => {
      end('refused');
    });
    request.on('error', () => {
      end('refused');
    });
    request.on('response', ({ statusCode = 0 }) => {
      const isWanted = wanted === undefined ? statusCode >= 200 && statusCode < 400 : statusCode === wanted;
      end(isWanted ? 'yes' : 'no');
    });
  });
}
