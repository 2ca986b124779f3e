import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { isCoreError, onAbort } from '@core/io';
import type { Process } from '@core/process';

import type { ExecOutput } from '../run-options.ts';
import { LONGEST_MS } from './check-exec.ts';
import type { GuestCommandOptions, GuestExit } from './guest-runner.ts';
import { inputPieces } from './input.ts';
import { linuxSignalName } from './linux-signals.ts';
import { MarkedOutput, type Marks } from './marked-output.ts';
import { withResolvers } from './with-resolvers.ts';
import { bootstrap, endScript, scriptLine } from './remote-script.ts';
import { runSsh, startSsh } from './ssh-client.ts';
import { sshError, type SshFault, sshFailure } from './ssh-failure.ts';
import type { SshTarget } from './ssh-target.ts';

/** What a terminal takes for the end of its input. */
const END_OF_FILE = 4;
/** Behind these a line of a terminal begins. */
const LINE_ENDS: readonly (number | undefined)[] = [10, 13, END_OF_FILE];
/** How long the connection to a guest may take beside the command's own time. */
const CONNECT_MS = 10_000;
/** How long a command that is to be ended may take to begin: it cannot be found before. */
const BEGIN_MS = 2000;
/** How long the guest has to end a command. */
const END_MS = 20_000;
const SIGNALED = 128;
/** What the client says to input when it has ended, which tells less than how it ended. */
const ENDED: readonly string[] = ['ERR_PROCESS_NOT_RUNNING', 'ERR_PROCESS_STDIN_UNAVAILABLE'];

/** A command over SSH, from its connection to its end. */
export class SshCommand {
  readonly #target: SshTarget;
  readonly #command: readonly string[];
  readonly #options: GuestCommandOptions;
  readonly #mark = `core-${randomBytes(12).toString('hex')}`;
  readonly #outputs: Readonly<Record<ExecOutput['stream'], MarkedOutput>>;
  readonly #ready = withResolvers<undefined>();
  readonly #started = withResolvers<undefined>();
  readonly #ending = withResolvers<undefined>();
  #hasStarted = false;
  #hasNoDir = false;
  #exitCode: number | undefined;
  #stopped: { readonly reason: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: SshTarget, command: readonly string[], options: GuestCommandOptions) {
    this.#target = target;
    this.#command = command;
    this.#options = options;
    const marks: Marks = {
      ready: () => {
        this.#ready.resolve(undefined);
      },
      start: () => {
        this.#begin();
      },
      dir: () => (this.#hasNoDir = true),
      exit: (code) => (this.#exitCode = code),
    };
    this.#outputs = { stdout: new MarkedOutput(this.#mark, marks), stderr: new MarkedOutput(this.#mark, marks) };
  }

  /** Runs it to its end; what is wrong with it is told when nothing of it is left. */
  async run(): Promise<GuestExit> {
    const { signal, timeoutMs, tty } = this.#options;
    const child = await startSsh(this.#target, bootstrap(this.#mark, tty), this.#hasTerminal);
    const stop = (reason: unknown): void => {
      this.#stop(child, reason);
    };
    const forget = onAbort(signal, () => {
      stop(signal?.reason);
    });
    if (signal?.aborted === true) stop(signal.reason);
    if (timeoutMs !== undefined) {
      this.#limit(child, 'begun', Math.min(timeoutMs + CONNECT_MS, LONGEST_MS));
      void this.#started.promise.then(() => {
        this.#limit(child, 'ended', timeoutMs);
      });
    }
    this.#feed(child).catch(stop);
    await Promise.race([this.#listen(child).catch(stop), this.#ending.promise]);
    forget();
    clearTimeout(this.#timer);
    if (this.#stopped !== undefined) await this.#ending.promise;
    await child.kill();
    return this.#outcome();
  }

  get #hasTerminal(): boolean {
    return this.#options.tty !== undefined && this.#options.tty !== false;
  }

  /** Hands on what the command writes, until all of it has come or the client has ended. */
  async #listen(child: Process): Promise<void> {
    const { stdout, stderr } = this.#outputs;
    for await (const { stream, bytes } of child.chunks()) {
      await this.#hand(stream, this.#outputs[stream].push(bytes));
      if (stdout.isComplete && (this.#hasTerminal || stderr.isComplete)) return;
    }
    for (const stream of ['stdout', 'stderr'] as const) await this.#hand(stream, this.#outputs[stream].rest());
  }

  async #hand(stream: ExecOutput['stream'], pieces: readonly Uint8Array[]): Promise<void> {
    for (const bytes of pieces) if (this.#stopped === undefined) await this.#options.sink({ stream, bytes });
  }

  #begin(): void {
    this.#hasStarted = true;
    this.#started.resolve(undefined);
  }

  /** From now on it has so long until it must have begun, or ended. */
  #limit(child: Process, what: 'begun' | 'ended', ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped !== undefined) return;
    this.#timer = setTimeout(() => {
      const why = `it has not ${what} within ${String(ms)} ms and was stopped`;
      this.#stop(child, this.#error({ why, code: 'ERR_CONTAINER_EXEC_TIMEOUT' }));
    }, ms);
  }

  /** Sends the script, and behind it what the command reads. */
  async #feed(child: Process): Promise<void> {
    const { dir, env, input } = this.#options;
    try {
      if (this.#hasTerminal) await this.#ready.promise;
      const isTerminal = this.#hasTerminal;
      await child.sendInput(scriptLine({ command: this.#command, dir, env, mark: this.#mark, isTerminal }));
      if (this.#hasTerminal) await this.#started.promise;
      let last: number | undefined = END_OF_FILE;
      for await (const piece of inputPieces(input)) {
        await child.sendInput(piece);
        last = piece.at(-1) ?? last;
      }
      // the end of the connection's input would be the end of the terminal
      if (this.#hasTerminal) await child.sendInput(endOfInput(last));
      else await child.closeStdin();
    } catch (error) {
      if (!isCoreError(error) || !ENDED.includes(error.code)) throw error;
    }
  }

  #stop(child: Process, reason: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { reason };
    const ended = (): void => {
      this.#ending.resolve(undefined);
    };
    this.#end(child).then(ended, ended); // where that fails, `run` ends the client, and tells the reason of the stop
  }

  /** Ends the command in the guest, and then the client. */
  async #end(child: Process): Promise<void> {
    await Promise.race([this.#started.promise, child.done, pause(BEGIN_MS, undefined, { ref: false })]);
    if (this.#hasStarted && this.#exitCode === undefined) await runSsh(this.#target, endScript(this.#mark), END_MS);
    await child.kill();
  }

  #outcome(): GuestExit {
    if (this.#stopped !== undefined) throw this.#stopped.reason;
    if (this.#hasNoDir) throw this.#error({ why: `its directory ${JSON.stringify(this.#options.dir)} cannot be used` });
    const exitCode = this.#exitCode;
    if (exitCode !== undefined) {
      const killSignal = linuxSignalName(exitCode - SIGNALED);
      return killSignal === undefined ? { exitCode } : { exitCode, killSignal };
    }
    const { stdout, stderr } = this.#outputs;
    const said = [stderr.preamble, stdout.preamble].find((text) => text !== '') ?? '';
    if (!this.#hasStarted) throw sshFailure(this.#target, this.#command, said);
    throw this.#error({ why: 'the connection ended before the command did' });
  }

  #error(fault: SshFault): Error {
    return sshError(this.#target, this.#command, fault);
  }
}

/** Behind an unfinished line, the first one only hands over that line. */
function endOfInput(last: number | undefined): Buffer {
  return Buffer.alloc(LINE_ENDS.includes(last) ? 1 : 2, END_OF_FILE);
}
