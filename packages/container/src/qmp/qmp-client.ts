import type { Socket } from 'node:net';

import { type CancelOptions, onAbort } from '@core/io';

import type { ContainerError } from '../errors.ts';
import { LineSplitter } from './line-splitter.ts';
import type { QmpCommand, QmpCommands } from './qmp-commands.ts';
import { type ControlSubject, controlFailed, nobodyThere, silent } from './qmp-error.ts';
import { parseQmpMessage, type QmpEvent, type QmpReply } from './qmp-message.ts';
import { connectUnix, isNobodyThere } from './unix-socket.ts';

/** How a {@link QmpClient} connects. */
export interface QmpOptions extends CancelOptions {
  /** The machine's id, for messages. */
  readonly id: string;
  /** How long the greeting, and then each answer, may take; 5,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
  /** Hears what happens in the machine while this client is connected. */
  readonly onEvent?: ((event: QmpEvent) => void) | undefined;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

const TIMEOUT_MS = 5_000;
/** The longest line of QEMU, a greeting or a long table, has a few KiB. */
const LONGEST_LINE = 4 * 1024 * 1024;

/**
 * A client of the QEMU Machine Protocol, https://www.qemu.org/docs/master/interop/qmp-spec.html
 *
 * QEMU answers one client of a socket at a time; others wait for their greeting until that one is gone. So connect, ask,
 * and close: several programs then take turns without knowing each other.
 */
export class QmpClient implements AsyncDisposable {
  readonly #subject: ControlSubject;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #onEvent: ((event: QmpEvent) => void) | undefined;
  readonly #lines = new LineSplitter(LONGEST_LINE);
  readonly #pending = new Map<number, Pending<QmpReply>>();
  readonly #greeted: Promise<string>;
  #greet: Pending<string> | undefined;
  #count = 0;
  #failure: ContainerError | undefined;
  #version = '';

  /** Takes a socket that is connected; see {@link QmpClient.connect}. */
  private constructor(socket: Socket, subject: ControlSubject, options: QmpOptions) {
    this.#socket = socket;
    this.#subject = subject;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#onEvent = options.onEvent;
    this.#greeted = new Promise((resolve, reject) => {
      this.#greet = { resolve, reject };
    });
    this.#greeted.catch(() => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (cause) => {
      this.#fail(controlFailed(subject, 'the connection broke', { cause }));
    });
    socket.on('close', () => {
      this.#fail(controlFailed(subject, 'its hypervisor closed the connection', { hint: 'It may just have ended.' }));
    });
  }

  /**
   * Connects, waits for the greeting, and takes the protocol up.
   *
   * @throws `ERR_CONTAINER_CONTROL_FAILED` where nobody listens or answers in time; the reason of the signal.
   */
  static async connect(path: string, options: QmpOptions): Promise<QmpClient> {
    const subject = { id: options.id, path };
    const { timeoutMs = TIMEOUT_MS, signal } = options;
    const late = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    const socket = await connectUnix(path, { signal: either }).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (late.aborted) throw silent(subject, 'a new client', timeoutMs);
      throw isNobodyThere(error)
        ? nobodyThere(subject, error)
        : controlFailed(subject, String(error), { cause: error });
    });
    const client = new QmpClient(socket, subject, options);
    try {
      client.#version = await client.#await('a new client', client.#greeted, signal);
      await client.execute('qmp_capabilities', undefined, { signal });
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** Of QEMU: `7.2.22`. */
  get version(): string {
    return this.#version;
  }

  /** Whether nothing can be asked any more. */
  get isClosed(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Has a command carried out. A command that was sent is carried out also where nobody waits for its answer any more.
   *
   * @throws `ERR_CONTAINER_CONTROL_FAILED` with QEMU's words where it refuses, and where it does not answer in time; the
   *   reason of the signal.
   */
  async execute<C extends QmpCommand>(
    command: C,
    args?: QmpCommands[C]['args'],
    { signal }: CancelOptions = {},
  ): Promise<QmpCommands[C]['returns']> {
    signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    this.#count += 1;
    const id = this.#count;
    const reply = new Promise<QmpReply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    this.#socket.write(
      `${JSON.stringify({ execute: command, id, ...(args === undefined ? {} : { arguments: args }) })}\n`,
    );
    try {
      const answer = await this.#await(`"${command}"`, reply, signal);
      if (answer.error !== undefined) throw this.#refusal(command, answer.error);
      return answer.value;
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Lets the next client in. The second time does nothing. */
  close(): Promise<void> {
    this.#failure ??= controlFailed(this.#subject, 'this client is closed');
    this.#settle(this.#failure);
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else
        this.#socket
          .once('close', () => {
            resolve();
          })
          .destroy();
    });
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #read(chunk: Buffer): void {
    try {
      for (const line of this.#lines.push(chunk)) this.#take(line);
    } catch (cause) {
      const why = `what came from its control socket is not QMP: ${cause instanceof Error ? cause.message : String(cause)}`;
      this.#fail(controlFailed(this.#subject, why, { cause }));
    }
  }

  #take(line: string): void {
    const message = parseQmpMessage(line);
    if (message.kind === 'greeting') this.#greet?.resolve(message.version);
    else if (message.kind === 'event') this.#onEvent?.(message.event);
    // an answer that nobody waits for any more is nobody's
    else this.#pending.get(message.reply.id)?.resolve(message.reply);
  }

  #refusal(command: string, words: { readonly class: string; readonly desc: string }): ContainerError {
    return controlFailed(this.#subject, `${command} was refused: ${words.desc} (${words.class})`, {
      output: words.desc,
    });
  }

  #fail(error: ContainerError): void {
    this.#failure ??= error;
    this.#socket.destroy();
    this.#settle(this.#failure);
  }

  #settle(error: Error): void {
    this.#greet?.reject(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  /** What comes of it, unless it takes too long or nobody wants it any more. */
  async #await<T>(what: string, answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const end = (error: unknown): void => {
        clearTimeout(timer);
        forget();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
        reject(error);
      };
      const timer = setTimeout(() => {
        end(silent(this.#subject, what, this.#timeoutMs));
      }, this.#timeoutMs);
      const forget = onAbort(signal, () => {
        end(signal?.reason);
      });
      answer.then((value) => {
        resolve(value);
        end(undefined);
      }, end);
    });
  }
}
