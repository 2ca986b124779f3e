import { type CancelOptions, isCoreError } from '@core/io';

import type { AgentClient } from '../agent/agent-client.ts';
import type { Container } from '../container.ts';
import { execInGuest } from '../exec/exec-in-guest.ts';
import type { GuestRunner } from '../exec/guest-runner.ts';
import { SshRunner } from '../exec/ssh-runner.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { ExecOptions, ExecResult } from '../run-options.ts';
import type { ManagerContext } from './context.ts';
import { hypervisorOf } from './control-of.ts';

/** An agent that was asked for has time to come up. */
const PATIENT_MS = 5_000;
/** Where there is another way, it has less. */
const GLANCE_MS = 1_500;
/** An agent that gave no answer is left alone for so long, and each further time for twice as long. */
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 300_000;

/** An agent that gave no answer is not asked for a while. */
interface Silence {
  readonly since: number;
  readonly restMs: number;
}

/** By runs of machines. */
const silences = new WeakMap<ManagerContext, Map<string, Silence>>();

/** The inside of a machine that runs. */
export class Guest {
  readonly #context: ManagerContext;
  readonly #container: Container;

  constructor(context: ManagerContext, container: Container) {
    this.#context = context;
    this.#container = container;
  }

  /** Runs a command, and keeps what it writes. */
  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return this.use(options, (runner) => execInGuest(runner, command, options));
  }

  /** Resolves when the agent has answered. Throws `ERR_CONTAINER_AGENT_UNAVAILABLE`. */
  async ping({ signal }: CancelOptions): Promise<void> {
    await this.#byAgent({ timeoutMs: PATIENT_MS, signal }, (agent) => agent.ping({ signal }));
  }

  /**
   * Does some work with a way to run commands: the agent where there is one, else SSH.
   *
   * @throws `ERR_CONTAINER_AGENT_UNAVAILABLE` where that is the way that was asked for; what the work throws.
   */
  async use<T>(
    { via, signal }: Pick<ExecOptions, 'signal' | 'via'>,
    work: (runner: GuestRunner) => Promise<T>,
  ): Promise<T> {
    if (via === 'agent') return this.#byAgent({ timeoutMs: PATIENT_MS, signal }, work);
    if (via === 'ssh' || !this.#mayHaveAgent()) return work(this.#ssh());
    const begun = { isReached: false };
    try {
      return await this.#byAgent({ timeoutMs: GLANCE_MS, signal }, (agent) => {
        begun.isReached = true;
        return work(agent);
      });
    } catch (error) {
      if (begun.isReached || !isCoreError(error) || error.code !== 'ERR_CONTAINER_AGENT_UNAVAILABLE') throw error;
      return work(this.#insteadOfAgent());
    }
  }

  /** In a guest that gave no answer a while ago there is none, or it is not up yet. */
  #mayHaveAgent(): boolean {
    if (!hypervisorOf(this.#context, this.#container).capabilities.agent) return false;
    const silence = this.#silences().get(this.#run());
    return silence === undefined || performance.now() - silence.since > silence.restMs;
  }

  /** The agent is left alone once SSH has worked: until then the guest may still boot, or have no other way. */
  #insteadOfAgent(): GuestRunner {
    const ssh = this.#ssh();
    const before = this.#silences().get(this.#run());
    const restMs = before === undefined ? FIRST_REST_MS : Math.min(2 * before.restMs, LONGEST_REST_MS);
    const silence = { since: performance.now(), restMs };
    return {
      via: ssh.via,
      run: async (command, options) => {
        const exit = await ssh.run(command, options);
        if (this.#silences().get(this.#run()) === before) this.#silences().set(this.#run(), silence);
        return exit;
      },
    };
  }

  #byAgent<T>(
    { timeoutMs, signal }: CancelOptions & { readonly timeoutMs: number },
    work: (agent: AgentClient) => Promise<T>,
  ): Promise<T> {
    const { agent: path } = machinePaths(this.#context.realStateDir, this.#container.id);
    return this.#context.agents.use({ container: this.#container, path, timeoutMs, signal }, (agent) => {
      this.#silences().delete(this.#run());
      return work(agent);
    });
  }

  #ssh(): GuestRunner {
    const { id, sshPort: port, user, sshKey: keyPath, bindAddress } = this.#container;
    const { knownHosts } = machinePaths(this.#context.realStateDir, id);
    const host = bindAddress === '0.0.0.0' ? '127.0.0.1' : bindAddress;
    return new SshRunner({ host, port, user, keyPath, knownHosts, hostKeyAlias: id, service: this.#context.service });
  }

  #silences(): Map<string, Silence> {
    const runs = silences.get(this.#context) ?? new Map<string, Silence>();
    silences.set(this.#context, runs);
    return runs;
  }

  #run(): string {
    return `${this.#container.id} ${String(this.#container.pid)}`;
  }
}
