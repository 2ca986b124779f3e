// @ts-check
/** Runs the tasks of a YAML file as a graph: `node run.mjs [tasks.yaml] [task…]`. */
import { basename, dirname } from 'node:path';

import { DiskMedium, isCoreError, localMedium } from '@core/io';
import { Runner, Service } from '@core/process';
import { jsonLinesReporter, reporterFor, timelinePage } from '@core/process/reporters';

import { readCommandLine, stopSignal, USAGE } from './command-line.mjs';
import { TaskFile, TaskFileError } from './task-file.mjs';

const signal = stopSignal();
const disk = localMedium();

/** @param {ReturnType<typeof readCommandLine>} wanted */
async function run({ path, names, concurrency, trace, json }) {
  const file = new TaskFile(path, await disk.read(path));
  const project = new DiskMedium({ root: dirname(path) }); // no task leaves it; the cache is in its folder .core
  const service = new Service({ medium: project });
  const report = json ? jsonLinesReporter({ to: process.stdout }) : reporterFor(process.stdout);
  try {
    const runner = new Runner(service, { ...file.options, ...(concurrency !== undefined && { concurrency }) });
    const { success } = await runner.runAll(file.select(names), {
      signal,
      onEvent(event) {
        report(event);
        if (event.type === 'ended' && trace !== undefined) void save(trace, event.result, basename(path));
      },
    });
    if (!success) process.exitCode ||= 1;
  } catch (error) {
    throw signal.aborted ? error : file.locate(/** @type {Error} */ (error));
  } finally {
    await service.close();
    await project.close();
  }
}

/** @param {string} to @param {import('@core/process').RunAllResult} result @param {string} title */
async function save(to, result, title) {
  const page = to.endsWith('.html') ? timelinePage(result, { title }) : JSON.stringify(result.trace());
  await disk.write(to, page).catch(tell);
}

/** @param {unknown} error */
function tell(error) {
  const isMisuse = error instanceof TypeError || error instanceof RangeError;
  const isExpected = isCoreError(error) || isMisuse || error instanceof TaskFileError || signal.aborted;
  if (!isExpected) throw error; // a fault of this program
  const { message, hint } = /** @type {Error & { hint?: string }} */ (error);
  console.error(`\n${message}`);
  if (isMisuse) console.error('What to do: see npm start -- --help');
  else if (hint !== undefined) console.error(`What to do: ${hint}`);
  process.exitCode ||= isMisuse ? 2 : 1;
}

try {
  const wanted = readCommandLine();
  if (wanted.help) console.log(USAGE);
  else await run(wanted);
} catch (error) {
  tell(error);
}
