import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { privatePath, removePrivate } from './private-address.ts';

/** Two ends of one connection. */
export interface SocketPair {
  /** The end to read from; it has said nothing yet, and is paused. */
  readonly ours: Socket;
  /** The end to give away, as one stream or several; to be destroyed here once it was given. */
  readonly theirs: Socket;
}

const TOKEN_BYTES = 16;
const CLOSED: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * Makes two sockets that are connected to each other and to nobody else.
 *
 * The system has no call for it here, so one end connects to the other. For the moment that it takes, the address is
 * a name without a file on Linux and a socket in a directory of this user alone elsewhere: on Linux nothing can be left
 * behind, however this program ends. Whoever else connects does not know the token and is turned away.
 *
 * @throws The system's own error; `ENOTSUP` on Windows, whose programs cannot write to such a socket.
 */
export async function socketPair(platform: NodeJS.Platform = process.platform): Promise<SocketPair> {
  if (platform === 'win32') throw Object.assign(new Error('no socket can be a stream here'), { code: 'ENOTSUP' });
  const path = platform === 'linux' ? `\0core-process-${randomBytes(TOKEN_BYTES).toString('hex')}` : privatePath();
  const server = createServer();
  try {
    await listening(server, path);
    return await connectPair(server, path);
  } finally {
    server.close();
    if (!path.startsWith('\0')) removePrivate(path);
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
}

/** Connects to a server that listens, and finds the other end of that connection among those that come. */
export async function connectPair(server: Server, path: string): Promise<SocketPair> {
  const token = randomBytes(TOKEN_BYTES);
  const strangers = new Set<Socket>();
  const theirs = connect({ path }).resume(); // nothing comes, but its end would be noticed
  try {
    const ours = await new Promise<Socket>((resolve, reject) => {
      server.on('error', reject);
      server.on('connection', (socket) => {
        strangers.add(socket);
        hear(socket, token, resolve);
      });
      theirs.once('error', (error: NodeJS.ErrnoException) => {
        reject(CLOSED.has(error.code) ? noDescriptor(error) : error);
      });
      theirs.once('close', () => {
        reject(noDescriptor());
      });
      theirs.write(token);
    });
    strangers.delete(ours);
    theirs.pause().on('error', () => undefined);
    return { ours, theirs };
  } catch (error) {
    theirs.destroy();
    throw error;
  } finally {
    for (const stranger of strangers) stranger.destroy();
  }
}

/** Calls back with the socket, paused, if the token and nothing else is the first that comes from it. */
function hear(socket: Socket, token: Buffer, found: (socket: Socket) => void): void {
  let said: Buffer = Buffer.alloc(0);
  const listen = (bytes: Buffer): void => {
    said = Buffer.concat([said, bytes]);
    if (said.length < token.length) return;
    socket.off('data', listen).pause();
    if (said.equals(token)) found(socket);
    else socket.destroy();
  };
  socket.on('error', () => undefined);
  socket.on('data', listen);
}

/** A connection that was made is closed where this program may not open the other end of it. */
function noDescriptor(cause?: Error): Error {
  return Object.assign(new Error('no descriptor is left for a socket', { cause }), { code: 'EMFILE' });
}
