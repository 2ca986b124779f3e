import { resolve as resolvePath } from 'node:path';

import { type Medium, onAbort } from '@core/io';

import { EndedProcess } from './ended-process.ts';
import { environmentOf } from './environment.ts';
import { ProcessError, type ProcessErrorCode } from './errors.ts';
import type { ProcessEvents } from './events.ts';
import type { FailureContext } from './failure.ts';
import { IdleClock } from './idle-clock.ts';
import { feed } from './input.ts';
import type { Launched, Launcher } from './launch/launcher.ts';
import { type Exit, Leader } from './leader.ts';
import { type Obstacle, obstacleOf, obstacleOfMedium } from './obstacle.ts';
import type { Outcome } from './outcome.ts';
import type { Courier } from './output/courier.ts';
import type { LineListener } from './output/line-events.ts';
import { ProcessOutput } from './output/output.ts';
import { commandLineOf, fileOf, hasOwnSession, hiderOf, type Plan, tieOf } from './plan.ts';
import type { StartQueue } from './start-queue.ts';
import { StdinPipe } from './stdin-pipe.ts';
import { outcomeOfExit, outcomeOfStop, type StopCause } from './stop-cause.ts';
import type { CookieJar, Tie } from './terminate/cookie.ts';
import { endTree } from './terminate/grace.ts';
import type { Guard } from './terminate/guard.ts';
import { treeOf } from './terminate/system-tree.ts';

/** What all processes of a service share. */
export interface ExecutionContext {
  readonly guard: Guard;
  readonly jar: CookieJar;
  readonly queue: StartQueue;
  readonly launcher: Launcher;
  readonly events: ProcessEvents;
  readonly courier: Courier;
  readonly medium: Medium | undefined;
}

/** So long may those who hear lines delay the result: enough for what may wait, where each line takes microseconds. */
const LISTENERS_MS = 250;
const NEVER_UP: Exit = { exitCode: undefined, killSignal: undefined, durationMs: 0 };

/** One process from its start to its end: the engine behind a `Process`. */
export class Execution {
  readonly id: string;
  readonly plan: Plan;
  readonly output: ProcessOutput;
  readonly stdin: StdinPipe = new StdinPipe(this);
  /** Never rejects. */
  readonly done: Promise<EndedProcess>;
  readonly #context: ExecutionContext;
  readonly #tie: Tie;
  readonly #mark: string;
  readonly #askedAt = new Date();
  #resolveDone: (result: EndedProcess) => void = () => undefined;
  #stopListening: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #idleClock: IdleClock | undefined;
  #dir: string;
  #leader: Leader | undefined;
  #cause: StopCause | undefined;
  #launching: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #escalated = false;
  #result: EndedProcess | undefined;

  constructor(id: string, plan: Plan, context: ExecutionContext) {
    this.id = id;
    this.plan = plan;
    this.#context = context;
    this.#tie = tieOf(plan);
    this.#mark = context.jar.markOf(id, this.#tie);
    this.#dir = context.medium === undefined ? resolvePath(plan.dir) : plan.dir;
    this.output = new ProcessOutput({ ...plan, courier: context.courier, listener: this.#lineListener() });
    this.done = new Promise((resolve) => (this.#resolveDone = resolve));
    const { signal } = plan;
    this.#stopListening = onAbort(signal, () => void this.stop({ kind: 'abort', reason: signal?.reason as unknown }));
  }

  get dir(): string {
    return this.#dir;
  }

  /** When it was started, or asked for where it was not. */
  get startedAt(): Date {
    return this.#leader?.startedAt ?? this.#askedAt;
  }

  get leader(): Leader | undefined {
    return this.#leader;
  }

  get result(): EndedProcess | undefined {
    return this.#result;
  }

  /** Somebody ends it, or has ended it, before it would have ended itself. */
  get wasStopped(): boolean {
    return this.#cause !== undefined;
  }

  isUp(): boolean {
    return this.#leader?.hasEnded() === false;
  }

  /** Resolves when it was started, or is over without having been started. */
  async start(): Promise<void> {
    await Promise.race([this.#start(), this.done]);
  }

  /** Ends it and all that it started; resolves when all of it is gone. The first cause counts, and its grace period. */
  async stop(cause: StopCause): Promise<void> {
    this.#ending ??= this.#end(cause);
    await this.#ending;
    await this.done;
  }

  /** The error that says why something cannot be done to it. */
  refusal(
    code: ProcessErrorCode,
    op: string,
    why: string,
    more: { hint?: string; cause?: unknown } = {},
  ): ProcessError {
    const { id } = this;
    const commandLine = commandLineOf(this.plan);
    return new ProcessError(`Cannot ${VERBS[op] ?? 'use'} ${id} (${commandLine}): ${why}`, {
      ...more,
      ...{ code, op, id, commandLine, dir: this.#dir },
    });
  }

  /** Who is stopped on the way is over, and goes no further. */
  async #start(): Promise<void> {
    try {
      if (!(await this.#enterMedium())) return;
      if (this.#tie === 'guarded') await this.#context.guard.ready();
      await this.#context.queue.turn();
      if (this.#result === undefined) await (this.#launching = this.#launch());
    } catch (error) {
      const obstacle = await obstacleOf(error, fileOf(this.plan).file, this.#dir);
      if (this.#result === undefined) this.#fail(obstacle);
    }
  }

  /** Finds the host's path of the directory; where there is none, the process is over. */
  async #enterMedium(): Promise<boolean> {
    const { medium } = this.#context;
    if (medium === undefined) return true;
    try {
      const path = await medium.realPath(this.plan.dir);
      if (this.#result !== undefined) return false;
      if (path !== undefined) this.#dir = path;
      else this.#fail(obstacleOfMedium(undefined));
      return path !== undefined;
    } catch (error) {
      if (this.#result === undefined) this.#fail(obstacleOfMedium(error));
      return false;
    }
  }

  async #launch(): Promise<void> {
    const { env, inheritEnv, stdio, isMerged, pty } = this.plan;
    const { guard, launcher } = this.#context;
    const isGuarded = this.#tie === 'guarded';
    if (isGuarded) guard.starting();
    try {
      await launcher.launch(
        {
          ...fileOf(this.plan),
          ...{ stdio, isMerged, pty, tie: this.#tie, dir: this.#dir, ownSession: hasOwnSession(this.plan) },
          env: environmentOf({ env, inheritEnv, mark: this.#mark }),
        },
        (launched) => {
          this.#adopt(launched);
        },
      );
    } finally {
      if (isGuarded && this.#leader === undefined) guard.notStarted();
    }
  }

  /** Called in the turn of the loop in which it is known to be there: nothing that it says may be missed. */
  #adopt(launched: Launched): void {
    const { id, plan } = this;
    const leader = new Leader(launched, hasOwnSession(plan));
    this.#leader = leader;
    if (this.#tie === 'detached') leader.letGo();
    else this.#context.guard.watch(leader, this.#tie === 'guarded');
    this.output.attach('stdout', launched.stdout);
    this.output.attach('stderr', launched.stderr);
    void leader.exited.then((exit) => this.#exited(exit));
    this.#startTimers(launched);
    this.#context.events.started?.({ id, command: plan.command, args: plan.args, dir: this.#dir, pid: leader.pid });

    this.stdin.attach(launched.stdin, plan.input !== undefined);
    if (plan.input === undefined || launched.stdin === null) return;
    feed(launched.stdin, plan.input).catch((reason: unknown) => this.stop({ kind: 'abort', reason }));
  }

  #startTimers({ stdout, stderr }: Launched): void {
    const { timeoutMs, idleTimeoutMs } = this.plan;
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => void this.stop({ kind: 'timeout', timeoutMs, idle: false }), timeoutMs);
    }
    if (idleTimeoutMs !== undefined) {
      const onIdle = (): void => void this.stop({ kind: 'timeout', timeoutMs: idleTimeoutMs, idle: true });
      const streams = [stdout, stderr].filter((stream) => stream !== null);
      this.#idleClock = new IdleClock({ idleTimeoutMs, streams, onIdle });
    }
    if (this.#tie !== 'detached') return;
    this.#timer?.unref();
    this.#idleClock?.unref();
  }

  async #end(cause: StopCause): Promise<void> {
    if (this.#leader === undefined && this.#result === undefined) {
      this.#cause = cause;
      if (this.#launching === undefined) this.#settle(outcomeOfStop(cause, false, undefined), NEVER_UP);
      else await this.#launching.catch(() => undefined);
    }
    const leader = this.#leader;
    if (leader === undefined) return;
    if (!leader.hasEnded()) this.#cause = cause;
    this.#escalated = await endTree(treeOf({ roots: [leader], mark: this.#mark }), this.plan);
    await leader.exited;
  }

  async #exited(exit: Exit): Promise<void> {
    clearTimeout(this.#timer);
    this.#idleClock?.stop();
    this.#stopListening();
    this.#context.guard.over();
    await this.output.drain();
    await this.#ending;
    const outcome =
      this.#cause === undefined
        ? outcomeOfExit(exit, (killSignal) => this.#leader?.wasSent(killSignal) === true)
        : outcomeOfStop(this.#cause, this.#escalated, exit.killSignal);
    this.#settle(outcome, exit);
  }

  #fail(obstacle: Obstacle): void {
    const { code, what } = obstacle;
    this.#settle({ kind: 'spawnFailed', code, what }, NEVER_UP, obstacle);
  }

  #settle(outcome: Outcome, exit: Exit, obstacle?: Obstacle): void {
    const { id, plan, startedAt } = this;
    const facts = { id, command: plan.command, args: plan.args, dir: this.#dir, startedAt, outcome, ...exit };
    const result = new EndedProcess(facts, this.output, () => this.#failureContext(obstacle));
    this.#result = result;
    this.#stopListening();
    this.stdin.destroy();
    this.output.end();
    this.#announce(result, exit);
  }

  /** Who hears lines has heard all before the result is there, and then of the end; one who is slow cannot hold it up. */
  #announce(result: EndedProcess, exit: Exit): void {
    const timer = setTimeout(this.#resolveDone, LISTENERS_MS, result);
    this.output.whenTold(() => {
      clearTimeout(timer);
      this.#tellEnd(result, exit);
      this.#resolveDone(result);
    });
  }

  #tellEnd(result: EndedProcess, exit: Exit): void {
    const { id, plan } = this;
    const { killed, exited } = this.#context.events;
    const wasKilled = this.#leader !== undefined && (this.wasStopped || result.outcome.kind === 'signaled');
    if (wasKilled) killed?.({ id, killSignal: exit.killSignal ?? plan.killSignal });
    exited?.({ id, ...exit, error: result.failure });
  }

  #failureContext(obstacle: Obstacle | undefined): FailureContext {
    return { commandLine: commandLineOf(this.plan), hide: hiderOf(this.plan), obstacle };
  }

  #lineListener(): LineListener | undefined {
    const { lines, wantsLines = () => true } = this.#context.events;
    if (lines === undefined) return undefined;
    return {
      hear: (batch, at) => {
        lines({ id: this.id, ...batch, at });
      },
      wants: wantsLines,
    };
  }
}

const VERBS: Readonly<Record<string, string>> = {
  'process.sendInput': 'write to',
  'process.sendSignal': 'send a signal to',
  'process.resize': 'give another size to the terminal of',
  'process.remove': 'remove',
};
