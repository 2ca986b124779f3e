// node queue-subject.mjs <options as JSON> <jobs as JSON> — hands over the jobs when it reads `hand over`, does jobs of
// 100 ms from when it reads `go`, and says so, until it is told to end
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

import { BullmqDispatcher } from '@core/jobrunner/bullmq';

const [options, jobs] = process.argv.slice(2).map((text) => JSON.parse(text));
const dispatcher = new BullmqDispatcher(options);
let go;
const gone = new Promise((resolve) => (go = resolve));
await dispatcher.start(async ({ key }) => {
  await gone;
  await setTimeout(100);
  process.stdout.write(`${key}\n`);
  return { success: true };
});
process.stdout.write('ready\n');
process.on('SIGTERM', () => void dispatcher.close().then(() => process.exit()));
for await (const line of createInterface(process.stdin)) {
  if (line === 'go') go();
  else {
    await Promise.all(jobs.map((job) => dispatcher.dispatch(job)));
    process.stdout.write('handed over\n');
  }
}
