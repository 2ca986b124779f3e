import { type CancelOptions, unlessAborted } from '@core/io';

import { AgentClient } from '../agent/agent-client.ts';
import { agentSilent } from '../agent/connect-agent.ts';
import type { Container } from '../container.ts';

/** How long a connection is kept that nobody uses: others wait for it meanwhile. */
const LINGER_MS = 1_000;

/** A connection to the agent of one run of a machine, and who uses it. */
interface Line {
  readonly client: Promise<AgentClient>;
  users: number;
  timer?: NodeJS.Timeout;
}

/** Which agent, and how long it has to answer. */
export interface AgentWish extends CancelOptions {
  readonly container: Container;
  /** Its socket. */
  readonly path: string;
  readonly timeoutMs: number;
}

/**
 * The connections of a manager to the agents of its machines. An agent has one line: all commands of this program share
 * it, and it is let go of soon after the last one, so that other programs get their turn.
 */
export class AgentDesk {
  readonly #lines = new Map<string, Line>();

  /**
   * Does some work with the agent of a machine.
   *
   * @throws `ERR_CONTAINER_AGENT_UNAVAILABLE` where none answers in time; what the work throws.
   */
  async use<T>(wish: AgentWish, work: (client: AgentClient) => Promise<T>): Promise<T> {
    const key = `${wish.path} ${String(wish.container.pid)}`;
    const line = await this.#reach(key, wish);
    try {
      return await work(await line.client);
    } finally {
      this.#leave(key, line);
    }
  }

  /** Lets go of all of them: the commands that run are ended. */
  async close(): Promise<void> {
    for (const [key, line] of this.#lines) await this.#drop(key, line);
  }

  /** A line whose agent has answered. That of another user may be given up sooner, or later, than this one's time ends. */
  async #reach(key: string, wish: AgentWish): Promise<Line> {
    const { container, path, timeoutMs, signal } = wish;
    const late = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const shared = this.#lines.get(key);
      const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
      const line = shared ?? this.#connect(key, { ...wish, timeoutMs: leftMs });
      clearTimeout(line.timer);
      line.users += 1;
      try {
        await unlessAborted(line.client, either);
        return line;
      } catch (error) {
        this.#leave(key, line);
        signal?.throwIfAborted();
        if (late.aborted) throw agentSilent({ id: container.id, path }, timeoutMs);
        if (shared === undefined) throw error;
      }
    }
  }

  #leave(key: string, line: Line): void {
    line.users -= 1;
    if (line.users === 0) line.timer = setTimeout(() => void this.#drop(key, line), LINGER_MS).unref();
  }

  /** Not with the signal of the first who wants it: others may want it, too. */
  #connect(key: string, { container, path, timeoutMs }: AgentWish): Line {
    const { id, user } = container;
    const line: Line = { client: AgentClient.connect(path, { id, user, timeoutMs }), users: 0 };
    this.#lines.set(key, line);
    line.client.catch(() => {
      this.#forget(key, line);
    });
    return line;
  }

  async #drop(key: string, line: Line): Promise<void> {
    clearTimeout(line.timer);
    this.#forget(key, line);
    const client = await line.client.catch(() => undefined);
    await client?.close();
  }

  #forget(key: string, line: Line): void {
    if (this.#lines.get(key) === line) this.#lines.delete(key);
  }
}
