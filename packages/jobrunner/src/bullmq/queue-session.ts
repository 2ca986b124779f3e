import { unlessAborted } from '@core/io';

import { within } from '../dispatch/within.ts';
import type { Handover, Job, JobRunner } from '../dispatcher.ts';
import { answered } from './answered.ts';
import { Awaited } from './awaited.ts';
import { Bell } from './bell.ts';
import { Directory } from './directory.ts';
import { idOf, Lane } from './lane.ts';
import { openStore } from './open-store.ts';
import type { BullmqSettings } from './options.ts';
import { Shift } from './shift.ts';
import type { Store } from './store.ts';

/** How soon is asked again whether others have done what is awaited. */
const ASK_AGAIN_MS = 200;
/** So long a queue may take to be told how the last jobs ended, and then to let go of what it has open. */
const LETTING_GO_MS = 1000;
/** So long a store may take to be opened, tables made and all. */
const OPENING_MS = 60_000;

/** How a session ends. */
export interface SessionEnd {
  readonly graceMs: number;
  readonly reason: unknown;
}

interface Parts {
  readonly settings: BullmqSettings;
  readonly store: Store;
  readonly directory: Directory;
  readonly run: JobRunner;
}

/** What a dispatcher does between start and close. */
export class QueueSession {
  readonly #settings: BullmqSettings;
  readonly #store: Store;
  readonly #directory: Directory;
  readonly #lanes = new Map<string, Promise<Lane>>();
  readonly #awaited = new Awaited();
  readonly #ends = new Bell();
  readonly #stop = new AbortController();
  readonly #shift: Shift;
  /** Settles when nothing more is begun. */
  readonly #working: Promise<void>;
  readonly #over: Promise<void>;
  #setOver = (): void => undefined;

  private constructor({ settings, store, directory, run }: Parts) {
    this.#settings = settings;
    this.#store = store;
    this.#directory = directory;
    this.#over = new Promise((resolve) => (this.#setOver = resolve));
    this.#shift = new Shift({
      ...{ settings, run, lanes: this.#lanes, stop: this.#stop.signal, awaited: this.#awaited },
      discover: () => this.#discover(),
      onEnded: (id) => {
        if (id !== undefined) this.#awaited.delete(id);
        this.#ends.ring();
      },
    });
    this.#working = this.#shift.work();
  }

  /**
   * Connects, and begins to work.
   *
   * @throws `ERR_JOBRUNNER_QUEUE_FAILED`; the reason of the signal. Nothing is left open then.
   */
  static async open(settings: BullmqSettings, run: JobRunner, signal: AbortSignal): Promise<QueueSession> {
    const given = new AbortController();
    const opening = partsOf({ settings, run, signal: AbortSignal.any([signal, given.signal]) });
    const question = { id: settings.name, what: 'open it', timeoutMs: OPENING_MS, signal, ask: () => opening };
    try {
      return new QueueSession(await answered(question));
    } catch (error) {
      given.abort(error);
      await opening.then(({ store }) => store.close()).catch(() => undefined);
      throw error;
    }
  }

  /** @throws `ERR_JOBRUNNER_QUEUE_FAILED` where the queue does not answer within a lease; the reason of `close`. */
  async dispatch(job: Job): Promise<Handover> {
    const { name: id, leaseMs: timeoutMs } = this.#settings;
    const { signal } = this.#stop;
    const ask = async (): Promise<Handover> => {
      const [lane] = await Promise.all([this.#lane(job.repo), this.#directory.enter(job.repo)]);
      return lane.put(job);
    };
    const handover = await answered({ id, what: `put ${job.handler} into it`, timeoutMs, signal, ask });
    if (handover.isTaken) this.#awaited.add(idOf(job), job.repo);
    if (handover.outcome !== undefined) this.#awaited.delete(idOf(job));
    this.#shift.wake(handover.isTaken ? job.repo : undefined);
    return handover;
  }

  /** Resolves when all that this process put into the queue is done, by whomever, and nothing runs here; or it is closed. */
  async idle(): Promise<void> {
    await Promise.race([this.#over, this.#isIdle()]);
  }

  /** Waits for handlers as long as it is told, and for the queue a moment: one that is not reached answers nothing. */
  async close({ graceMs, reason }: SessionEnd): Promise<void> {
    this.#stop.abort(reason);
    this.#shift.wake();
    this.#ends.ring();
    await within(this.#shift.handled(), graceMs, undefined);
    const told = this.#working.then(() => this.#shift.told()).then(() => true);
    const hasAnswered = await within(told, LETTING_GO_MS, false);
    const lanes = [...this.#lanes.values()].map(async (lane) => (await lane).close());
    const parted = Promise.allSettled([...lanes, this.#directory.close()]);
    if (hasAnswered) await within(parted, LETTING_GO_MS, undefined);
    await this.#store.close();
    this.#setOver();
  }

  async #discover(): Promise<void> {
    for (const repo of await this.#directory.newcomers()) this.#lane(repo).catch(() => undefined); // it is told of again
  }

  #lane(repo: string): Promise<Lane> {
    const known = this.#lanes.get(repo);
    if (known !== undefined) return known;
    const opening = Lane.open(this.#store, repo, this.#settings);
    this.#lanes.set(repo, opening);
    opening.catch(() => {
      this.#lanes.delete(repo);
      this.#directory.tellAgain(repo);
    });
    return opening;
  }

  async #isIdle(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const { running } = this.#shift;
      if (this.#awaited.isEmpty && running.length === 0) return;
      await Promise.all(running);
      if (!(await this.#forgetWhatIsOver())) await this.#ends.wait(ASK_AGAIN_MS);
    }
  }

  /** Whether there was any such thing. */
  async #forgetWhatIsOver(): Promise<boolean> {
    let isAny = false;
    for (const [id, repo] of this.#awaited.all) {
      const lane = await this.#lane(repo).catch(() => undefined);
      if (await lane?.isOver(id).catch(() => false)) isAny = this.#awaited.delete(id) || isAny;
    }
    return isAny;
  }
}

interface Opening {
  readonly settings: BullmqSettings;
  readonly run: JobRunner;
  readonly signal: AbortSignal;
}

async function partsOf({ settings, run, signal }: Opening): Promise<Parts> {
  const store = await openStore(settings, signal);
  try {
    return { settings, run, store, directory: await unlessAborted(Directory.open(store, settings), signal) };
  } catch (error) {
    await store.close();
    throw error;
  }
}
