// node starts-subject.mjs CONTENDER at-once|in-turn COUNT: runs `true` so many times and prints what it did to this
// program: the longest stall of its event loop in ms, and by how many descriptors, and megabytes of heap and of resident
// memory, it grew.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

const [contender, manner, count] = process.argv.slice(2);

const starters = {
  async ours() {
    const { Service } = await import('@core/process');
    const service = new Service();
    return () => service.run('true');
  },
  child_process: () => () => once(spawn('true'), 'close'),
  async execa() {
    const { execa } = await import('execa');
    return () => execa('true');
  },
  async tinyexec() {
    const { x } = await import('tinyexec');
    return () => x('true');
  },
  async 'nano-spawn'() {
    const { default: nanoSpawn } = await import('nano-spawn');
    return () => nanoSpawn('true');
  },
  async zx() {
    const { $ } = await import('zx');
    $.quiet = true;
    return () => $`true`;
  },
};

const descriptors = () => readdirSync('/proc/self/fd').length;

const run = await starters[contender]();
for (let i = 0; i < 150; i += 1) await run(); // until as many are remembered as ever will be
await nextTurn();
globalThis.gc?.();
const before = { descriptors: descriptors(), ...process.memoryUsage() };

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await new Promise((resolve) => setTimeout(resolve, 20)); // from its second look on it knows of stalls
if (manner === 'at-once') await Promise.all(Array.from({ length: Number(count) }, run));
else for (let i = 0; i < Number(count); i += 1) await run();
await new Promise((resolve) => setTimeout(resolve, 5)); // the last stall is seen afterwards
delay.disable();

for (let turn = 0; turn < 4; turn += 1) await nextTurn();
globalThis.gc?.();
const after = { descriptors: descriptors(), ...process.memoryUsage() };
process.stdout.write(
  JSON.stringify({
    stallMs: delay.max / 1e6,
    descriptors: after.descriptors - before.descriptors,
    heapMb: (after.heapUsed - before.heapUsed) / 1e6,
    residentMb: (after.rss - before.rss) / 1e6,
  }),
);
process.exit(0);
