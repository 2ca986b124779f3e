import { MemoryMedium } from '@core/io';
import { Journal, Poller } from '@core/jobrunner';

const SIGNALS = 1000;
const CYCLES = 200;

/** As a scan of many repositories gives them, with the texts that issues have. */
const signals = Array.from({ length: SIGNALS }, (_, at) => ({
  epicNumber: 1,
  childNumber: at + 2,
  prNumber: at + 2000,
  repoOwner: 'host-uk',
  repoName: `repo-${at % 40}`,
  prState: 'OPEN',
  isDraft: true,
  mergeable: 'MERGEABLE',
  checkStatus: 'SUCCESS',
  threadsTotal: 3,
  threadsResolved: 1,
  lastCommitSha: String(at).padStart(40, '0'),
  needsCoding: false,
  issueTitle: `Child ${at}`,
  issueBody: 'x'.repeat(2000),
}));

/** Matches everything; its action was taken in the first cycle. */
const handler = {
  name: 'publish_draft',
  match: () => true,
  execute: async ({ repoOwner, repoName, epicNumber, childNumber, prNumber }) => {
    const at = { repoOwner, repoName, epicNumber, childNumber, prNumber };
    return { ...at, action: 'publish_draft', success: true, timestamp: new Date(), durationMs: 1, cycle: 0 };
  },
};

export async function run() {
  const journal = await Journal.open({ medium: new MemoryMedium(), baseDir: 'journal', durability: 'none' });
  const source = { name: 'github', poll: async () => signals.map((signal) => ({ ...signal })), report: async () => {} };
  const poller = new Poller({ sources: [source], handlers: [handler], journal });
  await poller.runOnce();
  const times = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const before = process.cpuUsage();
    await poller.runOnce();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  await journal.close();
  const median = times.sort((a, b) => a - b)[CYCLES / 2];
  const question = `a cycle over ${SIGNALS} known signals with nothing to do`;
  console.log(`${question}: ${median.toFixed(1)} ms of CPU (wanted ≤ 10)`);
  return [{ question, peer: '10 ms of CPU', want: '≤ 1', ratio: median / 10 }];
}
