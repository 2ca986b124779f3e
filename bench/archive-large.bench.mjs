import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { archiveWithFormat } from '@core/build';
import { DiskMedium } from '@core/io';

import { available, hasTool, peakMegabytes, shell } from './support/programs.mjs';
import { releaseTree } from './support/release-tree.mjs';
import { compare } from './support/rounds.mjs';

const COPIES = 16;
const FIVE_GIB = 5 * 2 ** 30;
const SUBJECT = fileURLToPath(new URL('support/pack-subject.mjs', import.meta.url));

/** Sixteen times 64 MiB. */
async function packing(root, disk, paths) {
  const [path, ...files] = paths;
  const named = files.map((file) => ({ path: file, name: file }));
  const pack = (format) =>
    archiveWithFormat(disk, { path, os: 'linux', arch: 'amd64' }, format, { files: named, name: 'ours' });
  const race = { rounds: 3, warmUp: false };
  const gz = await compare({
    ...race,
    question: 'tar.gz of 1 GiB',
    want: '≤ 0.75',
    ours: () => pack('gz'),
    peers: available({
      'tar + pigz -6 -p2': {
        tools: ['tar', 'pigz'],
        work: () => shell(root, 'tar -c linux_amd64 | pigz -6 -p2 >p.gz'),
      },
    }),
  });
  const zip = await compare({
    ...race,
    question: 'zip of 1 GiB',
    want: '≤ 0.45',
    ours: () => pack('zip'),
    peers: available({
      'zip -6': { tools: ['zip'], work: () => shell(root, 'rm -f p.zip; zip -6 -q -r p.zip linux_amd64') },
    }),
  });
  return [...gz, ...zip];
}

/** The most memory that a process takes, Node itself included, beside that of the peers' largest process. */
async function memory(root, paths) {
  const list = join(root, 'list.json');
  await fs.writeFile(list, JSON.stringify(paths));
  const ours = (format) => `"${process.execPath}" "${SUBJECT}" "${root}" "${list}" ${format}`;
  const commands = [
    ['ours, gz', ours('gz'), 'as it is'],
    ['ours, zip', ours('zip'), 'as it is'],
    ['ours, zst', ours('zst'), 'as it is'],
    ['tar + pigz -6 -p2', 'tar -c linux_amd64 | pigz -6 -p2 >p.gz', 'as it is'],
    ['zip -6', 'rm -f p.zip; zip -6 -q -r p.zip linux_amd64', 'as it is'],
  ];
  return commands.flatMap(([who, command, want]) => told('memory of 1 GiB', who, want, peakMegabytes(root, command)));
}

function told(question, who, want, megabytes) {
  if (megabytes === undefined) return [];
  console.log(`${question}, ${who}: ${megabytes.toFixed(0)} MB`);
  return [{ question: `${question}: ${who}`, want, peer: '150 MB', ratio: megabytes / 150 }];
}

/** 5 GiB in one file, read back by everybody. */
async function fiveGibibytes(root) {
  await fs.writeFile(join(root, 'large'), '');
  await fs.truncate(join(root, 'large'), FIVE_GIB);
  const list = join(root, 'list.json');
  await fs.writeFile(list, '["large"]');
  const results = [];
  for (const format of ['gz', 'zip']) {
    const command = `"${process.execPath}" "${SUBJECT}" "${root}" "${list}" ${format}`;
    results.push(...told(`memory of 5 GiB as ${format}`, 'ours', '≤ 1', peakMegabytes(root, command)));
  }
  const readers = [
    ['tar', 'tar -tvzf subject.tar.gz'],
    ['bsdtar', 'bsdtar -tvf subject.tar.gz'],
    ['python3', 'python3 -c "import tarfile; print(tarfile.open(\'subject.tar.gz\').getmembers()[0].size)"'],
    ['unzip', 'unzip -tv subject.zip'],
    ['7z', '7z t subject.zip'],
    ['python3', 'python3 -m zipfile -t subject.zip && echo 5368709120'],
    ['bsdtar', 'bsdtar -xOf subject.zip large | wc -c'],
  ];
  for (const [tool, command] of readers) if (hasTool(tool)) reads(root, command);
  return results;
}

/** A reader that complains ends the run. */
function reads(root, command) {
  const said = execFileSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  const sees = said.includes(String(FIVE_GIB)) ? 'sees 5 GiB' : 'finds no fault';
  console.log(`${command.split(' ').slice(0, 3).join(' ')}: ${sees}`);
}

export async function run() {
  const root = await fs.mkdtemp(join(tmpdir(), 'core-bench-'));
  const disk = new DiskMedium({ root });
  try {
    const paths = await releaseTree(root, COPIES);
    return [...(await packing(root, disk, paths)), ...(await memory(root, paths)), ...(await fiveGibibytes(root))];
  } finally {
    await disk.close();
    await fs.rm(root, { recursive: true, force: true });
  }
}
