// @ts-check
/** What the user asks for, and how the user stops it. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm start -- [tasks.yaml] [task…] [options]

Runs the named tasks and those that they come after; all of them where none is named. Without a file: the sample.

  --concurrency <n>  so many at once; as many as there are CPUs by default
  --json             a line of JSON for each thing that happens
  --trace <file>     shows when each task ran: a page for .html, else Chrome trace events
  --help             print this`;

const here = process.env['INIT_CWD'] ?? process.cwd(); // npm goes elsewhere before it starts a script

export function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      concurrency: { type: 'string' },
      json: { type: 'boolean', default: false },
      trace: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [first = ''] = positionals;
  const isFile = /\.ya?ml$/.test(first);
  return {
    path: isFile ? resolve(here, first) : fileURLToPath(new URL('sample/tasks.yaml', import.meta.url)),
    names: positionals.slice(isFile ? 1 : 0),
    concurrency: values.concurrency === undefined ? undefined : Number(values.concurrency),
    trace: values.trace === undefined ? undefined : resolve(here, values.trace),
    json: values.json,
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
      controller.abort(new Error(`Stopped by ${name}: nothing is left running.`));
    });
  }
  return controller.signal;
}
