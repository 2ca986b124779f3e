import { unlessAborted } from '@core/io';

import { checkSignalName, checkStreamName } from './check.ts';
import type { Execution } from './execution.ts';
import { checkSize } from './launch/checked-pty.ts';
import type { LineBatch, OutputLine } from './output/lines.ts';
import type { OutputChunk } from './output/output-chunk.ts';
import type { ProcessOutput, ReadOptions } from './output/output.ts';
import type { ProcessResult } from './result.ts';

/**
 * Where a process stands: asked for, running, over by itself, never started, or ended by a signal, a timeout, an abort
 * or `kill()`.
 */
export type ProcessStatus = 'pending' | 'running' | 'exited' | 'failed' | 'killed';

/** What is known of a process at a moment, as JSON can hold it. */
export interface ProcessInfo {
  readonly id: string;
  readonly pid?: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly startedAt: string;
  readonly status: ProcessStatus;
  readonly exitCode?: number;
  readonly killSignal?: NodeJS.Signals;
  readonly durationMs: number;
}

/**
 * A process of a service. It is no promise: `done` is one, and `wait()` gives one.
 *
 * @example
 * ```ts
 * import { Service } from '@core/process';
 *
 * await using service = new Service();
 * const child = await service.start('sh', ['-c', 'read name; echo "hello $name"'], { stdio: { stdin: 'pipe' } });
 * assert.equal(child.status, 'running');
 * await child.sendInput('world\n');
 * const { exitCode, stdout } = await child.done;
 * assert.deepEqual([exitCode, stdout, child.status], [0, 'hello world\n', 'exited']);
 * ```
 */
export class Process implements AsyncDisposable {
  readonly #execution: Execution;

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  /** Its name in its service: `proc-1`, `proc-2`, … */
  get id(): string {
    return this.#execution.id;
  }

  /** The system's number; `undefined` where it was never started. */
  get pid(): number | undefined {
    return this.#execution.leader?.pid;
  }

  get command(): string {
    return this.#execution.plan.command;
  }

  get args(): readonly string[] {
    return this.#execution.plan.args;
  }

  get dir(): string {
    return this.#execution.dir;
  }

  get startedAt(): Date {
    return this.#execution.startedAt;
  }

  get status(): ProcessStatus {
    const { result, leader, wasStopped } = this.#execution;
    if (result === undefined) return leader === undefined ? 'pending' : 'running';
    if (result.outcome.kind === 'spawnFailed') return 'failed';
    return wasStopped || result.outcome.kind === 'signaled' ? 'killed' : 'exited';
  }

  /** The code that it gave, once it is over. */
  get exitCode(): number | undefined {
    return this.#execution.result?.exitCode;
  }

  /** The signal that it died of, once it is over. */
  get killSignal(): NodeJS.Signals | undefined {
    return this.#execution.result?.killSignal;
  }

  /** From the start to the exit, or to now. */
  get durationMs(): number {
    return this.#execution.leader?.durationMs ?? 0;
  }

  get isRunning(): boolean {
    return this.status === 'running';
  }

  /** The end of what it wrote to stdout, as UTF-8. */
  get stdout(): string {
    return this.#execution.output.text('stdout');
  }

  /** The end of what it wrote to stderr, as UTF-8. */
  get stderr(): string {
    return this.#execution.output.text('stderr');
  }

  /** How it ended, whatever that is; never rejects. A detached process holds this program up from here on. */
  get done(): Promise<ProcessResult> {
    this.#execution.leader?.hold();
    return this.#execution.done;
  }

  /** The end of stdout and stderr together in order of arrival, as UTF-8. */
  output(): string {
    return this.#execution.output.allText();
  }

  /** The end of stdout and stderr together in order of arrival. */
  outputBytes(): Uint8Array {
    return this.#execution.output.allBytes();
  }

  /** What is known of it now. */
  info(): ProcessInfo {
    const { id, pid, command, args, dir, status, exitCode, killSignal, durationMs } = this;
    return {
      ...{ id, command, args, dir, startedAt: this.startedAt.toISOString(), status, durationMs },
      ...(pid === undefined ? {} : { pid }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(killSignal === undefined ? {} : { killSignal }),
    };
  }

  /** How it ended, whatever that is; rejects only with the reason of the given signal, and then the process runs on. */
  async wait({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<ProcessResult> {
    signal?.throwIfAborted();
    return unlessAborted(this.done, signal);
  }

  /**
   * Ends it and everything that it started: the polite signal, the grace period, SIGKILL. Resolves when all of it is
   * gone. A second call does not shorten the first; one for a process that is over ends what it left behind.
   */
  async kill(): Promise<void> {
    await this.#execution.stop({ kind: 'kill', killSignal: this.#execution.plan.killSignal });
  }

  /**
   * Sends it this signal, and nobody else.
   *
   * @throws `ERR_PROCESS_NOT_RUNNING`; `ERR_PROCESS_SIGNAL_REFUSED` where it belongs to another user.
   */
  sendSignal(killSignal: NodeJS.Signals): void {
    checkSignalName(killSignal);
    const sent = this.#execution.leader?.signal(killSignal) ?? 'gone';
    if (sent === 'sent') return;
    throw sent === 'gone'
      ? this.#execution.refusal('ERR_PROCESS_NOT_RUNNING', 'process.sendSignal', 'it is not running')
      : this.#execution.refusal('ERR_PROCESS_SIGNAL_REFUSED', 'process.sendSignal', 'it belongs to another user');
  }

  /**
   * Gives its terminal another size, of which it is told by SIGWINCH.
   *
   * @throws `RangeError`; `ERR_PROCESS_PTY_UNAVAILABLE` where it has no terminal of its own; `ERR_PROCESS_NOT_RUNNING`.
   */
  resize(columns: number, rows: number): void {
    checkSize(columns, rows);
    const done = this.#execution.leader?.resize(columns, rows) ?? 'gone';
    if (done === 'resized') return;
    throw done === 'gone'
      ? this.#execution.refusal('ERR_PROCESS_NOT_RUNNING', 'process.resize', 'it is not running')
      : this.#execution.refusal('ERR_PROCESS_PTY_UNAVAILABLE', 'process.resize', 'it has none', {
          hint: 'Ask for one with `pty: true`.',
        });
  }

  /**
   * Writes to its stdin; resolves when the system has taken it, which a process that does not read can delay for ever.
   * Bytes must not be changed before.
   *
   * @throws `ERR_PROCESS_NOT_RUNNING`, also where it ends meanwhile; `ERR_PROCESS_STDIN_UNAVAILABLE` where its stdin is
   * no pipe or is closed.
   */
  async sendInput(data: string | Uint8Array): Promise<void> {
    await this.#execution.stdin.send(data);
  }

  /** Lets it read the end of its input after what was sent; the second time does nothing. */
  async closeStdin(): Promise<void> {
    await this.#execution.stdin.close();
  }

  /**
   * Its lines from the beginning, as far as they are kept, and then as they come, until its end. Lines that are not
   * read slow the process down, so that nothing piles up here; leaving the loop lets go of them.
   */
  lines(options: ReadOptions = {}): AsyncIterableIterator<OutputLine, undefined> {
    return this.#outputFor(options).lines(options);
  }

  /**
   * The same lines as {@link lines}, together as they came: for those who want speed. No batch is empty, and all lines
   * of one are of one stream.
   */
  lineBatches(options: ReadOptions = {}): AsyncIterableIterator<LineBatch, undefined> {
    return this.#outputFor(options).batches(options);
  }

  /**
   * Its bytes from the beginning, as far as they are kept, and then as they come, until its end: also what is no line
   * yet, such as a prompt. What is not read slows the process down, as with {@link lines}.
   */
  chunks(options: ReadOptions = {}): AsyncIterableIterator<OutputChunk, undefined> {
    return this.#outputFor(options).chunks(options);
  }

  /** `kill()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** Who reads the output of a detached process wants it to hold this program up. */
  #outputFor({ stream, signal }: ReadOptions): ProcessOutput {
    checkStreamName(stream);
    signal?.throwIfAborted();
    this.#execution.leader?.hold();
    return this.#execution.output;
  }
}
