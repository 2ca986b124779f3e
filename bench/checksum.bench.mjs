import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checksumAll } from '@core/build';
import { DiskMedium } from '@core/io';

import { available, shell } from './support/programs.mjs';
import { releaseTree } from './support/release-tree.mjs';
import { compare } from './support/rounds.mjs';

const RELEASES = [
  ['64 MiB', 1],
  ['1 GiB', 16],
];

const SIZES = [
  ['10,000 files of 4 KiB', 10_000, 4 << 10],
  ['1,000 files of 256 KiB', 1000, 256 << 10],
  ['200 files of 1 MiB', 200, 1 << 20],
  ['16 files of 16 MiB', 16, 16 << 20],
  ['2 files of 256 MiB', 2, 256 << 20],
];

/** Makes the files and gives their names. */
async function alike(root, count, bytes) {
  const names = Array.from({ length: count }, (_, i) => `part-${i}`);
  for (const name of names) await fs.writeFile(join(root, name), Buffer.alloc(bytes, name));
  return names;
}

async function digests(root, disk, { what, names }) {
  await fs.writeFile(join(root, 'list'), names.join('\n'));
  const artifacts = names.map((path) => ({ path, os: 'linux', arch: 'amd64' }));
  return compare({
    question: `SHA-256 of ${what}`,
    want: '≤ 1 of openssl',
    ours: () => checksumAll(disk, artifacts),
    peers: available({
      'openssl dgst': { tools: ['openssl'], work: () => shell(root, 'openssl dgst -sha256 $(cat list)') },
      sha256sum: { tools: ['sha256sum'], work: () => shell(root, 'sha256sum $(cat list)') },
    }),
  });
}

export async function run() {
  const results = [];
  for (const [size, copies] of RELEASES) {
    const work = async (root, disk) => {
      const names = await releaseTree(root, copies);
      return digests(root, disk, { what: `${names.length} files of a release, ${size}`, names });
    };
    results.push(...(await inFolder(work)));
  }
  for (const [what, count, bytes] of SIZES) {
    const work = async (root, disk) => digests(root, disk, { what, names: await alike(root, count, bytes) });
    results.push(...(await inFolder(work)));
  }
  return results;
}

async function inFolder(work) {
  const root = await fs.mkdtemp(join(tmpdir(), 'core-bench-'));
  const disk = new DiskMedium({ root });
  try {
    return await work(root, disk);
  } finally {
    await disk.close();
    await fs.rm(root, { recursive: true, force: true });
  }
}
