/**
 * The program that a machine of the fake hypervisor is, as an argument of `node -e`: so it is there in the sources and
 * in the built package alike. It takes its command line from one argument of JSON, and does what QEMU does with its
 * sockets, its files, its signals and its last words; its guest boots at once and obeys what is typed on its console.
 */
export const FAKE_MACHINE: string = String.raw`
const fs = require('node:fs');
const net = require('node:net');
const { spawn } = require('node:child_process');
const machine = JSON.parse(process.argv[1]);
const { paths, uuid, name } = machine;
const monitors = new Set();
const consoles = new Set();
let status = 'running';
let hasSsh = !machine.isSlow;
let isDeaf = machine.isDeaf;

function refuse(words) {
  fs.writeSync(2, 'fake: ' + words + '\n');
  process.exit(1);
}

function say(line) {
  const bytes = Buffer.from(line + '\r\n');
  fs.appendFileSync(paths.log, bytes);
  for (const socket of consoles) socket.write(bytes);
}

const seconds = () => ({ seconds: Math.floor(Date.now() / 1000), microseconds: (Date.now() % 1000) * 1000 });

function event(kind, data) {
  const line = JSON.stringify({ timestamp: seconds(), event: kind, ...(data && { data }) }) + '\r\n';
  fs.appendFileSync(paths.events, line);
  for (const socket of monitors) socket.write(line);
}

function end(reason, guest) {
  event('SHUTDOWN', { guest, reason });
  for (const path of [paths.control, paths.console, paths.agent, paths.pidFile]) fs.rmSync(path, { force: true });
  setImmediate(() => process.exit(0));
}

function powerDown() {
  event('POWERDOWN');
  if (isDeaf || status !== 'running') return;
  say('init: shutting down');
  end('guest-shutdown', true);
}

const commands = {
  'qmp_capabilities': () => ({}),
  'query-status': () => ({ status, running: status === 'running', singlestep: false }),
  'query-uuid': () => ({ UUID: uuid }),
  'query-name': () => ({ name }),
  'query-balloon': () => ({ actual: machine.memoryMb * 1048576 }),
  'query-blockstats': () => [],
  'stop': () => ((status = 'paused'), event('STOP'), {}),
  'cont': () => ((status = 'running'), event('RESUME'), {}),
  'system_powerdown': () => (powerDown(), {}),
  'quit': () => (end('host-qmp-quit', false), {}),
};

const console_ = {
  'ssh on': () => (hasSsh = true),
  'deaf': () => (isDeaf = true),
  'poweroff': () => end('guest-shutdown', true),
  'reset': () => end('guest-reset', true),
  'crash': () => process.kill(process.pid, 'SIGKILL'),
};

function type(line) {
  if (line.startsWith('say ')) say(line.slice(4));
  else if (Object.hasOwn(console_, line)) console_[line]();
  else say('sh: ' + line + ': not found');
}

function answer(socket, line) {
  const { execute, id } = JSON.parse(line);
  const known = Object.hasOwn(commands, execute);
  const error = { class: 'CommandNotFound', desc: 'The command ' + execute + ' has not been found' };
  socket.write(JSON.stringify({ ...(known ? { return: commands[execute]() } : { error }), id }) + '\r\n');
}

function byLine(socket, take) {
  let rest = '';
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.trim() !== '') take(line.trim());
  });
}

/** As of QEMU: one client at a time gets an answer. */
function monitor(socket) {
  if (monitors.size > 0) return waiting.push(socket);
  monitors.add(socket);
  socket.on('close', () => (monitors.delete(socket), waiting.length > 0 && monitor(waiting.shift())));
  byLine(socket, (line) => answer(socket, line));
  const version = { qemu: { major: 7, minor: 2, micro: 0 }, package: 'fake' };
  socket.write(JSON.stringify({ QMP: { version, capabilities: ['oob'] } }) + '\r\n');
}
const waiting = [];

function serial(socket) {
  consoles.add(socket);
  socket.on('close', () => consoles.delete(socket));
  byLine(socket, type);
}

function guestPort(port) {
  return (socket) => {
    socket.on('error', () => {});
    if (port === 22) return hasSsh ? socket.write('SSH-2.0-fake\r\n') : undefined;
    const page = 'hello from ' + name + '\n';
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: ' + page.length + '\r\n\r\n' + page));
  };
}

const listen = (handler, place, words) =>
  new Promise((done) => {
    const server = net.createServer(handler).on('error', (error) => refuse(words ?? error.message)).listen(place, () => done(server));
  });

/** QEMU has the agent's socket before it answers. */
const answers = (path) =>
  new Promise((done) => {
    const socket = net.connect(path, () => (socket.destroy(), done(true))).on('error', () => done(false));
  });

async function start() {
  if (machine.words !== undefined) refuse(machine.words);
  try { fs.accessSync(machine.image, fs.constants.R_OK); } catch { refuse("Could not open '" + machine.image + "': No such file or directory"); }
  for (const socket of [paths.control, paths.console, paths.agent]) fs.rmSync(socket, { force: true });
  for (const { host, guest } of machine.ports) {
    const words = "Could not set up host forwarding rule 'tcp:" + machine.bindAddress + ':' + host + '-:' + guest + "'";
    await listen(guestPort(guest), { port: host, host: machine.bindAddress }, words);
  }
  const disk = paths.dir + '/disk';
  const boots = 1 + (fs.existsSync(disk) ? Number(fs.readFileSync(disk)) : 0);
  fs.writeFileSync(disk, String(boots));
  if (machine.agent !== undefined) {
    const agent = spawn('setpriv', ['--pdeathsig', 'KILL', machine.agent, '--socket', paths.agent], { stdio: 'ignore' });
    while (agent.exitCode === null && !(await answers(paths.agent))) await new Promise((done) => setTimeout(done, 5));
  }
  fs.writeFileSync(paths.pidFile, process.pid + '\n');
  say('boot ' + boots + ' of ' + name);
  if (!machine.isSlow) say('READY ssh');
  await listen(serial, { path: paths.console });
  await listen(monitor, { path: paths.control });
}

for (const killSignal of ['SIGTERM', 'SIGINT']) process.on(killSignal, () => end('host-signal', false));
start();
`;
