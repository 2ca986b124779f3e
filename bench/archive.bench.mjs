import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { archiveWithFormat, readArchive } from '@core/build';
import { DiskMedium } from '@core/io';

import { tarStreamGzip, yazl } from './support/archive-peers.mjs';
import { available, shell } from './support/programs.mjs';
import { releaseTree } from './support/release-tree.mjs';
import { compare } from './support/rounds.mjs';
import { tarGzWithoutDigest } from './support/unhashed.mjs';

const PROGRAM_BYTES = 64 << 20;
const ARTIFACT = { os: 'linux', arch: 'amd64' };

/**
 * What is packed: one program, and a release of one program and several hundred files.
 *
 * @typedef {{ what: string, paths: string[], from: string }} Subject
 */

/** Packs a subject as `ours.*` into the root; the peers compute no digest. */
function pack(disk, { paths }, format) {
  const [path, ...files] = paths;
  const named = files.map((file) => ({ path: file, name: file }));
  return archiveWithFormat(disk, { ...ARTIFACT, path }, format, { files: named, name: 'ours' });
}

async function packing(root, disk, subject) {
  const { what, paths, from } = subject;
  const gz = await compare({
    question: `tar.gz of ${what}`,
    want: '≤ 0.75 of pigz -p2',
    rounds: 7,
    ours: () => pack(disk, subject, 'gz'),
    peers: {
      ...available({
        'tar + pigz -6 -p2': { tools: ['tar', 'pigz'], work: () => shell(root, `tar -c ${from} | pigz -6 -p2 >p.gz`) },
        'tar + gzip -6': { tools: ['tar', 'gzip'], work: () => shell(root, `tar -c ${from} | gzip -6 >p.gzip.gz`) },
      }),
      'tar-stream + zlib': () => tarStreamGzip(root, paths, 'p.stream.gz'),
    },
  });
  const zip = await compare({
    question: `zip of ${what}`,
    want: '≤ 0.45 of zip -6',
    rounds: 7,
    ours: () => pack(disk, subject, 'zip'),
    peers: {
      ...available({
        'zip -6': { tools: ['zip'], work: () => shell(root, `rm -f p.zip; zip -6 -q -r p.zip ${from}`) },
      }),
      yazl: () => yazl(root, paths, 'p.yazl.zip'),
    },
  });
  return [
    ...gz,
    ...zip,
    ...(await size(root, `tar.gz of ${what}`, ['ours.tar.gz', 'p.gz', 'pigz -6'])),
    ...(await size(root, `zip of ${what}`, ['ours.zip', 'p.zip', 'zip -6'])),
  ];
}

/** The formats for which there is more time. */
async function slowPacking(root, disk, subject) {
  const { what, from } = subject;
  const zst = await compare({
    question: `tar.zst of ${what}`,
    want: 'as it is',
    rounds: 5,
    ours: () => pack(disk, subject, 'zst'),
    peers: available({
      'tar + zstd': { tools: ['tar', 'zstd'], work: () => shell(root, `tar -c ${from} | zstd -q -f -o p.zst`) },
      'tar + zstd -6': {
        tools: ['tar', 'zstd'],
        work: () => shell(root, `tar -c ${from} | zstd -q -6 -f -o p.6.zst`),
      },
    }),
  });
  const xz = await compare({
    question: `tar.xz of ${what}`,
    want: '≤ 1.1',
    rounds: 3,
    warmUp: false, // it takes so long that the first round is as good as any
    ours: () => pack(disk, subject, 'xz'),
    peers: available({
      'tar + xz -6 -T2': { tools: ['tar', 'xz'], work: () => shell(root, `tar -c ${from} | xz -6 -T2 >p.xz`) },
    }),
  });
  return [
    ...zst,
    ...xz,
    ...(await size(root, `tar.zst of ${what}`, ['ours.tar.zst', 'p.6.zst', 'zstd -6'])),
    ...(await size(root, `tar.xz of ${what}`, ['ours.tar.xz', 'p.xz', 'xz -6'])),
  ];
}

/** How large our archive is beside that of a peer. */
async function size(root, what, [ours, theirs, peer]) {
  const bytes = async (name) => (await fs.stat(join(root, name)).catch(() => undefined))?.size;
  const [own, other] = [await bytes(ours), await bytes(theirs)];
  if (own === undefined || other === undefined) return [];
  console.log(`size of the ${what}: ${(own / other).toFixed(3)} × ${peer}`);
  return [{ question: `size of the ${what}`, want: '0.97 to 1.03', peer, ratio: own / other }];
}

/** What a digest costs that is computed on the way. */
function onePass(root, disk) {
  return compare({
    question: 'tar.gz of 64 MiB with its SHA-256',
    want: '≤ 1.05',
    rounds: 15,
    ours: () => archiveWithFormat(disk, { ...ARTIFACT, path: 'program' }, 'gz', { workers: 2 }),
    peers: { 'the same without': () => tarGzWithoutDigest(disk, 'program', 'p.unhashed.gz') },
  });
}

/** Reading it all back, every digest checked, against a tool that does the same. */
async function reading(root, disk) {
  await archiveWithFormat(disk, { ...ARTIFACT, path: 'program' }, 'gz', { name: 'ours' });
  await archiveWithFormat(disk, { ...ARTIFACT, path: 'program' }, 'zip', { name: 'ours' });
  const drain = async (path) => {
    for await (const entry of (await readArchive(disk, path)).entries())
      if (entry.size !== PROGRAM_BYTES) throw new Error(entry.name);
  };
  const tarGz = await compare({
    question: 'check a tar.gz of 64 MiB',
    want: '≤ 1',
    ours: () => drain('ours.tar.gz'),
    peers: available({
      'gzip -dc + tar -t': { tools: ['tar', 'gzip'], work: () => shell(root, 'gzip -dc ours.tar.gz | tar -t') },
    }),
  });
  const zip = await compare({
    question: 'check a zip of 64 MiB',
    want: '≤ 1',
    ours: () => drain('ours.zip'),
    peers: available({ 'unzip -t': { tools: ['unzip'], work: () => shell(root, 'unzip -tq ours.zip') } }),
  });
  return [...tarGz, ...zip];
}

export async function run() {
  const root = await fs.mkdtemp(join(tmpdir(), 'core-bench-'));
  const disk = new DiskMedium({ root });
  try {
    const program = (await fs.readFile(process.execPath)).subarray(0, PROGRAM_BYTES);
    await fs.writeFile(join(root, 'program'), program, { mode: 0o755 });
    const tree = await releaseTree(root);
    const release = { what: `64 MiB in ${tree.length} files`, paths: tree, from: 'linux_amd64' };
    return [
      ...(await packing(root, disk, { what: 'a program of 64 MiB', paths: ['program'], from: 'program' })),
      ...(await packing(root, disk, release)),
      ...(await onePass(root, disk)),
      ...(await reading(root, disk)),
      ...(await slowPacking(root, disk, release)),
    ];
  } finally {
    await disk.close();
    await fs.rm(root, { recursive: true, force: true });
  }
}
