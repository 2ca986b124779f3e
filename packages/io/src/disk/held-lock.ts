import { writeSync } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import type { Lock } from '../medium.ts';
import type { LockFile, Release } from './lock-file.ts';
import { HEARTBEAT_MS } from './lock-judge.ts';
import type { Ticket } from './lock-ticket.ts';
import { encodeToken } from './lock-token.ts';
import { delayMs, pause } from './lock-wait.ts';
import { errorCode } from './system-error.ts';

/** How often the lock file is looked at while a taker is about it, which takes a living one a moment. */
const MOST_LOOKS = 100;

/** No room for a name more. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** What a holder has in hand. */
export interface Tickets {
  /** Its token is in the lock file. */
  readonly held: Ticket;
  /** To give back with: it was written beforehand, so that a disk which is full by then cannot keep the lock. */
  readonly spare: Ticket;
}

/** The lock of a lock file, from the moment that it holds the token of a ticket. */
export class HeldLock implements Lock {
  readonly #file: LockFile;
  readonly #tickets: Tickets;
  readonly #letGo: () => void;
  readonly #heart: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  /** `letGo` is called once the file is given back. */
  constructor(file: LockFile, tickets: Tickets, letGo: () => void) {
    this.#file = file;
    this.#tickets = tickets;
    this.#letGo = letGo;
    this.#heart = setInterval(() => {
      this.#beat();
    }, HEARTBEAT_MS);
    this.#heart.unref();
  }

  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.catch(() => undefined);
    this.#closing = this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#heart);
    // first, as some systems keep the name of a file that is open
    this.#tickets.held.close();
    try {
      await this.#release();
    } finally {
      this.#tickets.spare.discard();
      this.#letGo();
    }
  }

  async #release(): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const release = this.#releaseOnce();
      if (release === 'released') return;
      if (release === 'lost') break;
      await pause(this.#file.path, delayMs(look), undefined);
    }
    const hint = 'Another process did what the lock should have kept it from, or the lock file was deleted.';
    throw new ErrnoSignal('ERR_LOCK_LOST', { hint });
  }

  #releaseOnce(): Release {
    const { held, spare } = this.#tickets;
    try {
      return this.#file.release(held.token.id, spare);
    } catch (error) {
      if (!FULL.has(errorCode(error) ?? '')) throw error;
      return this.#file.releaseBare(held.token.id);
    }
  }

  /**
   * The same bytes at the same place give the file a new time by the clock of its file system. By descriptor: when the
   * lock was taken over, the file of the taker is not touched.
   */
  #beat(): void {
    try {
      const { fd, token } = this.#tickets.held;
      writeSync(fd, encodeToken(token), 0);
    } catch {
      // a full or lost disk: closing will tell
    }
  }
}
