import { failureOf, type FailureContext } from './failure.ts';
import type { Outcome } from './outcome.ts';
import type { ProcessOutput } from './output/output.ts';
import type { ProcessResult } from './result.ts';

/** The facts of a process that is over. */
export interface EndedFacts {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly exitCode: number | undefined;
  readonly killSignal: NodeJS.Signals | undefined;
}

/** The result of a process; its output is decoded when it is asked for. */
export class EndedProcess implements ProcessResult {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly exitCode: number | undefined;
  readonly killSignal: NodeJS.Signals | undefined;
  readonly #output: ProcessOutput;
  readonly #context: () => FailureContext;

  constructor(facts: EndedFacts, output: ProcessOutput, context: () => FailureContext) {
    this.id = facts.id;
    this.command = facts.command;
    this.args = facts.args;
    this.dir = facts.dir;
    this.startedAt = facts.startedAt;
    this.durationMs = facts.durationMs;
    this.outcome = facts.outcome;
    this.exitCode = facts.exitCode;
    this.killSignal = facts.killSignal;
    this.#output = output;
    this.#context = context;
  }

  get ok(): boolean {
    return this.outcome.kind === 'exited' && this.outcome.code === 0;
  }

  get stdout(): string {
    return this.#output.text('stdout');
  }

  get stderr(): string {
    return this.#output.text('stderr');
  }

  get output(): string {
    return this.#output.allText();
  }

  get stdoutBytes(): Uint8Array {
    return this.#output.bytes('stdout');
  }

  get stderrBytes(): Uint8Array {
    return this.#output.bytes('stderr');
  }

  get outputBytes(): Uint8Array {
    return this.#output.allBytes();
  }

  get truncated(): boolean {
    return this.#output.truncated;
  }

  /** Why it is no success; `undefined` where it is one. */
  get failure(): unknown {
    if (this.ok) return undefined;
    return this.outcome.kind === 'aborted' ? this.outcome.reason : failureOf(this, this.#context());
  }

  unwrap(): this {
    if (!this.ok) throw this.failure;
    return this;
  }
}
