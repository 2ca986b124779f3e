/**
 * The program of the warden's own process, as an argument of `node -e`: so it is there in the sources, in the built
 * package and in a bundle alike.
 *
 * Its parent tells it over the channel where to listen and by which word the parent is known, and then `{ id, order }`,
 * a start. It answers `{ ready }`; `{ id, pid }` or `{ id, error }`; and at the end `{ id, code, killSignal }`. Before an
 * order the parent connects once for each stream that is a pipe, and says the word, the start and the stream; the child
 * gets the other end of that connection itself: what it writes takes no detour.
 *
 * It stays in the foreground with its parent, so that children without a session of their own do; hence the signals of
 * the terminal reach it, and are nothing to it: it ends with its parent. What is tied to the parent is the watchdog's
 * to end, politely; what still stands after that is killed here.
 */
export const WARDEN_MAIN: string = String.raw`
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const { createServer } = require('node:net');
const { dirname } = require('node:path');
process.title = 'core-process-warden';
for (const one of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2']) process.on(one, () => {});

const orders = new Map();
const sockets = new Map();
const tied = new Set();
let word;
let directory;
let isAlone = false;
const tell = (message) => process.connected && process.send(message, () => {});

function refuse(id, error) {
  tell({ id, error: { ...error, message: error.message } });
}

function take(socket) {
  socket.on('error', () => {});
  socket.once('data', (bytes) => {
    const [said, id, stream] = String(bytes).split(' ');
    if (said !== word) return socket.destroy();
    const name = id + ' ' + stream;
    sockets.set(name, socket);
    socket.once('close', () => sockets.delete(name));
  });
}

const isHere = (id) => orders.get(id).pipes.every((stream) => sockets.has(id + ' ' + stream));

// the connections stand before the order is given, so they are here within moments: or there was no descriptor for them
function expect(id, turns) {
  if (isHere(id)) begin(id);
  else if (turns > 0) setImmediate(expect, id, turns - 1);
  else {
    orders.delete(id);
    refuse(id, Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
  }
}

function begin(id) {
  const { file, args, options, stdio, pipes, isTied } = orders.get(id);
  orders.delete(id);
  if (isAlone) return;
  const end = (target) => (target.pipe === undefined ? target : sockets.get(id + ' ' + target.pipe));
  try {
    const child = spawn(file, args, { ...options, stdio: stdio.map(end) });
    if (child.pid === undefined) child.once('error', (error) => refuse(id, error));
    else adopt(id, child, options.detached ? -child.pid : child.pid, isTied);
  } catch (error) {
    refuse(id, error);
  }
  for (const stream of pipes) sockets.get(id + ' ' + stream).destroy();
}

function adopt(id, child, target, isTied) {
  if (isTied) tied.add(target);
  child.on('error', () => {});
  child.once('exit', (code, killSignal) => {
    tied.delete(target);
    tell({ id, code, killSignal });
    if (isAlone && tied.size === 0) leave();
  });
  tell({ id, pid: child.pid });
}

// without a farewell, which would put the terminal back into the state in which it was when this process began
const leave = () => process.kill(process.pid, 'SIGKILL');

process.on('message', (message) => {
  if (message.order !== undefined) {
    orders.set(message.id, message.order);
    expect(message.id, 256);
  }
  if (message.path === undefined) return;
  word = message.word;
  directory = dirname(message.path);
  createServer({ allowHalfOpen: true }, take)
    .on('error', (error) => refuse(0, error))
    .listen(message.path, () => tell({ ready: true }));
});

process.on('disconnect', () => {
  isAlone = true;
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  if (tied.size === 0) leave();
  setTimeout(() => {
    for (const target of tied) {
      try {
        process.kill(target, 'SIGKILL');
      } catch {}
    }
    leave();
  }, 1000);
});
`;
