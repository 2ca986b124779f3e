import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const OURS = ['direct', 'warden', 'with input'];
const PEERS = ['bare', 'collected', 'tinyexec', 'nano-spawn', 'zx', 'execa'];
const ROUNDS = 5;
const SPAWNS = 400;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const SUBJECTS = {
  spawn: new URL('support/spawn-subject.mjs', import.meta.url),
  large: new URL('support/large-subject.mjs', import.meta.url),
  burst: new URL('support/burst-subject.mjs', import.meta.url),
};

function subject(name, ...args) {
  const program = fileURLToPath(SUBJECTS[name]);
  return JSON.parse(execFileSync(process.execPath, [program, ...args.map(String)], { encoding: 'utf8' }));
}

/** What a start with its result costs this program, by launcher and beside the peers: each in a process of its own. */
function cost() {
  const names = [...OURS, ...PEERS];
  const micros = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of order) micros[name].push(subject('spawn', name, SPAWNS));
  }
  return OURS.flatMap((launcher) =>
    PEERS.map((peer) => {
      const ratio = median(micros[launcher].map((own, round) => own / micros[peer][round]));
      const want = peer === 'bare' && launcher !== 'with input' ? '≤ 1.35' : '';
      const question = `CPU of a start with its result, ${launcher}`;
      const figures = `${median(micros[launcher]).toFixed(0)} µs against ${median(micros[peer]).toFixed(0)} µs`;
      console.log(`${question}: ${ratio.toFixed(2)} × ${peer} (${figures}${want === '' ? '' : `; wanted ${want}`})`);
      return { question, want, peer, ratio };
    }),
  );
}

/** What a start takes in a program of 3 GB, beside one in a small program. */
function large() {
  return ['warden', 'direct'].map((launcher) => {
    const rounds = Array.from({ length: 5 }, () => ({
      small: subject('large', launcher, 0, 100),
      large: subject('large', launcher, 3072, 30),
    }));
    const ratio = median(rounds.map((round) => round.large.p50 / round.small.p50));
    const stall = median(rounds.map((round) => round.large.stallMs));
    const ms = median(rounds.map((round) => round.large.p50));
    const question = `start in a program of 3 GB, ${launcher}`;
    const want = launcher === 'warden' ? '≤ 1.5' : '';
    console.log(
      `${question}: ${ratio.toFixed(2)} × in a small one (${ms.toFixed(1)} ms, the loop stood still for ${stall.toFixed(0)} ms)`,
    );
    return { question, want, peer: 'the same in a small program', ratio };
  });
}

/** How long the event loop stands still when 300 starts come in one turn. */
function burst() {
  return ['direct', 'warden'].map((launcher) => {
    const stallMs = median(Array.from({ length: 5 }, () => subject('burst', launcher, 300)));
    const question = `300 starts in one turn, ${launcher}`;
    console.log(`${question}: the loop stood still for ${stallMs.toFixed(0)} ms at most (wanted < 50)`);
    return { question, want: '≤ 1', peer: 'the loop stands still for 50 ms', ratio: stallMs / 50 };
  });
}

export function run() {
  return [...cost(), ...large(), ...burst()];
}
