import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can fall silent: connections stay, and nothing comes through any more in either direction. */
export interface Relay extends AsyncDisposable {
  /** The URL of the server, by this way. */
  readonly url: string;
  /** Resolves when something was asked that nobody answers. */
  readonly unanswered: Promise<void>;
  /** Resolves when nobody is connected, or everybody has hung up. */
  left(): Promise<void>;
  /** Cuts all connections; new ones may come. */
  hangUp(): void;
  /** Falls silent. */
  mute(): void;
}

/** What a relay does when it has been asked so often. */
export interface RelayOptions {
  readonly hangsUpAfter?: number;
  readonly mutesAfter?: number;
}

/** A relay to the server with this URL. */
export async function relay(target: string, options: RelayOptions = {}): Promise<Relay> {
  const { hangsUpAfter = Infinity, mutesAfter = Infinity } = options;
  const url = new URL(target);
  const { port } = url;
  const sockets = new Set<Socket>();
  const callers = new Set<Socket>();
  let [isMute, questions, setUnanswered] = [false, 0, (): void => undefined];
  const unanswered = new Promise<void>((resolve) => (setUnanswered = resolve));
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(port), '127.0.0.1');
    callers.add(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('data', (data) => {
      questions += 1;
      isMute ||= questions > mutesAfter;
      if (isMute) setUnanswered();
      else if (questions > hangsUpAfter) near.destroy();
      else far.write(data);
    });
    far.on('data', (data) => isMute || near.write(data));
    near.on('end', () => {
      callers.delete(near);
      if (!isMute) far.end();
    });
    near.on('close', () => {
      callers.delete(near);
      far.destroy();
    });
    far.on('close', () => isMute || near.destroy());
  }).listen(0, '127.0.0.1');
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await once(server, 'listening');
  url.port = String((server.address() as AddressInfo).port);
  return {
    ...{ url: url.href, unanswered, hangUp },
    async left() {
      await Promise.all([...callers].map((socket) => Promise.race([once(socket, 'end'), once(socket, 'close')])));
    },
    mute() {
      isMute = true;
    },
    async [Symbol.asyncDispose]() {
      hangUp();
      await once(server.close(), 'close');
    },
  };
}
