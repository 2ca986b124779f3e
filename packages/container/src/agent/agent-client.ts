import { type CancelOptions, unlessAborted } from '@core/io';

import { execInGuest } from '../exec/exec-in-guest.ts';
import type { GuestExit, GuestRunner } from '../exec/guest-runner.ts';
import type { ExecOptions, ExecResult } from '../run-options.ts';
import type { AgentConnection, AgentHello } from './agent-connection.ts';
import { agentError, type AgentSubject } from './agent-error.ts';
import { connectAgent } from './connect-agent.ts';
import { FRAME } from './frame.ts';
import { withResolvers } from '../exec/with-resolvers.ts';
import { RemoteCommand, type RemoteCommandOptions } from './remote-command.ts';

const TIMEOUT_MS = 5000;
const CLOSED = 'the client was closed';

/** How an agent is found and used. */
export interface AgentClientOptions extends CancelOptions {
  /** How long the agent has to answer; 5,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
  /** The machine's id or name, for messages. */
  readonly id?: string | undefined;
  /** The user in the guest whom commands run as; the agent's own unless it is given. */
  readonly user?: string | undefined;
}

interface Connected {
  readonly connection: AgentConnection;
  readonly hello: AgentHello;
}

/**
 * Runs commands in a guest through the agent there, any number of them at once: one that floods its output, or whose
 * output nobody takes, does not hold up the others.
 *
 * Only one client at a time reaches an agent; others wait until it is closed. Where the connection is lost, the
 * commands that run fail, and the next one connects again. Closing the client ends the commands that run. While none
 * runs, it does not keep the program from ending.
 *
 * @example
 * ```ts
 * import { AgentClient } from '@core/container';
 *
 * const hostname = async (socketPath: string) => {
 *   await using agent = await AgentClient.connect(socketPath);
 *   return (await agent.exec(['hostname'])).stdout.trim();
 * };
 * await assert.rejects(hostname('/no/such/agent.sock'), { code: 'ERR_CONTAINER_AGENT_UNAVAILABLE' });
 * ```
 */
export class AgentClient implements GuestRunner, AsyncDisposable {
  readonly via = 'agent';
  readonly #subject: AgentSubject;
  readonly #options: AgentClientOptions;
  #reconnecting: Promise<void> | undefined;
  #current: Connected;
  readonly #closing = new AbortController();

  private constructor(subject: AgentSubject, options: AgentClientOptions, connected: Connected) {
    this.#subject = subject;
    this.#options = options;
    this.#current = connected;
  }

  /**
   * Connects to the socket that leads to the agent's virtio-serial port, and waits for its answer.
   *
   * @throws `ERR_CONTAINER_AGENT_UNAVAILABLE` where none answers in time; the reason of the signal.
   */
  static async connect(socketPath: string, options: AgentClientOptions = {}): Promise<AgentClient> {
    const { id, timeoutMs = TIMEOUT_MS, signal } = options;
    const subject = { path: socketPath, id };
    return new AgentClient(subject, options, await connectAgent(subject, { timeoutMs, signal }));
  }

  /** What the agent said of itself when it was last connected to. */
  get hello(): AgentHello {
    return this.#current.hello;
  }

  /**
   * Runs a command in the guest and keeps what it writes. One that fails is a result.
   *
   * @throws `TypeError` and `RangeError` for misuse; what {@link run} throws.
   */
  exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return execInGuest(this, command, options);
  }

  /**
   * Runs a command in the guest; its output goes to the `sink`.
   *
   * @throws `ERR_CONTAINER_EXEC_FAILED`, `ERR_CONTAINER_EXEC_TIMEOUT`, `ERR_CONTAINER_AGENT_UNAVAILABLE`; the reason of
   *   the signal.
   */
  async run(command: readonly string[], options: RemoteCommandOptions): Promise<GuestExit> {
    options.signal?.throwIfAborted();
    const { connection, hello } = await this.#connection(options.signal);
    options.signal?.throwIfAborted();
    const user = options.user ?? this.#options.user;
    return new RemoteCommand({ connection, hello, subject: this.#subject }, command, { ...options, user }).run();
  }

  /**
   * How long the agent takes to answer, in milliseconds.
   *
   * @throws `ERR_CONTAINER_AGENT_UNAVAILABLE` where the connection is lost; the reason of the signal.
   */
  async ping({ signal }: CancelOptions = {}): Promise<number> {
    const { connection } = await this.#connection(signal);
    const startedAt = performance.now();
    const { promise, resolve, reject } = withResolvers<undefined>();
    const channel = connection.open({
      frame: (type) => {
        if (type === FRAME.pong) resolve(undefined);
      },
      lost: (why) => {
        reject(this.#unavailable(why));
      },
    });
    connection.send(channel, FRAME.ping);
    try {
      await unlessAborted(promise, signal);
    } finally {
      connection.close(channel);
    }
    return performance.now() - startedAt;
  }

  /** Ends the connection, and with it the commands that run. The second time does nothing. */
  close(): Promise<void> {
    this.#closing.abort(this.#unavailable(CLOSED));
    this.#current.connection.lose(CLOSED);
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The connection; a new one where it was lost, which all who wait for it share. */
  async #connection(signal: AbortSignal | undefined): Promise<Connected> {
    signal?.throwIfAborted();
    this.#throwIfClosed();
    if (this.#current.connection.lostBecause !== undefined) {
      this.#reconnecting ??= this.#reconnect();
      await unlessAborted(this.#reconnecting, signal);
      this.#throwIfClosed();
    }
    return this.#current;
  }

  async #reconnect(): Promise<void> {
    try {
      const { timeoutMs = TIMEOUT_MS } = this.#options;
      this.#current = await connectAgent(this.#subject, { timeoutMs, signal: this.#closing.signal });
      if (this.#closing.signal.aborted) await this.close();
    } finally {
      this.#reconnecting = undefined;
    }
  }

  #throwIfClosed(): void {
    if (this.#closing.signal.aborted) throw this.#unavailable(CLOSED);
  }

  #unavailable(why: string): Error {
    return agentError(this.#subject, { code: 'ERR_CONTAINER_AGENT_UNAVAILABLE', what: 'reach the agent', why });
  }
}
