import { statfsSync } from 'node:fs';
import { uptime } from 'node:os';

import { fileSystemNow } from './lock-ticket.ts';
import type { Found } from './lock-token.ts';
import { isAlive, isOfAnotherBoot } from './owner.ts';

/** How often a holder gives a sign of life. */
export const HEARTBEAT_MS: number = 2000;
/** One late heartbeat is no death. */
const LEAST_STALE_MS = 3 * HEARTBEAT_MS;

/** Numbers of statfs(2) of file systems that one running system alone can have mounted: ext, xfs, btrfs, f2fs, … */
const LOCAL = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0xca451a4e, 0x2fc12fc1, 0x3153464a, 0x01021994, 0x858458f6, 0x794c7630,
]);

/** Decides for one caller whether the holder of a lock is gone, so that the lock may be taken over. */
export class Judge {
  readonly #dir: string;
  readonly #staleMs: number | undefined;
  #isLocal: boolean | undefined;
  /** From the monotonic clock of this process to the clock of the file system. */
  #clockOffsetMs: number | undefined;

  constructor(dir: string, staleMs?: number) {
    this.#dir = dir;
    this.#staleMs = staleMs === undefined ? undefined : Math.max(staleMs, LEAST_STALE_MS);
  }

  /** Dead for certain; or nothing can be known of it from here and its last sign of life is too long ago. */
  isGone(found: Found): boolean {
    const { token } = found;
    const liveness = token === undefined ? 'unknown' : isAlive(token.owner);
    if (liveness !== 'unknown') return liveness === 'dead';
    return this.#isOfThePast(found) || this.#isStale(found.mtimeMs);
  }

  /** Left from before this system started, on a disk that no other system can use meanwhile. */
  #isOfThePast({ token, mtimeMs }: Found): boolean {
    const isOld = token === undefined ? mtimeMs < Date.now() - uptime() * 1000 : isOfAnotherBoot(token.owner);
    return isOld && (this.#isLocal ??= process.platform === 'linux' && LOCAL.has(statfsSync(this.#dir).type));
  }

  #isStale(mtimeMs: number): boolean {
    if (this.#staleMs === undefined) return false;
    this.#clockOffsetMs ??= fileSystemNow(this.#dir) - performance.now();
    return performance.now() + this.#clockOffsetMs - mtimeMs > this.#staleMs;
  }
}
