import { execFileSync, spawnSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { archiveWithFormat, checksumAll, readArchive } from '@core/build';
import { DiskMedium } from '@core/io';

import { compare } from './support/rounds.mjs';

const SIZE = 64 << 20;
const artifact = { path: 'app', os: 'linux', arch: 'amd64' };

const shell = (root, command) => execFileSync('sh', ['-c', command], { cwd: root });
const hasTool = (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
/** The peers whose tools are on this machine. */
const available = (peers) =>
  Object.fromEntries(
    Object.entries(peers)
      .filter(([, { tools }]) => tools.every(hasTool))
      .map(([name, { work }]) => [name, work]),
  );

/** The beginning of Node's own binary: a program as releases have them. */
async function program(root) {
  const file = await fs.open(process.execPath);
  const bytes = Buffer.alloc(SIZE);
  await file.read(bytes, 0, SIZE, 0);
  await file.close();
  await fs.writeFile(join(root, 'app'), bytes, { mode: 0o755 });
}

/** One program of 64 MiB, with its digest; the peers compute none. */
async function packing(root, disk) {
  const tarGz = await compare({
    question: 'tar.gz of 64 MiB',
    want: '≤ 0.75 of pigz -p2',
    rounds: 7,
    ours: () => archiveWithFormat(disk, artifact, 'gz'),
    peers: available({
      'tar | gzip -6': { tools: ['tar', 'gzip'], work: () => shell(root, 'tar -cf - app | gzip -6 > peer.tar.gz') },
      'tar | pigz -6 -p2': {
        tools: ['tar', 'pigz'],
        work: () => shell(root, 'tar -cf - app | pigz -6 -p2 > peer.pigz.gz'),
      },
    }),
  });
  const zip = await compare({
    question: 'zip of 64 MiB',
    want: '≤ 0.45',
    rounds: 7,
    ours: () => archiveWithFormat(disk, artifact, 'zip'),
    peers: available({
      'zip -6': { tools: ['zip'], work: () => shell(root, 'rm -f peer.zip; zip -6 -q peer.zip app') },
    }),
  });
  return [...tarGz, ...zip, ...(await sizes(root))];
}

/** How large our archives are beside those of the peers. */
async function sizes(root) {
  const pairs = [
    ['tar.gz', 'app_linux_amd64.tar.gz', 'peer.tar.gz', 'gzip -6'],
    ['zip', 'app_linux_amd64.zip', 'peer.zip', 'zip -6'],
  ];
  const results = [];
  for (const [format, ours, theirs, peer] of pairs) {
    const size = async (name) => (await fs.stat(join(root, name)).catch(() => undefined))?.size;
    const other = await size(theirs);
    if (other === undefined) continue;
    const ratio = (await size(ours)) / other;
    console.log(`size of the ${format}: ${ratio.toFixed(3)} × ${peer} (wanted ≤ 1.03)`);
    results.push({ question: `size of the ${format}`, want: '≤ 1.03', peer, ratio });
  }
  return results;
}

/** Reading it all back, every digest checked, against a tool that does the same. */
async function reading(root, disk) {
  const drain = async (path) => {
    for await (const entry of (await readArchive(disk, path)).entries())
      if (entry.size !== SIZE) throw new Error(entry.name);
  };
  const tarGz = await compare({
    question: 'check a tar.gz of 64 MiB',
    want: '≤ 1',
    ours: () => drain('app_linux_amd64.tar.gz'),
    peers: available({
      'gzip -dc | tar -t': {
        tools: ['tar', 'gzip'],
        work: () => shell(root, 'gzip -dc app_linux_amd64.tar.gz | tar -t'),
      },
    }),
  });
  const zip = await compare({
    question: 'check a zip of 64 MiB',
    want: '≤ 1',
    ours: () => drain('app_linux_amd64.zip'),
    peers: available({ 'unzip -t': { tools: ['unzip'], work: () => shell(root, 'unzip -tq app_linux_amd64.zip') } }),
  });
  return [...tarGz, ...zip];
}

/** SHA-256 of sixteen files of 16 MiB. */
async function digests(root, disk) {
  const names = Array.from({ length: 16 }, (_, i) => `part-${i}`);
  for (const name of names) await fs.writeFile(join(root, name), Buffer.alloc(16 << 20, name));
  const artifacts = names.map((path) => ({ ...artifact, path }));
  return compare({
    question: 'SHA-256 of 16 files of 16 MiB',
    want: '≤ 1',
    ours: () => checksumAll(disk, artifacts),
    peers: available({
      'openssl dgst': { tools: ['openssl'], work: () => shell(root, `openssl dgst -sha256 ${names.join(' ')}`) },
      sha256sum: { tools: ['sha256sum'], work: () => shell(root, `sha256sum ${names.join(' ')}`) },
    }),
  });
}

/** How much memory an archive of 1 GiB adds to a fresh process. */
function memory(root, format) {
  const script = fileURLToPath(new URL('support/archive-memory.mjs', import.meta.url));
  const megabytes = Number(execFileSync(process.execPath, [script, root, format], { encoding: 'utf8' }));
  console.log(`memory added by a ${format} of 1 GiB: ${megabytes.toFixed(0)} MB (wanted < 100)`);
  return { question: `memory of a ${format} of 1 GiB`, want: '< 1', peer: '100 MB', ratio: megabytes / 100 };
}

export async function run() {
  const root = await fs.mkdtemp(join(tmpdir(), 'core-bench-'));
  const disk = new DiskMedium({ root });
  try {
    await program(root);
    return [
      ...(await packing(root, disk)),
      ...(await reading(root, disk)),
      ...(await digests(root, disk)),
      memory(root, 'gz'),
      memory(root, 'zip'),
    ];
  } finally {
    await disk.close();
    await fs.rm(root, { recursive: true, force: true });
  }
}
