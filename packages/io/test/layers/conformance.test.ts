import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineMedium, DiskMedium, driverOf, type Medium, MemoryMedium, overlay, sub } from '@core/io';
import { runConformance } from '@core/io/testing';
import { afterAll, describe, expect, it } from '@jest/globals';

import { foreign } from './support/foreign.ts';

const root = mkdtempSync(join(tmpdir(), 'core-io-layers-'));
let made = 0;

function disk(): DiskMedium {
  made += 1;
  return new DiskMedium({ root: join(root, String(made)) });
}

/** Whiteouts and opaque directories lie under most names that the cases use. */
async function deleted(base: Medium, top?: Medium): Promise<Medium> {
  for (const name of ['a', 'b', 'c', 'd', 'f', 'link', 'new', 'old', 'missing'])
    await base.write(`${name}/f/x`, 'below');
  await base.write('e', 'file');
  const medium = overlay(base, top);
  for (const { path } of await medium.list('')) await medium.deleteAll(path);
  return medium;
}

async function reopened(): Promise<Medium> {
  const [base, top] = [new MemoryMedium(), new MemoryMedium()];
  await deleted(base, top);
  return overlay(base, top);
}

const MEDIA: Record<string, () => Medium | Promise<Medium>> = {
  'sub() of a folder that is missing': () => sub(new MemoryMedium(), 'a/b'),
  'sub() of a folder beside others': () => sub(new MemoryMedium({ a: { b: {}, f: 'x' }, c: {} }), 'a/b'),
  'sub() of a folder behind a link': async () => {
    const medium = new MemoryMedium({ a: {} });
    await medium.symlink('a', 'link');
    return sub(medium, 'link/b');
  },
  'sub() of a disk': () => sub(disk(), 'a/b'),
  'sub() of a foreign medium': () => sub(foreign(new MemoryMedium()), 'a'),
  'sub() of an overlay': () => sub(overlay(new MemoryMedium({ a: {} })), 'a'),
  'overlay() over nothing': () => overlay(new MemoryMedium()),
  'overlay() over what was all deleted': () => deleted(new MemoryMedium()),
  'overlay() that was opened again': reopened,
  'overlay() of memory over a disk': () => deleted(disk()),
  'overlay() of a disk over a disk': () => deleted(disk(), disk()),
  'overlay() of foreign media': () => overlay(foreign(new MemoryMedium()), foreign(new MemoryMedium())),
  'overlay() over an overlay': () => overlay(overlay(new MemoryMedium())),
  'driverOf() of a foreign medium': () => defineMedium(driverOf(foreign(new MemoryMedium()))),
};

afterAll(() => {
  rmSync(root, { recursive: true });
});

describe('layers', () => {
  describe('Good', () => {
    it.each(Object.entries(MEDIA))(
      '%s keeps the whole contract of a medium',
      async (_title, create) => {
        const { failed, passed } = await runConformance(create);
        expect(failed.map(({ name, error }) => `${name}: ${String(error)}`)).toEqual([]);
        expect(passed.length).toBeGreaterThan(300);
      },
      180_000,
    );
  });
});
