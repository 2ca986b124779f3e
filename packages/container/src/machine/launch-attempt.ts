import { isCoreError, type Medium } from '@core/io';
import type { Process } from '@core/process';

import type { ContainerError } from '../errors.ts';
import type { HelperCommand, HypervisorCommand, MachinePaths } from '../hypervisors/hypervisor.ts';
import { lacksBootCode } from '../image/boot-code.ts';
import { startDetached } from './detached.ts';
import { firstAnswer } from './first-answer.ts';
import type { LaunchOptions } from './launch.ts';
import { lastWords, launchFailed } from './launch-failure.ts';
import { untilTrue } from './rest.ts';

const TIMEOUT_MS = 20_000;
const HELPER_PACE = { firstMs: 2, longestMs: 20 };
const END_PACE = { firstMs: 1, longestMs: 20 };
const END_MS = 5_000;
const UNBOOTED_MS = 1_500;
const NOTHING_BOOTS = 'its disk has no boot code, and so its hypervisor ended (guest-reset)';

/** One attempt: what it has started, so that all of it can be ended. */
export class LaunchAttempt {
  readonly #command: HypervisorCommand;
  readonly #paths: MachinePaths;
  readonly #options: LaunchOptions & { readonly medium: Medium };
  readonly #started: Process[] = [];

  constructor(command: HypervisorCommand, paths: MachinePaths, options: LaunchOptions & { readonly medium: Medium }) {
    this.#command = command;
    this.#paths = paths;
    this.#options = options;
  }

  /** The number of the hypervisor, which has answered. */
  async run(): Promise<number> {
    const { helpers, command, args, stdin } = this.#command;
    for (const helper of helpers) await this.#untilThere(helper, await this.#start(helper.command, helper.args));
    const hypervisor = await this.#start(command, stdin === undefined ? args : standingStill(args), stdin);
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const isRunning = (): boolean => hypervisor.isRunning;
    const context = { ...this.#options, timeoutMs, isRunning, savedState: stdin };
    const answered = await firstAnswer(this.#paths, context);
    if (answered && !(await this.#endsUnbooted(hypervisor))) return hypervisor.pid ?? 0;
    throw await this.#refusal(hypervisor, answered);
  }

  /** Ends all that it has started, and removes what that left. */
  async undo(): Promise<void> {
    const { medium } = this.#options;
    for (const started of this.#started) sendKill(started);
    const areOver = (): Promise<boolean> => Promise.resolve(this.#started.every(({ isRunning }) => !isRunning));
    await untilTrue(areOver, { ...END_PACE, timeoutMs: END_MS });
    const { console, control, agent, pidFile, events } = this.#paths;
    const helpers = this.#command.helpers.map(({ socket }) => socket);
    for (const path of [console, control, agent, pidFile, events, ...helpers]) await medium.deleteAll(path);
  }

  /** A BIOS that finds nothing to boot ends the machine a moment after its start: that is no start. */
  async #endsUnbooted(hypervisor: Process): Promise<boolean> {
    const { medium, image, signal } = this.#options;
    if (image === undefined || this.#command.stdin !== undefined) return false;
    if (!(await lacksBootCode(medium, image, { signal }))) return false;
    const isOver = (): Promise<boolean> => Promise.resolve(!hypervisor.isRunning);
    return untilTrue(isOver, { ...HELPER_PACE, timeoutMs: UNBOOTED_MS, signal });
  }

  async #refusal(hypervisor: Process, answered: boolean): Promise<ContainerError> {
    const { id, medium, timeoutMs = TIMEOUT_MS } = this.#options;
    const words = await lastWords(medium, this.#paths);
    if (answered) return launchFailed(id, NOTHING_BOOTS, words, 'Is it a disk of data, or one that only a UEFI boots?');
    const why = hypervisor.isRunning
      ? `did not answer within ${String(timeoutMs)} ms`
      : `ended at once ${howItEnded(hypervisor)}`;
    return launchFailed(id, `its hypervisor ${why}`, words);
  }

  async #start(command: string, args: readonly string[], stdin?: string): Promise<Process> {
    const { service, signal } = this.#options;
    signal?.throwIfAborted();
    const started = await startDetached(service, { command, args, stdin, stderr: this.#paths.stderr });
    this.#started.push(started);
    return started;
  }

  /** A helper takes one client, the hypervisor: so its socket is looked for, not tried. */
  async #untilThere({ command, socket }: HelperCommand, helper: Process): Promise<void> {
    const { id, medium, timeoutMs = TIMEOUT_MS, signal } = this.#options;
    const isDecided = async (): Promise<boolean> => !helper.isRunning || (await medium.exists(socket));
    const inTime = await untilTrue(isDecided, { ...HELPER_PACE, timeoutMs, signal });
    if (inTime && helper.isRunning) return;
    const why = inTime ? 'ended at once' : `did not open ${JSON.stringify(socket)} within ${String(timeoutMs)} ms`;
    throw launchFailed(id, `its helper ${command} ${why}`, await lastWords(medium, this.#paths));
  }
}

/** With its memory read, the guest waits for `cont`: until then its saved state is there still. */
function standingStill(args: readonly string[]): readonly string[] {
  return args.includes('-S') ? args : [...args, '-S'];
}

function howItEnded({ exitCode, killSignal }: Process): string {
  return killSignal === undefined ? `with exit code ${String(exitCode)}` : `by ${killSignal}`;
}

function sendKill(started: Process): void {
  try {
    if (started.isRunning) started.sendSignal('SIGKILL');
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'ERR_PROCESS_NOT_RUNNING') throw error;
  }
}
