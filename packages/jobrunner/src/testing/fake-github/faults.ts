import { type MatchedRequest, matchesRequest, type FakeRequestMatch } from './request-log.ts';

/** Whether the fake does what it is asked before it fails: a mutation that is done, and whose answer is lost. */
interface Afterwards {
  readonly afterwards?: boolean | undefined;
}

/** What can go wrong with a request. */
export type FakeFault =
  /** An answer of this status, such as 500, 502 or 401. */
  | ({
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** The whole body, instead of one that GitHub would send. */
      readonly json?: unknown;
    } & Afterwards)
  /** Too much at once: 403, or 429, with `retry-after`. */
  | { readonly kind: 'secondary-limit'; readonly status?: 403 | 429; readonly retryAfterSeconds?: number }
  /** The hour's points are used up: 403 of REST; 200 with an error of GraphQL. */
  | { readonly kind: 'primary-limit'; readonly resetInSeconds?: number }
  /** The connection breaks: before the answer, or in the middle of it. */
  | ({ readonly kind: 'cut'; readonly where?: 'before' | 'middle' } & Afterwards)
  /** There is never an answer; the connection stays. */
  | ({ readonly kind: 'hang' } & Afterwards)
  /** The answer comes when the test says so. */
  | ({ readonly kind: 'delay'; readonly until: Promise<unknown> } & Afterwards)
  /**
   * GraphQL: the fields with these response paths (`r0.pullRequests.nodes.3`) are null, with an error for each, beside
   * the data of all others.
   */
  | {
      readonly kind: 'partial';
      readonly paths: readonly (string | RegExp)[];
      readonly type?: string;
      readonly message?: string;
    };

/** Which requests a fault strikes. */
export interface FakeFaultOptions extends FakeRequestMatch {
  /** How many; one unless it is given. */
  readonly times?: number | undefined;
}

/** A fault that waits, or strikes. */
export interface FakeFaultHandle {
  /** How many requests it has struck. */
  readonly hits: number;
  /** Resolves when it strikes for the first time. */
  readonly struck: Promise<void>;
  /** It strikes no more. */
  remove(): void;
}

class Planned implements FakeFaultHandle {
  readonly fault: FakeFault;
  readonly match: FakeRequestMatch;
  readonly struck: Promise<void>;
  #strike: () => void = () => undefined;
  #left: number;
  #hits = 0;

  constructor(fault: FakeFault, { times = 1, ...match }: FakeFaultOptions) {
    if (!(times >= 1)) throw new RangeError(`times must be 1 or more, it is ${String(times)}`);
    this.fault = fault;
    this.match = match;
    this.#left = times;
    this.struck = new Promise((resolve) => (this.#strike = resolve));
  }

  get hits(): number {
    return this.#hits;
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }

  hit(): FakeFault {
    this.#left--;
    this.#hits++;
    this.#strike();
    return this.fault;
  }

  remove(): void {
    this.#left = 0;
  }
}

/** The faults that wait for their request, in the order in which they were planned. */
export class FaultPlan {
  #planned: readonly Planned[] = [];

  add(fault: FakeFault, options: FakeFaultOptions): FakeFaultHandle {
    const planned = new Planned(fault, options);
    this.#planned = [...this.#planned, planned];
    return planned;
  }

  /** The fault that strikes this request, if one does. */
  strike(request: MatchedRequest): FakeFault | undefined {
    this.#planned = this.#planned.filter(({ isOver }) => !isOver);
    return this.#planned.find(({ fault, match }) => isFor(fault, request) && matchesRequest(request, match))?.hit();
  }
}

/** Only GraphQL knows partial data. */
function isFor(fault: FakeFault, { path }: MatchedRequest): boolean {
  return fault.kind !== 'partial' || path === '/graphql';
}
