// node spawn-subject.mjs SUBJECT COUNT: runs /bin/true so often, one after the other, each as one calls it with nothing
// said about streams (the bare one has three pipes, as is Node's default), and prints how many microseconds of this
// process's CPU one of them takes. "with input": ours with a pipe for stdin, too.
import { spawn } from 'node:child_process';

const [subject, count] = [process.argv[2], Number(process.argv[3])];

/** The least that there is: three pipes that somebody reads, and the exit code; nothing is kept. */
function bare() {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/true', [], { stdio: 'pipe' });
    child.stdout.resume();
    child.stderr.resume();
    child.stdin.end();
    child.once('error', reject).once('close', resolve);
  });
}

/** The same, and the output is collected. */
function collected() {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/true', [], { stdio: 'pipe' });
    const chunks = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk) => chunks.stdout.push(chunk));
    child.stderr.on('data', (chunk) => chunks.stderr.push(chunk));
    child.stdin.end();
    child.once('error', reject).once('close', (code, killSignal) => {
      const [stdout, stderr] = [Buffer.concat(chunks.stdout), Buffer.concat(chunks.stderr)];
      resolve({ code, killSignal, stdout: stdout.toString(), stderr: stderr.toString() });
    });
  });
}

const OURS = {
  direct: [{}, {}],
  warden: [{ launcher: 'warden' }, {}],
  'with input': [{}, { input: '' }],
};

async function ours([options, runOptions]) {
  const { Service } = await import('@core/process');
  const service = new Service(options);
  return { run: () => service.run('/bin/true', [], runOptions), end: () => service.close() };
}

async function peer(name) {
  const { execa } = name === 'execa' ? await import('execa') : {};
  if (execa !== undefined) return () => execa('/bin/true');
  if (name === 'tinyexec') {
    const { x } = await import('tinyexec');
    return () => x('/bin/true');
  }
  if (name === 'nano-spawn') {
    const { default: nanoSpawn } = await import('nano-spawn');
    return () => nanoSpawn('/bin/true');
  }
  const { $ } = await import('zx');
  return () => $({ quiet: true })`/bin/true`;
}

const plain = { bare, collected };
const { run, end = () => undefined } =
  subject in OURS ? await ours(OURS[subject]) : { run: plain[subject] ?? (await peer(subject)) };

for (let i = 0; i < 100; i += 1) await run(); // warm up
const before = process.cpuUsage();
for (let i = 0; i < count; i += 1) await run();
const { user, system } = process.cpuUsage(before);
await end();
process.stdout.write(String((user + system) / count));
