// @ts-check
/** From a project folder to a verified release: archives for every target, checksums and a manifest. */
import { buildProject } from '@core/build';
import { isCoreError, localMedium } from '@core/io';

import { readCommandLine, USAGE } from './command-line.mjs';
import { whenToStop } from './stop.mjs';
import { tellError, tellEvent, tellResult } from './tell.mjs';

const stop = whenToStop();

async function main() {
  const { help, ...wanted } = readCommandLine();
  if (help) return console.log(USAGE);
  const result = await buildProject({
    ...wanted,
    medium: localMedium(),
    signal: stop,
    onEvent: tellEvent,
  });
  tellResult(result);
}

try {
  await main();
} catch (error) {
  const misused = error instanceof TypeError;
  if (!isCoreError(error) && !misused && !stop.aborted) throw error; // a fault of this program
  tellError(error);
  if (misused) console.error('What to do: see npm start -- --help');
  process.exitCode ||= misused ? 2 : 1;
}
