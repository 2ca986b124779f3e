// node queue-subject.mjs <options as JSON> <jobs as JSON> — hands over the jobs when it reads a line, does jobs of
// 100 ms, and says so, until it is told to end
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

import { BullmqDispatcher } from '@core/jobrunner/bullmq';

const [options, jobs] = process.argv.slice(2).map((text) => JSON.parse(text));
const dispatcher = new BullmqDispatcher(options);
await dispatcher.start(async ({ key }) => {
  await setTimeout(100);
  process.stdout.write(`${key}\n`);
  return { success: true };
});
process.stdout.write('ready\n');
process.on('SIGTERM', () => void dispatcher.close().then(() => process.exit()));
await once(process.stdin, 'data');
await Promise.all(jobs.map((job) => dispatcher.dispatch(job)));
