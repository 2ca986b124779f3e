import { randomBytes } from 'node:crypto';

/**
 * The variable that marks everything a process starts: on Linux the environment of every process can be read, and it
 * is handed down also to those that leave the process group.
 */
export const COOKIE_NAME = 'CORE_PROCESS_COOKIE';

/** Marks of programs inside one another are all kept: the outer one ends what the inner one started. */
const SEPARATOR = ':';

/** How a process is tied to its program: ended with it, ended only by its service, or let go. */
export type Tie = 'guarded' | 'unguarded' | 'detached';

/** The marks that a service gives to its processes. */
export class CookieJar {
  readonly #id: string = randomBytes(8).toString('hex');

  /** What the marks of all begin with that end with the service. */
  get all(): string {
    return `${this.#id}.`;
  }

  /** What the marks of those begin with that are also ended when this program ends. */
  get guarded(): string {
    return `${this.all}guarded.`;
  }

  /** The mark of one process. */
  markOf(id: string, tie: Tie): string {
    return tie === 'detached' ? `${this.#id}-detached.${id}` : `${this.all}${tie}.${id}`;
  }
}

/** The value of the variable for a process with this mark, below a program with `outer` marks. */
export function cookieValue(outer: string | undefined, mark: string): string {
  return outer === undefined || outer === '' ? mark : `${outer}${SEPARATOR}${mark}`;
}

/** Whether a value of the variable has this mark; one that ends with a dot is the beginning of marks. */
export function hasMark(value: string, mark: string): boolean {
  return value.split(SEPARATOR).some((one) => (mark.endsWith('.') ? one.startsWith(mark) : one === mark));
}
