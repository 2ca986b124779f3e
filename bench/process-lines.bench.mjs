import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { RingBuffer, Service } from '@core/process';

import { compare } from './support/rounds.mjs';

const PROGRAM = fileURLToPath(new URL('support/lines-subject.mjs', import.meta.url));
const OURS = ['chunks', 'batches', 'lines', 'events'];
const MILLION = 1_000_000;
const GIBIBYTE = 2 ** 30;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One subject in a process of its own, so that none makes another's code warm or its heap large. */
async function measure(subject, count, ...more) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, subject, String(count), ...more]);
  return JSON.parse(stdout);
}

/** CPU time a line of every subject, round by round in turn. */
async function cpuTimes(subjects, count, rounds) {
  const all = Object.fromEntries(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    // the first one changes, so that what else the machine does falls on all alike
    const shift = round % subjects.length;
    for (const subject of [...subjects.slice(shift), ...subjects.slice(0, shift)]) {
      all[subject].push(await measure(subject, count));
    }
  }
  for (const subject of subjects) {
    const nanoseconds = median(all[subject].map(({ cpuNs }) => cpuNs)).toFixed(0);
    const megabytes = Math.max(...all[subject].map((run) => run.megabytes)).toFixed(0);
    console.log(`${count} lines, ${subject}: ${nanoseconds} ns of CPU a line, ${megabytes} MB at most`);
  }
  return all;
}

function told(question, want, peer, ratio) {
  console.log(`${question}: ${ratio.toFixed(3)} × ${peer} (wanted ${want})`);
  return { question, want, peer, ratio };
}

/** Lines of 17 bytes beside raw events and the quickest ways of the peers. */
async function speed() {
  const runs = await cpuTimes([...OURS, 'raw data events', 'execa', 'tinyexec', 'zx'], 10 * MILLION, 3);
  const few = await cpuTimes(['lines', 'nano-spawn'], MILLION / 5, 3); // that one keeps a kilobyte for each line
  const ratio = (subject, peer, of = runs) => median(of[subject].map(({ cpuNs }, i) => cpuNs / of[peer][i].cpuNs));
  const highest = (subject) => Math.max(...runs[subject].map(({ megabytes }) => megabytes));
  return [
    told('CPU a line, by batch', '≤ 0.083', 'execa', ratio('batches', 'execa')),
    told('CPU a line, one by one', '≤ 0.2', 'execa', ratio('lines', 'execa')),
    ...['tinyexec', 'zx'].map((peer) => told('CPU a line, one by one', '< 1', peer, ratio('lines', peer))),
    told('CPU a line, one by one, of 200,000', '< 1', 'nano-spawn', ratio('lines', 'nano-spawn', few)),
    told('CPU a line, events and ring', '≤ 6', 'raw data events', ratio('events', 'raw data events')),
    ...OURS.map((subject) => {
      const added = highest(subject) - highest('raw data events');
      return told(`memory of 10,000,000 lines above raw data events, ${subject}`, '≤ 1', '40 MB', added / 40);
    }),
  ];
}

/** Every line is there, in order and unchanged. */
async function losses() {
  const wanted = await measure('raw data events', 10 * MILLION, 'hashed');
  for (const subject of OURS) {
    const { lines, bytes, sha256 } = await measure(subject, 10 * MILLION, 'hashed');
    if (sha256 !== wanted.sha256 || bytes !== wanted.bytes) throw new Error(`${subject} lost or changed a byte`);
    if (subject !== 'chunks' && lines !== 10 * MILLION) throw new Error(`${subject} has ${lines} lines`);
    console.log(`10,000,000 lines, ${subject}: every byte is there`);
  }
}

/** Writes random bytes, and their hash to stderr. */
const RANDOM = `
  const { createHash, randomFillSync } = require('node:crypto');
  const { writeSync } = require('node:fs');
  const hash = createHash('sha256');
  const bytes = Buffer.alloc(1 << 20);
  for (let left = ${GIBIBYTE}; left > 0; left -= bytes.length) {
    hash.update(randomFillSync(bytes));
    for (let from = 0; from < bytes.length;) from += writeSync(1, bytes, from);
  }
  console.error(hash.digest('hex'));
`;

/** 1 GiB through a capture of all, and through chunks with and without a capture. */
async function gibibyte() {
  const service = new Service();
  for (const [way, capture] of [
    ['a capture of all', { stdoutBytes: GIBIBYTE }],
    ['chunks beside a capture', true],
    ['chunks without a capture', { stdoutBytes: 0 }],
  ]) {
    const child = await service.start(process.execPath, ['-e', RANDOM], { capture });
    const hash = createHash('sha256');
    if (way.startsWith('chunks')) {
      for await (const { bytes } of child.chunks({ stream: 'stdout' })) hash.update(bytes);
    }
    const { stderr, stdoutBytes } = await child.done;
    if (way.startsWith('a capture')) hash.update(stdoutBytes);
    if (hash.digest('hex') !== stderr.trim()) throw new Error(`${way} lost or changed a byte`);
    console.log(`1 GiB of random bytes, ${way}: every byte is there`);
    service.clear();
  }
  await service.close();
}

/** The end of many chunks of 64 KiB, in 1 MiB. */
function ring() {
  const chunk = Buffer.alloc(65_536, 'ring');
  const ours = new RingBuffer(1 << 20);
  const bytes = Buffer.alloc(1 << 20);
  let at = 0;
  const byteByByte = () => {
    for (let i = 0; i < chunk.length; i += 1) {
      bytes[at] = chunk[i];
      at = (at + 1) % bytes.length;
    }
  };
  const times = (count, work) => () => {
    for (let i = 0; i < count; i += 1) work();
  };
  return compare({
    question: 'keep the end of 64 MiB, by chunks of 64 KiB',
    want: '≤ 0.01',
    ours: times(1024, () => ours.write(chunk)),
    peers: { 'byte by byte': times(1024, byteByByte) },
  });
}

/** One line of 64 MiB, and one of 16 MiB: four times the bytes take four times as long. */
async function longLine() {
  const service = new Service();
  const read = (mebibytes) => async () => {
    const child = await service.start('head', ['-c', String(mebibytes << 20), '/dev/zero'], { capture: false });
    let length = 0;
    for await (const { line } of child.lines()) length += line.length;
    if (length !== mebibytes << 20) throw new Error(`read ${length} characters`);
  };
  const rows = await compare({
    question: 'one line of 64 MiB',
    want: '≤ 5',
    rounds: 7,
    ours: read(64),
    peers: { 'one line of 16 MiB': read(16) },
  });
  await service.close();
  return rows;
}

export async function run() {
  const rows = [...(await speed()), ...(await ring()), ...(await longLine())];
  await losses();
  await gibibyte();
  return rows;
}
