import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';

import { isObject } from '../qmp/qmp-message.ts';
import { encodeFrame, FRAME, FrameParser } from './frame.ts';

const NOTHING = new Uint8Array(0);

/** What an agent says of itself. */
export interface AgentHello {
  readonly protocol: number;
  readonly version: string;
  /** Another one after each boot of the guest. */
  readonly bootId: string;
  readonly capabilities: readonly string[];
  /** How many bytes of a command's input may be on their way. */
  readonly inputWindow: number;
}

/** Who hears what the guest says about one command. */
export interface Channel {
  frame(type: number, payload: Uint8Array): void;
  /** The connection is gone. */
  lost(reason: string): void;
}

/** A socket to an agent as frames: who sends them, and who hears them. */
export class AgentConnection {
  readonly #socket: Socket;
  readonly #parser = new FrameParser();
  readonly #channels = new Map<number, Channel>();
  readonly #session = randomInt(1, 2 ** 32);
  #last = 0;
  #hello: ((hello: AgentHello | undefined) => void) | undefined;
  #greeted = false;
  #draining: Promise<void> | undefined;
  #lost: string | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (error) => {
      this.lose(error.message);
    });
    socket.on('close', () => {
      this.lose('the connection to the machine has ended');
    });
  }

  /** Why it cannot be used any more. */
  get lostBecause(): string | undefined {
    return this.#lost;
  }

  /**
   * Says hello, and again in a new connection of the agent; `heard` is called with the answer, or with `undefined` where
   * the connection is lost. `padding` completes whatever frame an earlier client left unfinished.
   */
  greet(heard: (hello: AgentHello | undefined) => void, padding: number): void {
    this.#hello = heard;
    if (this.#socket.writableNeedDrain) return; // nobody reads: more of it would help nobody
    if (padding > 0) this.#socket.write(Buffer.alloc(padding));
    this.#sayHello();
  }

  /**
   * Opens a way to one command; its number. While there is one, the connection holds the program up. Where the
   * connection is lost already, the channel hears so, but not before it knows its number.
   */
  open(channel: Channel): number {
    const number = this.#last === 0xff_ff_ff_ff ? 1 : this.#last + 1;
    this.#last = number;
    this.#channels.set(number, channel);
    this.#socket.ref();
    const lost = this.#lost;
    if (lost !== undefined) {
      queueMicrotask(() => {
        if (this.#channels.delete(number)) channel.lost(lost);
      });
    }
    return number;
  }

  close(channel: number): void {
    this.#channels.delete(channel);
    if (this.#channels.size === 0 && this.#greeted) this.#socket.unref();
  }

  /** Sends a frame; `false` where the socket is full, and `drained` should be waited for before the next one. */
  send(channel: number, type: number, payload: Uint8Array = NOTHING): boolean {
    if (this.#lost !== undefined) return true;
    return this.#socket.write(encodeFrame({ session: this.#session, channel, type, payload }));
  }

  /** Sends what is sent at once in `work` in one piece: the guest wakes once. */
  together(work: () => void): void {
    this.#socket.cork();
    work();
    this.#socket.uncork();
  }

  /** Resolves when the socket takes more, or is gone. */
  async drained(): Promise<void> {
    if (this.#lost !== undefined || !this.#socket.writableNeedDrain) return;
    this.#draining ??= this.#untilDrained();
    await this.#draining;
  }

  /** Ends it: all commands hear why. */
  lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#socket.destroy();
    this.#hello?.(undefined);
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const channel of channels) channel.lost(reason);
  }

  /** For all who wait, however many those are. */
  #untilDrained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        this.#draining = undefined;
        resolve();
      };
      this.#socket.on('drain', done).on('close', done);
    });
  }

  #sayHello(): void {
    const version = Buffer.alloc(4);
    version.writeUInt32BE(1);
    this.send(0, FRAME.hello, version);
  }

  #read(chunk: Buffer): void {
    try {
      for (const { session, channel, type, payload } of this.#parser.push(chunk)) {
        if (type === FRAME.hello) this.#heardHello(session, payload);
        else if (session === this.#session) this.#channels.get(channel)?.frame(type, payload);
      }
    } catch (error) {
      // a guest may be hostile: what it says wrong costs it the connection, and not this program its life
      this.lose(`the agent does not keep to the protocol: ${(error as Error).message}`);
    }
  }

  #heardHello(session: number, payload: Uint8Array): void {
    if (session === 0) {
      // an agent that has just begun to listen: it has not heard what was said before
      if (this.#greeted) this.lose('the agent was started anew');
      else this.#sayHello();
    } else if (session === this.#session && !this.#greeted) {
      const hello = helloOf(payload);
      this.#greeted = true;
      this.#socket.unref();
      this.#hello?.(hello);
      this.#hello = undefined;
    }
  }
}

/** Another version of the protocol may say other things of itself; of this one all is needed. */
function helloOf(payload: Uint8Array): AgentHello {
  const told: unknown = JSON.parse(Buffer.from(payload).toString());
  if (!isObject(told) || typeof told['protocol'] !== 'number') throw new TypeError('its hello names no protocol');
  const { protocol, version = '', bootId = '', capabilities = [], inputWindow = 0 } = told;
  const isMeant = typeof version === 'string' && typeof bootId === 'string' && Array.isArray(capabilities);
  if (!isMeant || !Number.isSafeInteger(inputWindow) || Number(inputWindow) < (protocol === 1 ? 1 : 0)) {
    throw new TypeError('its hello is not that of an agent');
  }
  return { protocol, version, bootId, capabilities: capabilities.map(String), inputWindow: Number(inputWindow) };
}
