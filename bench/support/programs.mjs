import { execFileSync, spawnSync } from 'node:child_process';

/** Runs a line of shell in a folder. */
export const shell = (root, command) => execFileSync('sh', ['-c', command], { cwd: root, maxBuffer: 1 << 28 });

export const hasTool = (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** Those peers whose tools are on this machine: `{ name: { tools, work } }` becomes `{ name: work }`. */
export function available(peers) {
  const there = Object.entries(peers).filter(([, { tools }]) => tools.every(hasTool));
  return Object.fromEntries(there.map(([name, { work }]) => [name, work]));
}

const MEASURE = `import resource, subprocess, sys
subprocess.run(sys.argv[1], shell=True, check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)`;

/** How many megabytes the largest process of a line of shell takes at most; `undefined` without Python to ask. */
export function peakMegabytes(root, command) {
  if (!hasTool('python3')) return undefined;
  return Number(execFileSync('python3', ['-c', MEASURE, command], { cwd: root, encoding: 'utf8' }));
}
