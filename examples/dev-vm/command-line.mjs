// @ts-check
/** What the user asks for, how the user stops it, and what the user is told. */
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { isCoreError } from '@core/io';

export const USAGE = `Usage: npm start -- [image] [options] [-- command…]

Boots an image, runs the command in it (uname -a unless it is given), and stops it. Without an image: a small one is made.

  --key <file>     the private key that the image lets in
  --port <number>  of the guest, which is forwarded; 80 by default
  --copy <path>    a file or directory of the guest, which is copied out
  --to <path>      where to; its own name in this directory by default
  --state <dir>    where machines are kept; .core in the home directory by default
  --help           print this`;

const here = process.env['INIT_CWD'] ?? process.cwd(); // npm goes elsewhere before it starts a script

/** @param {string | undefined} path */
const absolute = (path) => (path === undefined ? undefined : resolve(here, path));

export function readCommandLine(args = process.argv.slice(2)) {
  const end = args.indexOf('--');
  const { values, positionals } = parseArgs({
    args: end === -1 ? args : args.slice(0, end),
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      port: { type: 'string', default: '80' },
      copy: { type: 'string' },
      to: { type: 'string' },
      state: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 1) throw new TypeError('One image at a time: the command stands after --');
  return {
    image: absolute(positionals[0]),
    key: absolute(values.key),
    port: Number(values.port),
    copy: values.copy,
    to: resolve(here, values.to ?? basename(values.copy ?? '')),
    stateDir: absolute(values.state),
    command: end === -1 || end === args.length - 1 ? ['uname', '-a'] : args.slice(end + 1),
    help: values.help,
  };
}

/**
 * Aborted by Ctrl-C and kill, which also decide the exit code.
 *
 * @returns {AbortSignal}
 */
export function stopSignal() {
  const controller = new AbortController();
  let signals = 0;
  for (const [name, exitCode] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    process.on(name, () => {
      signals += 1;
      process.exitCode = exitCode;
      if (signals > 2) process.exit(); // npm passes on what the terminal has sent already: two are one
      controller.abort(new Error(`Stopped by ${name}: no machine is left.`));
    });
  }
  return controller.signal;
}

/**
 * Says what went wrong, and what to do about it; a fault of the program itself is thrown on.
 *
 * @param {unknown} error
 * @param {AbortSignal} signal
 */
export function tell(error, signal) {
  const isMisuse = error instanceof TypeError || error instanceof RangeError;
  if (!isCoreError(error) && !isMisuse && !signal.aborted) throw error;
  const { message, hint } = /** @type {Error & { hint?: string }} */ (error);
  console.error(hint === undefined ? message : `${message}\nWhat to do: ${hint}`);
  process.exitCode ||= isMisuse ? 2 : 1;
}
