import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can fall silent: connections stay, and nothing comes through any more in either direction. */
export interface Relay extends AsyncDisposable {
  /** The URL of the server, by this way. */
  readonly url: string;
  /** Resolves when nobody is connected, or everybody has hung up. */
  left(): Promise<void>;
  /** Cuts all connections; new ones may come. */
  hangUp(): void;
  /** Falls silent; resolves when something is asked then that nobody answers. */
  mute(): Promise<void>;
}

/** A relay to the server with this URL; it hangs up when it is asked so often. */
export async function relay(
  target: string,
  { hangsUpAfter = Infinity }: { readonly hangsUpAfter?: number } = {},
): Promise<Relay> {
  const url = new URL(target);
  const { port } = url;
  const sockets = new Set<Socket>();
  const callers = new Set<Socket>();
  let hear: (() => void) | undefined;
  let questions = 0;
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
      if (questions > hangsUpAfter) near.destroy();
      else if (hear === undefined) far.write(data);
      else hear();
    });
    far.on('data', (data) => hear ?? near.write(data));
    near.on('end', () => {
      callers.delete(near);
      if (hear === undefined) far.end();
    });
    near.on('close', () => {
      callers.delete(near);
      far.destroy();
    });
    far.on('close', () => hear ?? near.destroy());
  }).listen(0, '127.0.0.1');
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await once(server, 'listening');
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    async left() {
      await Promise.all([...callers].map((socket) => Promise.race([once(socket, 'end'), once(socket, 'close')])));
    },
    hangUp,
    async mute() {
      await new Promise<void>((resolve) => (hear = resolve));
    },
    async [Symbol.asyncDispose]() {
      hangUp();
      await once(server.close(), 'close');
    },
  };
}
