// @ts-check
/** From a project folder to a verified release: archives for every target, checksums and a manifest. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { buildProject, parseTargets } from '@core/build';
import { isCoreError, localMedium } from '@core/io';

import { here, tellError, tellEvent, tellResult } from './tell.mjs';

const USAGE = `Usage: npm start -- [folder] [options]

Builds the project in the folder (the sample beside this program, where none is named) for every target.

  --targets <list>  what it is built for, as linux/amd64,darwin/arm64
  --out <folder>    where the release is put; dist in the project by default
  --dry-run         build for real, change nothing, and list what would be written
  --help            print this`;

/** Ctrl-C and kill end the build and everything that it started, and leave an earlier release as it was. */
const stop = new AbortController();
let signals = 0;
for (const [name, exitCode] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(name, () => {
    signals += 1;
    process.exitCode = exitCode;
    if (signals > 2) process.exit(); // npm passes on what the terminal has sent already: two are one
    stop.abort(new Error(`Stopped by ${name}: nothing new is there, and an earlier release is as it was.`));
  });
}

/** What the command line asks for. */
function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      targets: { type: 'string' },
      out: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [dir, ...others] = positionals;
  if (others.length > 0) throw new TypeError(`One folder at a time, not ${positionals.join(' and ')}`);
  return {
    dir: dir === undefined ? fileURLToPath(new URL('sample', import.meta.url)) : resolve(here, dir),
    targets: values.targets === undefined ? undefined : parseTargets(values.targets),
    outputDir: values.out === undefined ? undefined : resolve(here, values.out),
    dryRun: values['dry-run'],
    help: values.help,
  };
}

async function main() {
  const { help, ...wanted } = readCommandLine();
  if (help) return console.log(USAGE);
  const result = await buildProject({
    ...wanted,
    medium: localMedium(),
    signal: stop.signal,
    onEvent: tellEvent,
  });
  tellResult(result);
}

try {
  await main();
} catch (error) {
  const misused = error instanceof TypeError;
  if (!isCoreError(error) && !misused && !stop.signal.aborted) throw error; // a fault of this program
  tellError(error);
  if (misused) console.error('What to do: see npm start -- --help');
  process.exitCode ||= misused ? 2 : 1;
}
