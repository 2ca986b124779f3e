import { pause } from './pause.ts';

/** A request as Octokit's hooks see it. */
interface HookedRequest {
  readonly method: string;
  readonly url: string;
  readonly query?: unknown;
}

/** Whether a request changes something: GraphQL queries are POSTs, too. */
export function isWrite({ method, url, query }: HookedRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return !url.endsWith('/graphql') || (typeof query === 'string' && /^\s*mutation\b/.test(query));
}

/** Keeps a pause between the beginnings of things. */
export class Pace {
  readonly #pauseMs: number;
  #nextAt = 0;

  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** Resolves when it is the caller's turn, in the order of the calls. */
  async turn(signal: AbortSignal | undefined): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#pauseMs;
    if (at > now) await pause(at - now, signal);
  }
}
