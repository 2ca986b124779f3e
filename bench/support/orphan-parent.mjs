// node orphan-parent.mjs CONTENDER DEATH COUNT SCRIPT: starts the script COUNT times with the contender and, when it is
// told so on its stdin, dies in the given way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [contender, death, count, script] = process.argv.slice(2);
const command = ['sh', ['-c', script]];
const all = Array.from({ length: Number(count) });

const starters = {
  async ours() {
    const { Service } = await import('@core/process');
    const service = new Service();
    await Promise.all(all.map(() => service.start(...command)));
  },
  async 'our Runner'() {
    const { Runner, Service } = await import('@core/process');
    const runner = new Runner(new Service(), { concurrency: all.length, cache: false });
    void runner.runAll(all.map((_, i) => ({ name: `task-${i}`, command: command[0], args: command[1] })));
  },
  child_process: () => all.map(() => spawn(...command)),
  async execa() {
    const { execa } = await import('execa');
    for (const _ of all) execa(...command, { reject: false });
  },
  async tinyexec() {
    const { x } = await import('tinyexec');
    for (const _ of all) x(...command);
  },
  async 'nano-spawn'() {
    const { default: nanoSpawn } = await import('nano-spawn');
    for (const _ of all) nanoSpawn(...command).catch(() => undefined);
  },
  async zx() {
    const { $ } = await import('zx');
    $.quiet = true;
    for (const _ of all) void $`sh -c ${script}`.nothrow().then(() => undefined);
  },
};

const deaths = {
  exit: () => process.exit(0),
  'an exception': () => {
    throw new Error('expected by the benchmark');
  },
  'abort()': () => process.abort(),
};

await starters[contender]();
await once(process.stdin, 'data');
if (deaths[death] === undefined) process.kill(process.pid, death);
else deaths[death]();
setInterval(() => undefined, 1e6); // a signal takes its time
