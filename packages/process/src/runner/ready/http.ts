import { get as getByHttp } from 'node:http';
import { get as getByHttps } from 'node:https';

import { onAbort } from '@core/io';

import type { HttpReady } from '../ready-check.ts';
import { poll, TRY_MS } from './poll.ts';
import type { Probing } from './probe.ts';

/** Asks with GET until it is answered with the right status; redirections are answers and are not followed. */
export function httpProbe({ url: address, status }: HttpReady): Probing {
  const url = new URL(address);
  const isRight = (answer: number): boolean =>
    status === undefined ? answer >= 200 && answer < 400 : answer === status;
  return {
    awaits: `${status === undefined ? 'an answer' : `status ${String(status)}`} from ${url.origin}${url.pathname}`,
    probe: ({ signal, refused }) =>
      poll(async () => {
        const answer = await answerOf(url, signal);
        if (typeof answer === 'number' && isRight(answer)) return true;
        refused(typeof answer === 'number' ? `status ${String(answer)}` : answer);
        return false;
      }, signal),
  };
}

/** The status of the answer, or why there was none; resolves when the connection is gone. The body is not read. */
function answerOf(url: URL, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    let answer: unknown = `no answer within ${String(TRY_MS)} ms`;
    const get = url.protocol === 'https:' ? getByHttps : getByHttp;
    const request = get(url, { agent: false }); // a connection of its own, which nobody keeps alive
    const giveUp = (): void => {
      request.destroy();
    };
    const timer = setTimeout(giveUp, TRY_MS);
    const forget = onAbort(signal, giveUp);
    request.once('response', (response) => {
      answer = response.statusCode;
      response.on('error', () => undefined); // it is cut off, and that is told to it
      giveUp();
    });
    request.on('error', (error) => {
      if (typeof answer !== 'number') answer = error;
    });
    request.once('close', () => {
      clearTimeout(timer);
      forget();
      resolve(answer);
    });
  });
}
