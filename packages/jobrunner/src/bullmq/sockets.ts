import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The sockets of a pool of connections: it waits for answers on them, and has no way of its own to stop waiting. */
export class Sockets {
  readonly #open = new Set<Duplex>();
  readonly #make: () => Duplex | undefined;

  /** @param make - where the caller has sockets of another kind, such as those of a proxy. */
  constructor(make: () => Duplex | undefined = () => undefined) {
    this.#make = make;
  }

  /** A new one. */
  open(): Duplex {
    const socket = this.#make() ?? new Socket();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }

  /** Cuts off those that are open: whatever waits for an answer is refused. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
