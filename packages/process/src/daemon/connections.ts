import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, and which of them wait for an answer. */
export class Connections {
  readonly #server: Server;
  /** How many answers each waits for. */
  readonly #sockets = new Map<Socket, number>();
  #isClosing = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.set(socket, 0);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Whether an answer is the last on its connection. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** An answer is being made. */
  answering({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#add(socket, 1);
    response.once('close', () => {
      this.#add(socket, -1);
      if (this.#isClosing) this.#endIfIdle(socket);
    });
  }

  /**
   * Resolves when the port is free and every connection gone: those that wait for an answer get it, all others,
   * whatever they are about to say, are cut off.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const socket of this.#sockets.keys()) this.#endIfIdle(socket);
    await closed;
  }

  #add(socket: Socket, count: number): void {
    const waiting = this.#sockets.get(socket);
    if (waiting !== undefined) this.#sockets.set(socket, waiting + count);
  }

  #endIfIdle(socket: Socket): void {
    if (this.#sockets.get(socket) === 0) socket.destroySoon();
  }
}
