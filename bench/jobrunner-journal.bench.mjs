import { closeSync, fdatasyncSync, mkdirSync, openSync, promises as fs, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium } from '@core/io';
import { Journal } from '@core/jobrunner';
import { pino } from 'pino';

import { compare } from './support/rounds.mjs';

const CALLERS = 64;
const SHA = 'a'.repeat(40);
const AT = { repoOwner: 'host-uk', repoName: 'core', epicNumber: 299, childNumber: 212, prNumber: 316 };
const STATE = { prState: 'OPEN', isDraft: true, mergeable: 'MERGEABLE', checkStatus: 'SUCCESS' };
const SIGNAL = {
  ...AT,
  ...STATE,
  threadsTotal: 3,
  threadsResolved: 1,
  lastCommitSha: SHA,
  needsCoding: false,
};
const EXTRA = { key: 'b'.repeat(64), source: 'github', handler: 'publish_draft', attempt: 1, phase: 'finished' };

/** A literal, as in `logged`: objects that are spread together cost more than a line. */
function result(cycle) {
  return {
    repoOwner: 'host-uk',
    repoName: 'core',
    epicNumber: 299,
    childNumber: 212,
    prNumber: 316,
    action: 'publish_draft',
    success: true,
    timestamp: new Date(),
    durationMs: 340,
    cycle,
  };
}

/** So many lines by 64 callers at once. */
async function journalled(medium, durability, lines) {
  const journal = await Journal.open({ medium, baseDir: 'journal', durability });
  let next = 0;
  const caller = async () => {
    while (next < lines) {
      next += 1;
      await journal.append(SIGNAL, result(next), EXTRA);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await journal.close();
}

/** What a logger is given to write a line of the same keys, but for those of the chain. */
function logged(cycle) {
  return {
    ts: new Date().toISOString(),
    epic: 299,
    child: 212,
    pr: 316,
    repo: 'host-uk/core',
    action: 'publish_draft',
    signals: {
      pr_state: 'OPEN',
      is_draft: true,
      check_status: 'SUCCESS',
      mergeable: 'MERGEABLE',
      threads_total: 3,
      threads_resolved: 1,
    },
    result: { success: true, duration_ms: 340 },
    cycle,
    key: EXTRA.key,
    source: 'github',
    handler: 'publish_draft',
    sha: SHA,
    attempt: 1,
    phase: 'finished',
  };
}

function byPino(root, lines) {
  const destination = pino.destination({ dest: join(root, 'pino.jsonl'), sync: true });
  const logger = pino({ base: null, timestamp: false }, destination);
  for (let cycle = 1; cycle <= lines; cycle += 1) logger.info(logged(cycle));
  destination.flushSync();
  destination.end();
}

/** A line, and a sync of it, one after the other. */
function syncEach(root, lines) {
  mkdirSync(join(root, 'each'), { recursive: true });
  const fd = openSync(join(root, 'each/lines.jsonl'), 'a');
  for (let cycle = 1; cycle <= lines; cycle += 1) {
    writeSync(fd, `${JSON.stringify(logged(cycle))}\n`);
    fdatasyncSync(fd);
  }
  closeSync(fd);
}

export async function run() {
  const root = await fs.mkdtemp(join(tmpdir(), 'bench-journal-'));
  const medium = new DiskMedium({ root });
  try {
    const unsynced = await compare({
      question: '20,000 lines with a hash chain, not synced, of 64 callers',
      want: '≤ 0.67',
      ours: () => journalled(medium, 'none', 20_000),
      peers: { 'pino with a sync destination': () => byPino(root, 20_000) },
    });
    const synced = await compare({
      question: '640 lines with a hash chain, on the disk, of 64 callers',
      want: '≤ 0.25',
      ours: () => journalled(medium, 'fsync', 640),
      peers: { 'write and fdatasync each': () => syncEach(root, 640) },
    });
    return [...unsynced, ...synced];
  } finally {
    await medium.close();
    await fs.rm(root, { recursive: true, force: true });
  }
}
