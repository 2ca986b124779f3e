import type { Dispatcher, Handover, Job, JobRunner } from '../dispatcher.ts';
import { within } from '../dispatch/within.ts';
import { answered } from './answered.ts';
import { Awaited } from './awaited.ts';
import { Bell } from './bell.ts';
import { Directory } from './directory.ts';
import { idOf, Lane } from './lane.ts';
import { type BullmqDispatcherOptions, type BullmqSettings, settledOptions } from './options.ts';
import { Shift } from './shift.ts';
import { openStore, type Store } from './store.ts';

/** How soon is asked again whether others have done what is awaited. */
const ASK_AGAIN_MS = 200;
/** So long a queue may take to let go of its connection. */
const CLOSING_MS = 1000;
/** So long a store may take to be opened, tables made and all. */
const OPENING_MS = 60_000;

/** Where jobs are. */
interface Places {
  readonly store: Store;
  readonly directory: Directory;
  readonly lanes: Map<string, Promise<Lane>>;
}

/** What there is between start and close. */
interface Session extends Places {
  readonly stop: AbortController;
  readonly shift: Shift;
  /** Settles when nothing more is begun. */
  readonly working: Promise<void>;
}

/**
 * Shares jobs among processes through BullMQ, in Redis or in PostgreSQL. Whoever hands a job over first has it done once
 * by one of them; the others learn how it ended when they hand it over themselves. A process that has been started does
 * jobs in every repository, also where it hands over none itself. Jobs of one repository never overlap.
 * The job of a process that is killed is delivered to another one when its lease is over, as the next attempt.
 *
 * A job is tried once: whether it is tried again is decided by the pollers, with what they see then. Needs the package
 * `bullmq`, and `ioredis` or `pg`.
 *
 * @example
 * ```ts
 * import { BullmqDispatcher } from '@core/jobrunner/bullmq';
 *
 * const dispatcher = new BullmqDispatcher({ redis: 'redis://127.0.0.1:6379', leaseMs: 10_000 });
 * assert.equal(dispatcher.isLocal, false);
 * await dispatcher.close(); // it has not been started: nothing was connected
 * ```
 */
export class BullmqDispatcher implements Dispatcher {
  readonly isLocal: boolean = false;
  readonly #settings: BullmqSettings;
  readonly #ends = new Bell();
  readonly #awaited = new Awaited();
  #session: Session | undefined;

  /** @throws TypeError or RangeError for options that are none. */
  constructor(options: BullmqDispatcherOptions) {
    this.#settings = settledOptions(options);
  }

  /**
   * Connects, after it has let go of what an earlier start has left.
   *
   * @throws `ERR_JOBRUNNER_QUEUE_FAILED` where a package is missing, or the queue cannot be reached.
   */
  async start(run: JobRunner): Promise<void> {
    await this.close();
    const settings = this.#settings;
    const ask = (): Promise<Store> => openStore(settings);
    const store = await answered({ id: settings.name, what: 'open it', timeoutMs: OPENING_MS, ask });
    const directory = new Directory(store, settings);
    const lanes = new Map<string, Promise<Lane>>();
    const places = { store, directory, lanes };
    const stop = new AbortController();
    const discover = async (): Promise<void> => {
      for (const repo of await directory.newcomers()) this.#lane(places, repo).catch(() => undefined); // it is told of again
    };
    const onEnded = (id: string | undefined): void => {
      if (id !== undefined) this.#awaited.delete(id);
      this.#ends.ring();
    };
    const shift = new Shift({ settings, run, lanes, discover, stop: stop.signal, awaited: this.#awaited, onEnded });
    this.#session = { ...places, stop, shift, working: shift.work() };
  }

  /** @throws `ERR_JOBRUNNER_QUEUE_FAILED` where the queue does not answer within a lease. */
  async dispatch(job: Job): Promise<Handover> {
    const session = this.#session;
    if (session === undefined) return { isTaken: false };
    const { name: id, leaseMs: timeoutMs } = this.#settings;
    const ask = async (): Promise<Handover> => {
      const [lane] = await Promise.all([this.#lane(session, job.repo), session.directory.enter(job.repo)]);
      return lane.put(job);
    };
    const handover = await answered({ id, what: `put ${job.handler} into it`, timeoutMs, ask });
    if (handover.isTaken) this.#awaited.add(idOf(job), job.repo);
    if (handover.outcome !== undefined) this.#awaited.delete(idOf(job));
    session.shift.wake(handover.isTaken ? job.repo : undefined);
    return handover;
  }

  /** Resolves when all that this process put into the queue is done, by whomever, and nothing runs here. */
  async idle(): Promise<void> {
    for (let session = this.#session; session !== undefined; session = this.#session) {
      const { running } = session.shift;
      if (this.#awaited.isEmpty && running.length === 0) return;
      await Promise.all(running);
      if (!(await this.#forgetWhatIsOver(session))) await this.#ends.wait(ASK_AGAIN_MS);
    }
  }

  async close({ graceMs = 0, reason }: { readonly graceMs?: number; readonly reason?: unknown } = {}): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    const { directory, lanes, shift, stop, store, working } = session;
    stop.abort(reason);
    shift.wake();
    this.#ends.ring();
    // a queue that cannot be reached answers nothing: what waits for it ends when its connection does
    await within(Promise.all([working, ...shift.running]), graceMs, undefined);
    this.#awaited.clear();
    const closing = [...lanes.values()].map(async (lane) => (await lane).close());
    await within(Promise.allSettled([...closing, directory.close()]), CLOSING_MS, undefined);
    await store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #lane({ directory, lanes, store }: Places, repo: string): Promise<Lane> {
    const known = lanes.get(repo);
    if (known !== undefined) return known;
    const opening = Lane.open(store, repo, this.#settings);
    lanes.set(repo, opening);
    opening.catch(() => {
      lanes.delete(repo);
      directory.tellAgain(repo);
    });
    return opening;
  }

  /** Whether there was any such thing. */
  async #forgetWhatIsOver(session: Session): Promise<boolean> {
    let isAny = false;
    for (const [id, repo] of this.#awaited.all) {
      const lane = await this.#lane(session, repo).catch(() => undefined);
      if (await lane?.isOver(id).catch(() => false)) isAny = this.#awaited.delete(id) || isAny;
    }
    return isAny;
  }
}
