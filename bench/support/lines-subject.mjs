// reads so many lines of a program in the way that is named; prints the CPU time of it and how the process has grown
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';

import { peakMegabytes } from '@core/tooling/peak-memory';

const [subject, count, isHashed] = process.argv.slice(2);
const FIRST = 1_000_000_000_000_000; // 16 digits and a newline: 17 bytes a line
const program = ['seq', [String(FIRST), String(FIRST + Number(count) - 1)]];
const hash = isHashed === 'hashed' ? createHash('sha256') : undefined;
let lines = 0;
let bytes = 0;

function line(text) {
  lines += 1;
  bytes += text.length + 1;
  hash?.update(`${text}\n`);
}

async function each(iterable, textOf = (item) => item) {
  for await (const item of iterable) line(textOf(item));
}

/** A service of ours; the class is loaded beforehand, as the peers are. */
async function ours(options, read) {
  const { Service } = await import(process.env['CORE_PROCESS'] ?? '@core/process');
  return async () => {
    const service = new Service(options);
    const child = await service.start(...program);
    await read(child);
    await child.done;
    return service;
  };
}

function chunk(data) {
  bytes += data.length;
  hash?.update(data);
}

const SUBJECTS = {
  'raw data events': async () => async () => {
    const child = spawn(...program, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', chunk);
    await once(child, 'close');
  },
  chunks: () =>
    ours({}, async (child) => {
      for await (const { bytes: data } of child.chunks()) chunk(data);
    }),
  batches: () =>
    ours({}, async (child) => {
      for await (const batch of child.lineBatches()) for (const text of batch.lines) line(text);
    }),
  lines: () => ours({}, (child) => each(child.lines(), ({ line: text }) => text)),
  events: () => {
    const heard = ({ lines: cut }) => {
      for (const text of cut) line(text);
    };
    return ours({ events: { lines: heard } }, (child) => child.done);
  },
  execa: async () => {
    const { execa } = await import('execa');
    return () => each(execa(...program, { buffer: false }));
  },
  tinyexec: async () => {
    const { x } = await import('tinyexec');
    return () => each(x(...program));
  },
  'nano-spawn': async () => {
    const { default: nanoSpawn } = await import('nano-spawn');
    return () => each(nanoSpawn(...program));
  },
  zx: async () => {
    const { $ } = await import('zx');
    return () => each($({ verbose: false })`${program[0]} ${program[1]}`);
  },
};

const run = await SUBJECTS[subject]();
const before = process.cpuUsage();
const began = performance.now();
const service = await run();
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(before);
const megabytes = peakMegabytes();
console.log(
  JSON.stringify({
    lines,
    bytes,
    ms,
    cpuNs: ((user + system) * 1000) / Number(count),
    megabytes,
    sha256: hash?.digest('hex'),
  }),
);
await service?.close();
