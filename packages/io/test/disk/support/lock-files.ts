import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeToken, newToken, type Token } from '../../../src/disk/lock-token.ts';
import { markerName } from '../../../src/disk/lock-name.ts';
import { type Owner, thisOwner } from '../../../src/disk/owner.ts';
import { lockName } from '../../../src/disk/reserved.ts';

/** A process that has ended. */
export function deadOwner(): Owner {
  return { ...thisOwner(), pid: spawnSync('true').pid, startedAt: '1' };
}

/** A process of another container of this machine. */
export function strangeOwner(): Owner {
  return { ...thisOwner(), space: `${thisOwner().space.slice(0, 8)}00000000` };
}

export function tokenOf(owner: Owner): Token {
  return { ...newToken(), owner };
}

/** Puts a lock file by hand, or with `about` the marker for that token. */
export function putToken(folder: string, leaf: string, token: Token, about?: Token): string {
  const name = about === undefined ? lockName(leaf) : markerName(lockName(leaf), about.id);
  const path = join(folder, name);
  writeFileSync(path, encodeToken(token));
  return path;
}

/** Makes a file as old as that. */
export function age(path: string, ageMs: number): void {
  const then = new Date(Date.now() - ageMs);
  utimesSync(path, then, then);
}

/** The files of locks in a folder. */
export function lockFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('.core-io-'));
}
