/**
 * The program that a scripted process runs, as an argument of `node -e`: so it is there in the sources and in the
 * built package alike. It connects to the test, says who it is, and does what it is told, one order after the other;
 * when the connection ends it exits, so that no test leaves one behind.
 */
export const SCRIPTED_CHILD: string = String.raw`
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const [address, token] = process.argv.slice(1);
const control = require('node:net').connect(address);
const tell = (message) => control.write(JSON.stringify(message) + '\n');
const trapped = new Set();
let input;

const orders = {
  async print({ stream, base64, times }) {
    const bytes = Buffer.from(base64, 'base64');
    for (let i = 0; i < times; i += 1) await new Promise((done) => process[stream].write(bytes, done));
  },
  async read() {
    input ??= process.stdin[Symbol.asyncIterator]();
    const { done, value } = await input.next();
    return done ? undefined : value.toString('base64');
  },
  env: ({ name }) => process.env[name],
  trap({ killSignal }) {
    if (trapped.has(killSignal)) return;
    trapped.add(killSignal);
    process.on(killSignal, () => tell({ received: killSignal }));
  },
  async spawn({ token, session, orphan, bare }) {
    const node = [process.execPath, ...process.execArgv, address, token];
    const [file, ...args] = orphan ? ['sh', '-c', '"$@" &', 'sh', ...node] : node;
    const env = bare ? {} : process.env;
    const child = spawn(file, args, { detached: session, stdio: 'inherit', env });
    if (orphan) await once(child, 'exit');
    child.unref();
  },
  async closeOutput({ stream }) {
    require('node:fs').closeSync(stream === 'stdout' ? 1 : 2);
  },
  exit: ({ code }) => process.exit(code),
  raise: ({ killSignal }) => process.kill(process.pid, killSignal),
};

async function obey(line) {
  const { id, order, ...details } = JSON.parse(line);
  try {
    tell({ id, value: await orders[order](details) });
  } catch (error) {
    tell({ id, error: String(error) });
  }
}

process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
control.on('error', () => {});
control.on('close', () => process.exit(255));
tell({ hello: token, pid: process.pid, dir: process.cwd() });
let rest = '';
control.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) obey(line);
});
`;
