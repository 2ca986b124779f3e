import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DefinedMedium, DiskMedium, type EscapeAttempt, type Medium, normalizePath } from '@core/io';

import { diskDriver } from '../../../src/disk/disk-driver.ts';
import { refuseReserved } from '../../../src/disk/reserved.ts';
import { checkedSandbox } from '../../../src/disk/sandbox/checked-path.ts';

/** What both guards tell of an attempt. */
type Told = Pick<EscapeAttempt, 'op' | 'path' | 'link' | 'target'>;

/** A way to make a disk medium that guards its root. */
export interface Disk {
  readonly name: string;
  readonly create: (root: string, onEscape?: (attempt: Told) => void) => Medium;
}

/** The guard of other systems, which works on every one. */
const checked: Disk = {
  name: 'DiskMedium with checked paths',
  create(root, onEscape) {
    return new DefinedMedium(
      diskDriver({
        sandbox: checkedSandbox(root),
        normalize(path) {
          const normalized = normalizePath(path);
          refuseReserved(normalized);
          return normalized;
        },
        onEscape(op, path, { link, target }) {
          onEscape?.({ op, path, link, target });
        },
      }),
    );
  },
};

/** The guard of this system first. */
export const disks: readonly Disk[] = [
  {
    name: 'DiskMedium',
    create: (root, onEscape) => new DiskMedium(onEscape === undefined ? { root } : { root, onEscape }),
  },
  checked,
];

const made: string[] = [];

/** A new directory, real path; {@link removeFolders} removes it. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'core-io-')));
  made.push(folder);
  return folder;
}

/** For `afterEach`. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) {
    allow(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whoever is not root removes from a folder only what the folder lets be removed. */
function allow(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) allow(join(folder, entry.name));
  }
}
