import { lstatSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from '@jest/globals';

import { ErrnoSignal } from '@core/io';
import { needs } from '@core/tooling/needs';

import { setMode } from '../../src/disk/attributes.ts';
import { CheckedDirectory } from '../../src/disk/sandbox/checked-path.ts';
import { DescriptorDirectory } from '../../src/disk/sandbox/descriptor-walk.ts';
import type { Directory } from '../../src/disk/sandbox/directory.ts';
import { Trail } from '../../src/disk/sandbox/trail.ts';
import { type Guard, WalkingSandbox } from '../../src/disk/sandbox/walking-sandbox.ts';
import { newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

/** A guard that meets another thing than what was seen a moment before, at every look. */
const unlucky: Guard = {
  strength: 'checked',
  openRoot: (root) => new Swapped(root),
  open() {
    throw new ErrnoSignal('ELOOP');
  },
  pin: ({ path }) => ({ path, stats: lstatSync(`${path}-link`), close: () => undefined }),
  realPath: ({ path }) => path,
};

class Swapped extends CheckedDirectory {
  override enter(): Directory {
    throw new ErrnoSignal('ENOTDIR');
  }
}

describe('WalkingSandbox: names that are another thing at every look', () => {
  const BUSY = expect.objectContaining({
    code: 'EBUSY',
    hint: 'Another process keeps changing what stands there.',
  });

  it('Ugly: are refused with EBUSY in the end', () => {
    const root = newFolder();
    mkdirSync(`${root}/d`);
    writeFileSync(`${root}/f`, 'x');
    symlinkSync('f', `${root}/f-link`);
    const sandbox = new WalkingSandbox(root, unlucky);
    expect(() => sandbox.open('f', 0)).toThrow(BUSY);
    expect(() => sandbox.locate('d/f')).toThrow(BUSY);
    expect(() => {
      setMode(sandbox, 'f', 0o600);
    }).toThrow(BUSY);
  });
});

describe('Trail', () => {
  const down = Array.from({ length: 100 }, (_, i) => `d${String(i)}`);

  needs('linux')('Good: goes down and back up with few descriptors', () => {
    const root = newFolder();
    mkdirSync(`${root}/${down.join('/')}`, { recursive: true });
    const base = DescriptorDirectory.open(root, 0);
    const before = readdirSync('/proc/self/fd').length;
    const trail = new Trail(base);
    for (const name of down) trail.down(name);
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 50);
    for (const name of down.toReversed()) {
      expect(readdirSync(trail.end.path)).toEqual(
        down[down.indexOf(name) + 1] === undefined ? [] : [down[down.indexOf(name) + 1]],
      );
      expect(trail.up()).toBe(true);
    }
    expect(trail.up()).toBe(false);
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    base.close();
    base.close();
  });

  needs('linux')('Ugly: refuses to go back up a way that was moved', () => {
    const root = newFolder();
    mkdirSync(`${root}/${down.join('/')}`, { recursive: true });
    const base = DescriptorDirectory.open(root, 0);
    const before = readdirSync('/proc/self/fd').length;
    const trail = new Trail(base);
    for (const name of down) trail.down(name);
    renameSync(`${root}/d0`, `${root}/elsewhere`);
    const climb = (): void => {
      while (trail.up());
    };
    expect(climb).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    base.close();
  });
});
