import { onAbort } from '@core/io';

import type { GuestCommandOptions, GuestExit } from '../exec/guest-runner.ts';
import { linuxSignalName, linuxSignalNumber } from '../exec/linux-signals.ts';
import { withResolvers } from '../exec/with-resolvers.ts';
import type { AgentConnection, AgentHello, Channel } from './agent-connection.ts';
import { agentError, type AgentFault, type AgentSubject } from './agent-error.ts';
import { CommandInput } from './command-input.ts';
import { CommandOutput, OUTPUT_WINDOW } from './command-output.ts';
import { encodeRequest, encodeSize, type TerminalSize } from './command-request.ts';
import { FRAME } from './frame.ts';

/** How long a command has after SIGTERM until its group is killed. */
const GRACE_MS = 2000;
/** How long the guest has after that to tell that it is over. */
const GIVE_UP_MS = 8000;
const TERMINAL = { columns: 80, rows: 24 } as const;
const SIGNALED = 128;
const STAGE = { directory: 2, program: 3 } as const;
const ENOENT = 2;

/** What a command is run with. */
export interface RemoteCommandOptions extends GuestCommandOptions {
  /** The user in the guest; that of the client unless it is given. */
  readonly user?: string | undefined;
  /** New sizes of the command's terminal, each as soon as it comes. */
  readonly sizes?: AsyncIterable<TerminalSize> | undefined;
}

/** The agent that runs it. */
export interface RunningAgent {
  readonly connection: AgentConnection;
  readonly hello: AgentHello;
  readonly subject: AgentSubject;
}

/** A command in the guest, from its request to its end. */
export class RemoteCommand implements Channel {
  readonly #connection: AgentConnection;
  readonly #subject: AgentSubject;
  readonly #command: readonly string[];
  readonly #options: RemoteCommandOptions;
  readonly #channel: number;
  readonly #input: CommandInput;
  readonly #output: CommandOutput;
  readonly #ended = withResolvers<GuestExit>();
  readonly #whenStopped = withResolvers<undefined>();
  #stopped: { readonly reason: unknown } | undefined;
  #timers: NodeJS.Timeout[] = [];
  #isOver = false;

  constructor({ connection, hello, subject }: RunningAgent, command: readonly string[], options: RemoteCommandOptions) {
    this.#connection = connection;
    this.#subject = subject;
    this.#command = command;
    this.#options = options;
    this.#channel = connection.open(this);
    this.#input = new CommandInput({ connection, channel: this.#channel, window: hello.inputWindow }, options.input);
    this.#output = new CommandOutput(options.sink, {
      taken: (bytes) => {
        this.#send(FRAME.window, numberBytes(bytes));
      },
      failed: (error) => {
        this.stop(error);
      },
    });
  }

  /** Runs it to its end; what is wrong with it is told when nothing of it is left in the guest. */
  async run(): Promise<GuestExit> {
    const { signal } = this.#options;
    const forget = onAbort(signal, () => {
      this.stop(signal?.reason);
    });
    try {
      this.#start();
      const exit = await this.#ended.promise;
      await Promise.race([this.#output.done(), this.#whenStopped.promise]);
      if (this.#stopped !== undefined) throw this.#stopped.reason;
      return exit;
    } finally {
      this.#isOver = true;
      forget();
      for (const timer of this.#timers) clearTimeout(timer);
      this.#input.stop();
      this.#connection.close(this.#channel);
    }
  }

  /** Ends it politely, then its whole group by force; `run` then rejects with the reason. */
  stop(reason: unknown): void {
    if (this.#isOver || this.#stopped !== undefined) return;
    this.#stopped = { reason };
    this.#whenStopped.resolve(undefined);
    this.#output.drop();
    this.#input.stop();
    this.#send(FRAME.kill, Buffer.concat([Buffer.of(linuxSignalNumber('SIGTERM')), numberBytes(GRACE_MS)]));
    this.#later(GRACE_MS + GIVE_UP_MS, () => {
      this.#ended.reject(reason);
    });
  }

  lost(reason: string): void {
    this.#ended.reject(this.#stopped?.reason ?? this.#error(reason));
  }

  frame(type: number, payload: Uint8Array): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (type === FRAME.stdout) this.#output.add({ stream: 'stdout', bytes });
    else if (type === FRAME.stderr) this.#output.add({ stream: 'stderr', bytes });
    else if (type === FRAME.window) this.#input.addRoom(bytes.readUInt32BE());
    else if (type === FRAME.stdinClosed) this.#input.stop();
    else if (type === FRAME.exited) this.#exited(bytes);
    else if (type === FRAME.failed) this.#failed(bytes);
  }

  #start(): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs !== undefined) {
      this.#later(timeoutMs, () => {
        const why = `it has not ended within ${String(timeoutMs)} ms and was stopped`;
        this.stop(this.#error(why, 'ERR_CONTAINER_EXEC_TIMEOUT'));
      });
    }
    const stop = (error: unknown): void => {
      this.stop(error);
    };
    this.#connection.together(() => {
      this.#request();
      this.#input.send().catch(stop);
      this.#followSizes().catch(stop);
    });
  }

  #request(): void {
    const { env, dir, user, tty } = this.#options;
    const terminal = tty === true ? TERMINAL : tty === false ? undefined : tty;
    const parts = encodeRequest({ command: this.#command, env, dir, user, terminal, credit: OUTPUT_WINDOW });
    for (const part of parts) this.#send(FRAME.request, part);
    this.#send(FRAME.run);
  }

  async #followSizes(): Promise<void> {
    const { sizes } = this.#options;
    if (sizes === undefined) return;
    for await (const size of sizes) {
      if (this.#isOver) return;
      this.#send(FRAME.resize, encodeSize(size));
    }
  }

  #exited([signaled, number = 0]: Buffer): void {
    const killSignal = signaled === 1 ? linuxSignalName(number) : undefined;
    const exitCode = signaled === 1 ? SIGNALED + number : number;
    this.#ended.resolve(killSignal === undefined ? { exitCode } : { exitCode, killSignal });
  }

  /** It was never run. Where there is no such program, that is told as a shell tells it. */
  #failed(payload: Buffer): void {
    const [errno, stage, text] = [payload.readUInt32BE(), payload[4], payload.toString('utf8', 5)];
    if (stage === STAGE.program) {
      const bytes = Buffer.from(`core-agent: ${this.#command[0] ?? ''}: ${text}\n`);
      this.#output.add({ stream: 'stderr', bytes });
      this.#ended.resolve({ exitCode: errno === ENOENT ? 127 : 126 });
      return;
    }
    const dir = `its directory ${JSON.stringify(this.#options.dir)} cannot be used: `;
    this.#ended.reject(this.#error(stage === STAGE.directory ? dir + text : text));
  }

  #send(type: number, payload?: Uint8Array): void {
    this.#connection.send(this.#channel, type, payload);
  }

  #later(ms: number, work: () => void): void {
    this.#timers.push(setTimeout(work, ms));
  }

  #error(why: string, code: AgentFault['code'] = 'ERR_CONTAINER_EXEC_FAILED'): Error {
    return agentError(this.#subject, { code, what: `run ${this.#command[0] ?? ''}`, why });
  }
}

function numberBytes(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
