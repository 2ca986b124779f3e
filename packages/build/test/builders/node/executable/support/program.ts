import type { Files } from '../../../../support/temp-project.ts';

/** A program that does what its first argument says, as scripts do it. It awaits at its top level. */
export const PROGRAM: Files = {
  'package.json': { name: 'hello', version: '1.2.3', type: 'module', bin: 'src/cli.js' },
  'src/words.txt': 'words of its own',
  'src/cli.js': `
import { fork, spawn, spawnSync } from 'node:child_process';
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const say = (value) => console.log(JSON.stringify(value));
const ended = (child) => new Promise((resolve) => child.on('exit', resolve));
const own = fileURLToPath(import.meta.url);
const [what, ...rest] = process.argv.slice(2);

const DO = {
  place: () => say({
    isScript: import.meta.url === pathToFileURL(process.argv[1]).href,
    isExecutable: process.argv[1] === process.execPath,
    main: import.meta.main, rest, options: process.execArgv, version: process.versions.node,
  }),
  read: () => say([readFileSync(new URL('./words.txt', import.meta.url), 'utf8'), JSON.parse(readFileSync(new URL('../package.json', import.meta.url))).version]),
  stdin: async () => {
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    say(text.length);
  },
  exit: () => { process.exitCode = Number(rest[0]); },
  throw: () => { throw new Error('thrown'); },
  reject: () => { Promise.reject(new Error('rejected')); return new Promise((resolve) => setTimeout(resolve, 1e6)); },
  warn: () => process.emitWarning('a warning'),
  import: async () => {
    const { readFile } = await import('node:' + 'fs/promises');
    const { answer } = await import(pathToFileURL(rest[0]).href);
    say([answer, typeof readFile]);
  },
  require: () => {
    try { createRequire(import.meta.url)(rest[0]); } catch (error) { say(error.code); }
  },
  signal: async () => {
    process.once('SIGTERM', () => { say('ended'); process.exit(5); });
    setInterval(() => {}, 1000);
    say('ready');
  },
  fork: async () => {
    const child = fork(own, ['child', 'a']);
    child.on('message', say);
    await ended(child);
  },
  'fork-file': () => ended(fork(rest[0], ['b'])),
  child: () => { process.send({ from: 'child', rest }); process.disconnect(); },
  spawn: () => ended(spawn(process.execPath, ['--max-old-space-size=500', process.argv[1], 'place', 'c'], { stdio: 'inherit' })),
  'spawn-sync': () => say(JSON.parse(spawnSync(process.execPath, [process.argv[1], 'place', 'd'], { encoding: 'utf8' }).stdout).rest),
  cluster: async () => {
    if (cluster.isPrimary) { const worker = cluster.fork(); worker.on('message', say); await ended(worker.process); }
    else { process.send([rest, cluster.worker.id]); cluster.worker.disconnect(); }
  },
  worker: async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: 'data' });
    worker.on('message', say);
    await ended(worker);
  },
  'worker-file': () => ended(new Worker(rest[0])),
};
if (isMainThread) await DO[what]();
else parentPort.postMessage([workerData, import.meta.url === pathToFileURL(process.execPath).href]);
`,
};

/** The same for CommonJS. */
export const COMMON_JS: Files = {
  'package.json': { name: 'hello', bin: 'cli.js' },
  'cli.js': `#!/usr/bin/env node
if (require.main === module) console.log(JSON.stringify({
  same: __filename === process.execPath && module.filename === __filename && process.mainModule === module,
  cached: require.cache[__filename] === module, resolved: require.resolve('fs'), argv: process.argv.slice(2),
  exports: module.exports === exports, id: module.id,
}));
`,
};
