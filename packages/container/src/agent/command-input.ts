import { inputPieces } from '../exec/input.ts';
import type { ExecOptions } from '../run-options.ts';
import type { AgentConnection } from './agent-connection.ts';
import { FRAME, MAX_PAYLOAD } from './frame.ts';

/** Where the input of a command goes. */
export interface InputTarget {
  readonly connection: AgentConnection;
  readonly channel: number;
  /** How many bytes may be on their way at first. */
  readonly window: number;
}

/** The input of a command on its way to it, no faster than it reads. */
export class CommandInput {
  readonly #target: InputTarget;
  readonly #input: ExecOptions['input'];
  #window: number;
  #moreRoom: () => void = () => undefined;
  #isWanted = true;

  constructor(target: InputTarget, input: ExecOptions['input']) {
    this.#target = target;
    this.#input = input;
    this.#window = target.window;
  }

  /** Gives the command all of it and its end; rejects with the error of the input. */
  async send(): Promise<void> {
    if (this.#input !== undefined) {
      for await (const piece of inputPieces(this.#input)) {
        for (let at = 0; at < piece.length && this.#isWanted;) at += await this.#sendPart(piece.subarray(at));
        if (!this.#isWanted) return;
      }
    }
    if (this.#isWanted) this.#target.connection.send(this.#target.channel, FRAME.stdinEnd);
  }

  /** The command has read so many bytes. */
  addRoom(bytes: number): void {
    this.#window += bytes;
    this.#moreRoom();
  }

  /** Nobody reads more of it. */
  stop(): void {
    this.#isWanted = false;
    this.#moreRoom();
  }

  /** Sends what there is room for; how many bytes that is. */
  async #sendPart(bytes: Uint8Array): Promise<number> {
    if (this.#window === 0) await new Promise<void>((resolve) => (this.#moreRoom = resolve));
    const part = bytes.subarray(0, Math.min(this.#window, MAX_PAYLOAD));
    if (!this.#isWanted || part.length === 0) return 0;
    this.#window -= part.length;
    const { connection, channel } = this.#target;
    if (!connection.send(channel, FRAME.stdin, part)) await connection.drained();
    return part.length;
  }
}
