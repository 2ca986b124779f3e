import { request } from 'node:http';

import { type CancelOptions, onAbort } from '@core/io';

import { type ControlSubject, controlFailed, nobodyThere, silent } from '../qmp/qmp-error.ts';
import { isObject } from '../qmp/qmp-message.ts';
import { isNobodyThere } from '../qmp/unix-socket.ts';

/** How a vfkit is asked. */
export interface VfkitOptions extends CancelOptions {
  /** The machine's id, for messages. */
  readonly id: string;
  /** 5,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
}

/** What a machine of vfkit can be told: to ask its guest to shut down, or to end at once. */
export type VfkitOrder = 'HardStop' | 'Pause' | 'Resume' | 'Stop';

const TIMEOUT_MS = 5_000;
const LONGEST_BODY = 65_536;
const PREFIX = 'VirtualMachineState';

/**
 * Where a machine of vfkit stands: `running`, `stopped`, `paused`, `error`, `starting`, `pausing`, `resuming`,
 * `stopping`. By its REST interface, https://github.com/crc-org/vfkit/blob/main/doc/usage.md#restful-service
 *
 * @throws `ERR_CONTAINER_CONTROL_FAILED`; the reason of the signal.
 */
export async function vfkitState(socketPath: string, options: VfkitOptions): Promise<string> {
  const body = await exchange(socketPath, options);
  const state = stateIn(body);
  if (state !== undefined) return state.replace(PREFIX, '').toLowerCase();
  throw controlFailed({ id: options.id, path: socketPath }, `its vfkit said something else than a state: ${body}`);
}

/**
 * Tells a machine of vfkit what to do.
 *
 * @throws `ERR_CONTAINER_CONTROL_FAILED` with vfkit's words where it refuses; the reason of the signal.
 */
export async function orderVfkit(socketPath: string, state: VfkitOrder, options: VfkitOptions): Promise<void> {
  await exchange(socketPath, options, JSON.stringify({ state }));
}

function stateIn(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    return isObject(answer) && typeof answer['state'] === 'string' ? answer['state'] : undefined;
  } catch {
    return undefined;
  }
}

/** One question, with a connection of its own: the body of its answer. */
function exchange(path: string, { id, timeoutMs = TIMEOUT_MS, signal }: VfkitOptions, body?: string): Promise<string> {
  const subject: ControlSubject = { id, path };
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ socketPath: path, path: '/vm/state', agent: false },
      ...(body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' } }),
    });
    const timer = setTimeout(() => {
      fail(silent(subject, 'a request', timeoutMs));
    }, timeoutMs);
    const forget = onAbort(signal, () => {
      fail(signal?.reason);
    });
    const settle = (): void => {
      clearTimeout(timer);
      forget();
      asked.destroy();
    };
    const fail = (error: unknown): void => {
      settle();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
      reject(error);
    };
    asked.on('error', (cause) => {
      fail(isNobodyThere(cause) ? nobodyThere(subject, cause) : controlFailed(subject, cause.message, { cause }));
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text = (text + piece).slice(0, LONGEST_BODY)));
      response.on('error', (cause) => {
        fail(controlFailed(subject, 'its answer broke off', { cause }));
      });
      response.on('end', () => {
        const { statusCode = 0 } = response;
        settle();
        if (statusCode < 300) resolve(text);
        else
          reject(controlFailed(subject, `vfkit refused with ${String(statusCode)}: ${text.trim()}`, { output: text }));
      });
    });
    asked.end(body);
  });
}
