import type { Writable } from 'node:stream';

import { checkData } from './check.ts';
import type { ProcessError, ProcessErrorCode } from './errors.ts';

/** What a {@link StdinPipe} has to know of its process. */
export interface StdinOwner {
  /** It runs, and has not come to its end unnoticed. */
  isUp(): boolean;
  /** The error that says why something cannot be done. */
  refusal(code: ProcessErrorCode, op: string, why: string, more: { hint?: string; cause?: unknown }): ProcessError;
}

const ASK = 'Ask for it with `stdio: { stdin: "pipe" }`.';

/** The stdin of a process as those who write to it see it. */
export class StdinPipe {
  readonly #owner: StdinOwner;
  #stdin: Writable | undefined;
  #unavailable = 'its stdin is no pipe';

  constructor(owner: StdinOwner) {
    this.#owner = owner;
  }

  /** The process reads from this pipe; `isTaken`: something else writes all of it. */
  attach(stdin: Writable | null, isTaken: boolean): void {
    if (stdin === null) return;
    stdin.on('error', () => undefined); // told to whoever writes
    if (isTaken) this.#unavailable = 'its stdin is given by `input`';
    else this.#stdin = stdin;
  }

  /** Resolves when the system has taken the data, which must not be changed before. */
  async send(data: string | Uint8Array): Promise<void> {
    checkData('data', data);
    const stdin = this.#writable();
    await new Promise<void>((resolve, reject) => {
      stdin.write(data, (cause) => {
        if (cause === null || cause === undefined) resolve();
        else reject(this.#refusal('its stdin was closed', cause));
      });
    });
  }

  /** Resolves when the system has taken all that was sent, or nobody reads it any more; the second time does nothing. */
  async close(): Promise<void> {
    const stdin = this.#stdin;
    if (stdin === undefined && this.#owner.isUp()) throw this.#refusal(this.#unavailable);
    if (stdin === undefined || stdin.closed) return;
    await new Promise<void>((resolve) => {
      stdin.once('close', resolve).end();
    });
  }

  /** The process is over: whoever still waits for it to read is told so. */
  destroy(): void {
    this.#stdin?.destroy();
    this.#stdin = undefined;
  }

  #writable(): Writable {
    if (!this.#owner.isUp() || this.#stdin === undefined) throw this.#refusal(this.#unavailable);
    if (!this.#stdin.writable) throw this.#refusal('its stdin was closed');
    return this.#stdin;
  }

  #refusal(why: string, cause?: unknown): ProcessError {
    const op = 'process.sendInput';
    if (!this.#owner.isUp()) return this.#owner.refusal('ERR_PROCESS_NOT_RUNNING', op, 'it is not running', { cause });
    const hint = this.#stdin === undefined ? { hint: ASK } : {};
    return this.#owner.refusal('ERR_PROCESS_STDIN_UNAVAILABLE', op, why, { ...hint, cause });
  }
}
