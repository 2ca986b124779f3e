// @ts-check
/** From a project folder to a verified release: archives for every target, checksums and a manifest. */
import { buildProject } from '@core/build';
import { isCoreError, localMedium } from '@core/io';

import { readCommandLine, USAGE } from './command-line.mjs';
import { tellError, tellEvent, tellResult } from './tell.mjs';

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
