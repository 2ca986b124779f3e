import { checkNumber, checkStreamName } from '../../check.ts';
import type { ReadyCheck } from '../ready-check.ts';

/**
 * Refuses a check that can never be met.
 *
 * @throws `TypeError` or `RangeError` that names what is wrong with it.
 */
export function checkReadyCheck(check: ReadyCheck): void {
  const given: unknown = check;
  if (typeof given === 'function') return;
  if (typeof given !== 'object' || given === null || !('port' in given || 'line' in given || 'url' in given)) {
    throw new TypeError('readyWhen must be a function, or an object with a port, a line or a url');
  }
  if ('port' in given) checkPort(given);
  else if ('url' in given) checkHttp(given);
  else checkLine(given);
}

function checkPort({ port, host }: { readonly port?: unknown; readonly host?: unknown }): void {
  checkNumber('readyWhen.port', typeof port === 'number' ? port : Number.NaN, 1, 65_535);
  if (host === undefined || (typeof host === 'string' && host !== '')) return;
  throw new TypeError('readyWhen.host must be the name or the address of a host');
}

function checkHttp({ url, status }: { readonly url?: unknown; readonly status?: unknown }): void {
  const protocol = typeof url === 'string' && URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`readyWhen.url must be an http: or https: address, not ${String(url)}`);
  }
  if (status !== undefined) checkNumber('readyWhen.status', typeof status === 'number' ? status : Number.NaN, 100, 599);
}

function checkLine({ line, stream }: { readonly line?: unknown; readonly stream?: unknown }): void {
  const isPattern = Object.prototype.toString.call(line) === '[object RegExp]'; // also one of another realm
  if (!isPattern && (typeof line !== 'string' || line === '')) {
    throw new TypeError('readyWhen.line must be a text that is not empty, or a regular expression');
  }
  checkStreamName(stream);
}
