import { chmodSync, utimesSync } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import type { Pin, Sandbox } from './sandbox/sandbox.ts';
import { unsteady } from './system-error.ts';

const MOST_CHANGES = 100;

/** Sets the permission bits of what `path` leads to. */
export function setMode(sandbox: Sandbox, path: string, mode: number): void {
  withPin(sandbox, path, (pin) => {
    chmodSync(pin.path, mode);
  });
}

/** Sets the times of what `path` leads to. */
export function setTimes(sandbox: Sandbox, path: string, atime: Date, mtime: Date): void {
  withPin(sandbox, path, (pin) => {
    utimesSync(pin.path, atime, mtime);
  });
}

/** These calls follow links: they are given the file itself, which was seen to be none. */
function withPin(sandbox: Sandbox, path: string, work: (pin: Pin) => void): void {
  const pin = pinFile(sandbox, path);
  try {
    work(pin);
  } finally {
    pin.close();
  }
}

function pinFile(sandbox: Sandbox, path: string): Pin {
  for (let changes = 0; changes <= MOST_CHANGES; changes += 1) {
    const { place, stats } = sandbox.find(path, true);
    try {
      if (stats === undefined) throw ErrnoSignal.of('ENOENT');
      const pin = sandbox.pin(place);
      if (!pin.stats.isSymbolicLink()) return pin;
      pin.close();
    } finally {
      place.close();
    }
  }
  throw unsteady(undefined);
}
