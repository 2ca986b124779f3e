import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** How a {@link ScriptedQmp} answers. */
export interface Script {
  readonly uuid?: string;
  /** What is said to a new client; a proper greeting unless it is given. */
  readonly greeting?: string;
  /** Answers to commands, as text that is sent as it is; `undefined` is silence. */
  readonly answers?: Readonly<Record<string, ((id: number) => string | undefined) | undefined>>;
  /** Hears of every client that comes: how many there have been. */
  readonly onClient?: (count: number) => void;
}

const GREETING = { QMP: { version: { qemu: { major: 7, minor: 2, micro: 1 }, package: '' }, capabilities: ['oob'] } };

/** A server that speaks as QEMU does, or as it must not. */
export class ScriptedQmp implements AsyncDisposable {
  /** The names of all commands that came. */
  readonly commands: string[] = [];
  readonly #server: Server;
  readonly #script: Script;
  readonly #sockets = new Set<Socket>();
  #count = 0;

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  static async listen(path: string, script: Script = {}): Promise<ScriptedQmp> {
    const scripted = new ScriptedQmp(script);
    scripted.#server.listen(path);
    await once(scripted.#server, 'listening');
    return scripted;
  }

  /** Sends all clients something, as it is. */
  send(text: string | Uint8Array): void {
    for (const socket of this.#sockets) socket.write(text);
  }

  /** Lets go of all clients. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  get clients(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    this.#count += 1;
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    socket.write(this.#script.greeting ?? `${JSON.stringify(GREETING)}\r\n`);
    this.#script.onClient?.(this.#count);
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines)
        this.#answer(socket, JSON.parse(line) as { readonly execute: string; readonly id: number });
    });
  }

  #answer(socket: Socket, { execute, id }: { readonly execute: string; readonly id: number }): void {
    this.commands.push(execute);
    const { answers = {}, uuid = '' } = this.#script;
    const value = execute === 'query-uuid' ? { UUID: uuid } : {};
    const text = execute in answers ? answers[execute]?.(id) : `${JSON.stringify({ return: value, id })}\r\n`;
    if (text !== undefined) socket.write(text);
  }
}
