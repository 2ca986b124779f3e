// @ts-check
/** Carries pull requests from draft to merged: `node run.mjs owner/name… --live`. */
import { DiskMedium, isCoreError } from '@core/io';
import { Journal, Poller } from '@core/jobrunner';
import * as github from '@core/jobrunner/github';

import { readCommandLine, stopSignal, told, USAGE } from './command-line.mjs';
import { startDemo } from './demo.mjs';
import { startMetrics } from './metrics.mjs';

const signal = stopSignal();

/** @param {ReturnType<typeof readCommandLine>} wanted */
async function run({ auth, baseUrl, live, cycles, dir, ...wanted }) {
  const demo = auth === undefined ? await startDemo() : undefined; // a GitHub on this machine
  const { repos, agents } = demo ?? wanted;
  const medium = demo?.medium ?? new DiskMedium({ root: dir });
  const client = github.githubClient(demo?.client ?? { auth, baseUrl });
  const source = new github.GitHubSource({ repos, octokit: client, onProblem: tell });
  const queues = agents.map((login) => [login, { medium, dir: `queue/${login}` }]);
  const journal = await Journal.open({ medium, baseDir: 'journal' });
  const metrics = startMetrics();
  const poller = new Poller({
    sources: [source],
    handlers: [
      github.publishDraft(client),
      github.sendFixCommand(client),
      github.resolveThreads(client),
      github.enableAutoMerge(client),
      github.tickParent(client),
      github.closeChild(client),
      github.dispatch(client, { agents: Object.fromEntries(queues) }),
    ],
    journal: told(journal),
    dryRun: !live,
    events(event) {
      metrics.listen(event);
      if (event.type === 'source-failed') tell(event.error);
    },
  });
  try {
    if (cycles === undefined) await poller.run({ signal }); // for ever, every minute
    for (let cycle = 1; cycle <= (cycles ?? 0); cycle += 1) {
      await poller.runOnce({ signal });
      await demo?.step(); // what the others do meanwhile
    }
  } finally {
    if (!live) console.log('A dry run: nothing was written to GitHub. With --live it is.');
    if (wanted.metrics) console.log(await metrics.table());
    await journal.close();
    await demo?.close();
  }
}

/** @param {unknown} error */
function tell(error) {
  const isExpected = isCoreError(error) || error instanceof TypeError || error instanceof RangeError || signal.aborted;
  if (!isExpected) throw error; // a fault of this program
  const { message, hint } = /** @type {Error & { hint?: string }} */ (error);
  console.error(hint === undefined ? message : `${message}\nWhat to do: ${hint}`);
  process.exitCode ||= error instanceof TypeError ? 2 : 1;
}

try {
  const wanted = readCommandLine();
  if (wanted.help) console.log(USAGE);
  else await run(wanted);
} catch (error) {
  tell(error);
}
