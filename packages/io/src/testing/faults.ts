import { onAbort } from '../abort.ts';
import type { Awaitable } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { CountedFault, type Fault, type FaultCall, type FaultPlan } from './fault-plan.ts';

/** What a primitive does: whole, or, for one that writes, only with the first bytes. */
export interface FaultableWork<T> {
  readonly whole: () => Awaitable<T>;
  readonly torn?: (bytes: number) => Awaitable<unknown>;
  /** Closes what was opened, where a crash keeps it from its caller. */
  readonly letGo?: (result: T) => Awaitable<unknown>;
  readonly signal?: AbortSignal | undefined;
}

function crashed(): ErrnoSignal {
  return new ErrnoSignal('ERR_CRASHED', {
    hint: 'The plan of faulty() has it: look at what is left in the medium inside.',
  });
}

/** The plan at work: lets every call of a primitive through, late, in part or not at all, and remembers it. */
export class Faults {
  readonly calls: FaultCall[] = [];
  readonly #faults: readonly CountedFault[];
  readonly #open = new Set<() => Awaitable<unknown>>();
  #crashed = false;

  constructor(plan: FaultPlan) {
    this.#faults = plan.map((fault) => new CountedFault(fault));
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** Does the work as the plan has it. */
  async run<T>(call: FaultCall, work: FaultableWork<T>): Promise<T> {
    this.assertAlive();
    this.calls.push(call);
    const met = this.#faults.filter((fault) => fault.meets(call)).map(({ fault }) => fault);
    for (const fault of met) await wait(fault, call, work.signal);
    this.assertAlive();
    const refusal = met.find(({ error, crash, tornBytes }) => error ?? crash ?? tornBytes !== undefined);
    if (refusal !== undefined) return this.#refuse(refusal, work);
    const result = await work.whole();
    if (this.#crashed) await work.letGo?.(result);
    this.assertAlive();
    return result;
  }

  assertAlive(): void {
    if (this.#crashed) throw crashed();
  }

  /** A file, a lock or the like is open: a crash lets go of it, as the end of a process does. */
  opened(letGo: () => Awaitable<unknown>): { closed: () => boolean } {
    this.#open.add(letGo);
    return { closed: () => this.#open.delete(letGo) };
  }

  async #refuse<T>({ error = 'EIO', crash, tornBytes }: Fault, work: FaultableWork<T>): Promise<never> {
    if (tornBytes !== undefined) await work.torn?.(tornBytes);
    if (crash === undefined) throw new ErrnoSignal(error, { hint: 'The plan of faulty() has it.' });
    if (crash === 'after' && tornBytes === undefined) {
      const result = await (async () => work.whole())().catch(() => undefined); // refused or not, it crashes
      if (result !== undefined) await work.letGo?.(result);
    }
    await this.#crash();
    throw crashed();
  }

  async #crash(): Promise<void> {
    this.#crashed = true;
    const open = [...this.#open];
    this.#open.clear();
    await Promise.allSettled(open.map((letGo) => letGo()));
  }
}

async function wait({ hold, latencyMs }: Fault, call: FaultCall, signal: AbortSignal | undefined): Promise<void> {
  if (hold !== undefined) await orAborted(Promise.resolve(typeof hold === 'function' ? hold(call) : hold), signal);
  if (latencyMs === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, latencyMs);
  });
  try {
    await orAborted(late, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until the promise is settled, however; rejects with the signal's reason when that comes first. */
async function orAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => {
      // the caller's own reason passes through, whatever it is
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as above
      reject(signal?.reason);
    });
  });
  try {
    await Promise.race([
      promise.then(
        () => undefined,
        () => undefined,
      ),
      aborted,
    ]);
  } finally {
    forget();
  }
}
