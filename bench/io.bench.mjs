import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  openSync,
  promises as fs,
  readdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

import { copy, DiskMedium, MemoryMedium } from '@core/io';
import { Volume } from 'memfs';

import { compare } from './support/rounds.mjs';

const KIB = 'x'.repeat(1024);

async function repeat(times, work) {
  for (let i = 0; i < times; i += 1) await work(i);
}

/** A file of 1 KiB, six folders down, through the sandbox and without one. */
async function checkedRead(root, disk) {
  const path = 'd1/d2/d3/d4/d5/file.txt';
  await disk.write(path, KIB);
  return compare({
    question: 'read 1 KiB at depth 6, checked',
    want: '≤ 1.5',
    ours: () => repeat(500, () => disk.readBytes(path)),
    peers: { 'fs.promises.readFile, unchecked': () => repeat(500, () => fs.readFile(join(root, path))) },
  });
}

/** Replaces one file again and again. */
async function atomicWrite(root, disk) {
  const target = join(root, 'by-hand.txt');
  return compare({
    question: 'replace a file of 1 KiB atomically',
    want: '≤ 1.15',
    ours: () => repeat(200, () => disk.write('ours.txt', KIB)),
    peers: {
      'temporary file and rename by hand': () =>
        repeat(200, async (i) => {
          const temporary = `${target}.${process.pid}.${i}`;
          await fs.writeFile(temporary, KIB, { flag: 'wx' });
          await fs.rename(temporary, target);
        }),
    },
  });
}

/** 5,000 entries in 100 folders. */
async function walk(root, disk) {
  for (let d = 0; d < 100; d += 1) {
    await fs.mkdir(join(root, `tree/${d % 10}/${d}`), { recursive: true });
    await repeat(49, (f) => fs.writeFile(join(root, `tree/${d % 10}/${d}/file-${f}.txt`), ''));
  }
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  const O_PATH = 0x200000;
  // what a swapped link cannot lead astray: each directory is opened below the open one that it stands in
  const recurseSafely = (path) => {
    const fd = openSync(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    try {
      const here = `/proc/self/fd/${fd}`;
      const entries = readdirSync(here, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
      let count = entries.length;
      for (const entry of entries) if (entry.isDirectory()) count += recurseSafely(`${here}/${entry.name}`);
      return count;
    } finally {
      closeSync(fd);
    }
  };
  const recurse = async (directory) => {
    const entries = await fs.readdir(directory, { withFileTypes: true });
    let count = entries.length;
    for (const entry of entries) if (entry.isDirectory()) count += await recurse(join(directory, entry.name));
    return count;
  };
  return compare({
    question: 'walk 5,000 entries',
    want: '≤ 1.3 of the quickest safe recursion',
    rounds: 61,
    ours: () =>
      repeat(5, async () => {
        let count = 0;
        for await (const entry of disk.walk('tree')) count += entry.name.length > 0 ? 1 : 0;
        if (count !== 5010) throw new Error(`walked ${count} entries`);
      }),
    peers: {
      'synchronous recursion by descriptors, sorted': () => repeat(5, () => recurseSafely(join(root, 'tree'))),
      'fs.promises.readdir recursion, unchecked, unsorted': () => repeat(5, () => recurse(join(root, 'tree'))),
    },
  });
}

/** 1,024 names of 1 KiB each. */
async function memory() {
  const ours = new MemoryMedium();
  const memfs = Volume.fromJSON({ '/d/seed': '' }).promises;
  const name = (i) => `d/file-${i % 1024}.txt`;
  const writes = await compare({
    question: 'write 1 KiB of text in memory',
    want: '≤ 0.125',
    ours: () => repeat(4096, (i) => ours.write(name(i), KIB)),
    peers: { 'memfs promises': () => repeat(4096, (i) => memfs.writeFile(`/${name(i)}`, KIB)) },
  });
  const reads = await compare({
    question: 'read 1 KiB of text in memory',
    want: '≤ 0.125',
    ours: () => repeat(4096, (i) => ours.read(name(i))),
    peers: { 'memfs promises': () => repeat(4096, (i) => memfs.readFile(`/${name(i)}`, 'utf8')) },
  });
  return [...writes, ...reads];
}

/**
 * Large files from one folder to another; their content is in the page cache. Over an older file both wait for what the
 * file system does when a file is replaced: it frees the old blocks, and ext4 writes the new ones to the disk at once.
 */
async function largeCopies(root, disk) {
  const remove = () => Promise.all(['ours.bin', 'peer.bin'].map((name) => fs.rm(join(root, name), { force: true })));
  return [
    ...(await largeCopy({ root, disk, mebibytes: 1024, onto: 'to a new file', want: '≤ 0.5', before: remove })),
    ...(await largeCopy({ root, disk, mebibytes: 256, onto: 'to a new file', want: '≤ 0.5', before: remove })),
    ...(await largeCopy({ root, disk, mebibytes: 256, onto: 'over an older copy', want: '≤ 0.6' })),
  ];
}

async function largeCopy({ root, disk, mebibytes, onto, want, before }) {
  const chunk = Buffer.alloc(1 << 20, 'copy');
  const file = await fs.open(join(root, 'large.bin'), 'w');
  await repeat(mebibytes, () => file.write(chunk));
  await file.sync(); // what is written later must not compete with the race
  await file.close();
  return compare({
    question: `copy ${String(mebibytes)} MiB from disk ${onto}`,
    want,
    rounds: 7,
    before,
    ours: () => copy(disk, 'large.bin', disk, 'ours.bin'),
    peers: {
      'pipeline(createReadStream, createWriteStream)': () =>
        pipeline(createReadStream(join(root, 'large.bin')), createWriteStream(join(root, 'peer.bin'))),
    },
  });
}

/** How much memory a copy of 1 GiB adds to a fresh process. */
function copyMemory(root) {
  const program = fileURLToPath(new URL('support/copy-memory.mjs', import.meta.url));
  const megabytes = Number(execFileSync(process.execPath, [program, root], { encoding: 'utf8' }));
  console.log(`memory added by a copy of 1 GiB: ${megabytes.toFixed(0)} MB (wanted < 100)`);
  return [{ question: 'memory of a copy of 1 GiB', want: '< 1', peer: '100 MB', ratio: megabytes / 100 }];
}

export async function run() {
  const root = await fs.mkdtemp(join(tmpdir(), 'core-bench-'));
  const disk = new DiskMedium({ root });
  try {
    return [
      ...(await checkedRead(root, disk)),
      ...(await atomicWrite(root, disk)),
      ...(await walk(root, disk)),
      ...(await memory()),
      ...(await largeCopies(root, disk)),
      ...copyMemory(root),
    ];
  } finally {
    await disk.close();
    await fs.rm(root, { recursive: true, force: true });
  }
}
