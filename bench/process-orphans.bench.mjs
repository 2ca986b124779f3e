import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PARENT = fileURLToPath(new URL('support/orphan-parent.mjs', import.meta.url));
const DEATHS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'an exception', 'exit', 'abort()'];
const PEERS = ['execa', 'tinyexec', 'nano-spawn', 'zx', 'child_process'];
const ROUNDS = 20;
const TIME_MS = 100;

/** A child, a grandchild in its group, one that called setsid, and a daemon; each writes down its number. */
const TREE = `sh -c 'echo $$ >>"$PIDS"; exec sleep 300' >/dev/null 2>&1 &
setsid sh -c 'echo $$ >>"$PIDS"; exec sleep 300' >/dev/null 2>&1 &
(setsid sh -c 'echo $$ >>"$PIDS"; exec sleep 300' >/dev/null 2>&1 &)
echo $$ >>"$PIDS"; exec sleep 300`;
const DEAF_TREE = `trap '' TERM INT HUP\n${TREE}`;

const dir = mkdtempSync(join(tmpdir(), 'core-bench-'));
let files = 0;

const percentile = (values, part) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1];

function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** The numbers of so many processes of a program, once they have written them down. */
async function written(file, count, parent) {
  for (;;) {
    if (parent.exitCode !== null) throw new Error(`${parent.spawnargs.slice(2, 5).join(' ')}: it did not start them`);
    const pids = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1).map(Number) : [];
    if (pids.length === count) return pids;
    await pause(2);
  }
}

/** How many are left when the time is over, and how long it took, from the death of their parent, until none was. */
async function survivors({ contender, death, trees = 1, script = TREE }) {
  files += 1;
  const file = join(dir, String(files));
  const parent = spawn(process.execPath, [PARENT, contender, death, String(trees), script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { ...process.env, PIDS: file },
  });
  const pids = await written(file, 4 * trees, parent);
  const exited = once(parent, 'exit');
  parent.stdin.write('die\n');
  await exited;
  const died = performance.now();
  let left = pids;
  let tookMs = 0;
  do {
    left = left.filter(isAlive);
    tookMs = performance.now() - died;
    if (left.length > 0) await pause(1);
  } while (left.length > 0 && tookMs < TIME_MS);
  for (const pid of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it was about to end
    }
  }
  return { left: left.length, tookMs };
}

/** What is told of so many runs. */
function tell(question, runs) {
  const left = runs.reduce((sum, run) => sum + run.left, 0) / runs.length;
  const times = runs.map(({ tookMs }) => tookMs);
  const when =
    left > 0
      ? `some in ${runs.filter((run) => run.left > 0).length} of ${runs.length} runs`
      : `empty after ${percentile(times, 0.5).toFixed(0)} ms (p95 ${percentile(times, 0.95).toFixed(0)}, worst ${Math.max(...times).toFixed(0)})`;
  console.log(`${question}: ${left.toFixed(1)} survive ${TIME_MS} ms, ${when}`);
  return { left, worstMs: Math.max(...times) };
}

/** Every contender in turn, round by round. */
async function race(death) {
  const contenders = ['ours', ...PEERS];
  const runs = Object.fromEntries(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) runs[contender].push(await survivors({ contender, death }));
  }
  return contenders.map((contender) => {
    const { left, worstMs } = tell(`tree of 4 after ${death}, ${contender}`, runs[contender]);
    const isOurs = contender === 'ours';
    return {
      question: `survivors of 4 after ${death}${isOurs ? `, worst ${worstMs.toFixed(0)} ms` : ''}`,
      peer: isOurs ? '(ours)' : `(${contender})`,
      ratio: left,
      want: isOurs ? '0' : 'as it is',
    };
  });
}

async function ours(question, options, rounds = ROUNDS) {
  const runs = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await survivors({ contender: 'ours', ...options }));
  const { left, worstMs } = tell(question, runs);
  return { question: `survivors: ${question}, worst ${worstMs.toFixed(0)} ms`, peer: '(ours)', ratio: left, want: '0' };
}

export async function run() {
  const results = [];
  try {
    for (const death of DEATHS) results.push(...(await race(death)));
    for (const death of ['SIGKILL', 'exit']) {
      results.push(await ours(`tree of 4 that ignores SIGTERM, ${death}`, { death, script: DEAF_TREE }));
    }
    for (const contender of ['ours', 'our Runner']) {
      for (const death of ['SIGKILL', 'exit']) {
        results.push(await ours(`50 trees of 4, ${contender}, ${death}`, { contender, death, trees: 50 }));
      }
    }
    return results;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
