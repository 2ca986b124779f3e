import { createHash, randomBytes } from 'node:crypto';

import { ErrnoSignal } from '../errno.ts';
import { type Owner, thisOwner } from './owner.ts';

/** How every name begins that the disk keeps for itself. Without regard to case: some disks have none. */
const PREFIX = '.core-io-';
const RESERVED_NAME = /^\.core-io-/iu;
const RESERVED_IN_PATH = /(?:^|\/)\.core-io-/iu;
const TEMPORARY = /^\.core-io-(?<pid>\d+)-(?<startedAt>\d+)-(?<space>[0-9a-z]+)-[0-9a-z]+\.tmp$/u;

/** Two copies of this module in one process (threads, bundles) are told apart by it. */
const series = randomBytes(4).toString('hex');
let made = 0;

/** Whether `name` is one that the disk keeps for itself: it is in no list, walk or watch. */
export function isReserved(name: string): boolean {
  return name.startsWith('.') && RESERVED_NAME.test(name);
}

/** Refuses a normalized path that holds a reserved name with `ERR_INVALID_PATH`. */
export function refuseReserved(path: string): void {
  if (!RESERVED_IN_PATH.test(path)) return;
  throw new ErrnoSignal('ERR_INVALID_PATH', {
    hint: `Names that begin with "${PREFIX}" are kept for the disk itself.`,
  });
}

/** A name for the next temporary file of this process: it says whose it is. */
export function temporaryName(): string {
  const { pid, startedAt, space } = thisOwner();
  made += 1;
  return `${PREFIX}${String(pid)}-${startedAt}-${space}-${series}${made.toString(36)}.tmp`;
}

/** Who made the temporary file of that name; `undefined` where it is no temporary file. */
export function temporaryOwner(name: string): Owner | undefined {
  const { pid, startedAt, space } = TEMPORARY.exec(name)?.groups ?? {};
  if (pid === undefined || startedAt === undefined || space === undefined) return undefined;
  return { pid: Number(pid), startedAt, space };
}

/** The name of the lock file that stands beside `leaf`. */
export function lockName(leaf: string): string {
  return `${PREFIX}${createHash('sha256').update(leaf).digest('hex').slice(0, 16)}.lock`;
}
