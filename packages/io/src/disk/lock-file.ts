import { readdirSync, renameSync } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import type { Judge } from './lock-judge.ts';
import { markerName, markerPrefix } from './lock-name.ts';
import { removeName, Ticket } from './lock-ticket.ts';
import { type Found, readToken } from './lock-token.ts';
import { errorCode } from './system-error.ts';

/** More dead takers one behind the other than ever were: such files were made by hand. */
const DEEPEST = 32;

/** What became of a lock that was to be given back: `busy` where a taker is about it and it must be asked again. */
export type Release = 'released' | 'lost' | 'busy';

/**
 * The lock of one name, as files in its directory. Every step is one call of POSIX, so that a process may be killed
 * between any two of them, and no two can win:
 *
 * - The lock is held by the token in the lock file. A token is put there whole, by `link`, and only where no file is.
 * - It is replaced or taken away only under its marker: a file named after the token, made by `link`, so that one
 *   process alone has it. That one looks again; if the file still holds the token it may go on, else it drops the marker.
 * - So two takers cannot both displace the token T of a dead holder: the second has the marker of T only after the first
 *   dropped it, or moved it over the lock file. Then the file does not hold T, and never will again: a token is used once.
 * - A taker moves its marker, which holds its own token, over the lock file: the lock changes hands and the marker is
 *   gone in one step. Killed before it, the taker leaves a marker with a dead token; killed after it, a dead lock.
 * - A marker with a dead token is taken away by the same rule, under the marker of that token, and so on. There is no
 *   circle: whoever made a marker lived when the owner of the token that it names was dead.
 * - The holder gives back by the same rule, with a new token, so that it cannot take away what a taker put there.
 */
export class LockFile {
  readonly #dir: string;
  readonly #name: string;
  readonly #judge: Judge;

  /** `name` is that of a lock file, or of a marker. */
  constructor(dir: string, name: string, judge: Judge) {
    this.#dir = dir;
    this.#name = name;
    this.#judge = judge;
  }

  get path(): string {
    return this.#at(this.#name);
  }

  /** A ticket of this process in the lock's directory. */
  ticket(): Ticket {
    return new Ticket(this.#dir);
  }

  /** Takes the lock if it is free or its holder is gone: the ticket is the caller's to close. */
  attempt(): Ticket | undefined {
    const holder = readToken(this.path);
    if (holder !== undefined && !this.#judge.isGone(holder)) return undefined;
    const ticket = new Ticket(this.#dir);
    let isHeld = false;
    try {
      isHeld = holder === undefined ? ticket.linkTo(this.path) : this.#takeOver(ticket, holder);
    } finally {
      ticket.drop();
      if (!isHeld) ticket.close();
    }
    return isHeld ? ticket : undefined;
  }

  /** Takes the file away if it holds the token `id`, with a ticket that stays the caller's. */
  release(id: string, ticket: Ticket): Release {
    if (readToken(this.path)?.id !== id) return 'lost';
    if (this.#discard(ticket, this.#name, id)) return 'released';
    return readToken(this.path)?.id === id ? 'busy' : 'lost';
  }

  /**
   * As {@link release}, without a marker, for which there is no room: a file system may count names (tmpfs does). Only
   * for the holder, while it holds: a taker would need a marker, too, and leaves one alone that lives.
   */
  releaseBare(id: string): Release {
    if (readToken(this.path)?.id !== id) return 'lost';
    removeName(this.path);
    return 'released';
  }

  /** Takes the file away if its holder is gone. */
  clear(): void {
    const holder = readToken(this.path);
    if (holder === undefined || !this.#judge.isGone(holder)) return;
    const ticket = new Ticket(this.#dir);
    try {
      this.release(holder.id, ticket);
    } finally {
      ticket.discard();
    }
  }

  #at(name: string): string {
    return `${this.#dir}/${name}`;
  }

  #takeOver(ticket: Ticket, holder: Found): boolean {
    const marker = this.#claim(ticket, this.#name, holder.id);
    if (marker === undefined) return false;
    try {
      renameSync(marker, this.path);
    } catch (error) {
      removeName(marker);
      const hint = `The holder of ${this.#name} is gone, but this process may not replace the file.`;
      throw new ErrnoSignal(errorCode(error) ?? 'EIO', { hint, cause: error });
    }
    this.#sweep();
    return true;
  }

  /** Wins the right to change the file `name` while it holds the token `id`: the path of the marker, or `undefined`. */
  #claim(ticket: Ticket, name: string, id: string, depth = 0): string | undefined {
    const marker = markerName(this.#name, id);
    const path = this.#at(marker);
    if (!ticket.linkTo(path) && !(this.#discardDead(ticket, marker, depth) && ticket.linkTo(path))) return undefined;
    let isOurs = false;
    try {
      isOurs = readToken(this.#at(name))?.id === id;
    } finally {
      if (!isOurs) removeName(path);
    }
    return isOurs ? path : undefined;
  }

  #discardDead(ticket: Ticket, marker: string, depth: number): boolean {
    const claimant = readToken(this.#at(marker));
    if (claimant === undefined || depth === DEEPEST || !this.#judge.isGone(claimant)) return false;
    return this.#discard(ticket, marker, claimant.id, depth + 1);
  }

  /** Takes the file `name` away if it holds the token `id` and nobody else is about it. */
  #discard(ticket: Ticket, name: string, id: string, depth = 0): boolean {
    const marker = this.#claim(ticket, name, id, depth);
    if (marker === undefined) return false;
    try {
      removeName(this.#at(name));
    } finally {
      removeName(marker);
    }
    return true;
  }

  /** Takes away markers that killed takers left. The lock is held by now: what goes wrong here must not lose it. */
  #sweep(): void {
    const prefix = markerPrefix(this.#name);
    try {
      for (const name of readdirSync(this.#dir)) {
        if (name.startsWith(prefix)) new LockFile(this.#dir, name, this.#judge).clear();
      }
    } catch {
      // the next taker tries again
    }
  }
}
