import { describe, expect, it } from '@jest/globals';
import { defineMedium, DiskMedium, localMedium, type Medium, MemoryMedium, overlay, sub } from '@core/io';
import { type ConformanceCase, faulty, mediumConformance, runConformance } from '@core/io/testing';

import { makeScratch } from './support/scratch.ts';

const scratch = makeScratch();

/** The least that a medium can be made of. */
function sevenPrimitives(): Medium {
  const { driver } = new MemoryMedium();
  return defineMedium({
    stat: (path, follow) => driver.stat(path, follow),
    list: (path) => driver.list(path),
    read: (path, signal) => driver.read(path, signal),
    write: (path, bytes, options) => driver.write(path, bytes, options),
    mkdir: (path) => driver.mkdir(path),
    remove: (path) => driver.remove(path),
    rename: (from, to) => driver.rename(from, to),
  });
}

const MEDIA: Record<string, () => Medium> = {
  'a medium of seven primitives': sevenPrimitives,
  'a folder of the local medium': () => sub(localMedium(), scratch()),
  'a folder of a medium in memory': () => sub(new MemoryMedium({ 'a/b/beside': 'x' }), 'a/b/c'),
  'an overlay over memory': () => overlay(new MemoryMedium()),
  'an overlay of memory over a disk': () => overlay(new DiskMedium({ root: scratch() }), new MemoryMedium()),
  'a faulty medium with an empty plan over memory': () => faulty(new MemoryMedium()),
  'a faulty medium with an empty plan over a disk': () => faulty(new DiskMedium({ root: scratch() })),
};

/** The two lines that any runner needs. */
function loop(cases: readonly ConformanceCase[], create: () => Medium): void {
  const { capabilities } = create();
  for (const { name, requires, run } of cases) {
    (requires.every((claim) => capabilities[claim]) ? it : it.skip)(name, () => run(create), 30_000);
  }
}

describe('mediumConformance: Good: MemoryMedium', () => {
  loop(mediumConformance(), () => new MemoryMedium());
});

describe('mediumConformance: Good: DiskMedium', () => {
  loop(mediumConformance(), () => new DiskMedium({ root: scratch() }));
});

describe('runConformance: Good', () => {
  it.each(Object.keys(MEDIA))(
    'finds no fault in %s',
    async (name) => {
      const { passed, failed, skipped } = await runConformance(MEDIA[name] as () => Medium);
      expect(failed).toEqual([]);
      expect(passed.length + skipped.length).toBe(mediumConformance().length);
    },
    120_000,
  );

  it('skips what a medium does not claim, and nothing else', async () => {
    const { skipped } = await runConformance(sevenPrimitives);
    const needy = mediumConformance().filter(({ requires }) => requires.some((claim) => claim !== 'lock'));
    expect(skipped).toEqual(needy.map(({ name }) => name));
  });

  it('tells each result as it comes, in the order of the suite', async () => {
    const told: string[] = [];
    const cases = mediumConformance().slice(0, 20);
    await runConformance(sevenPrimitives, { cases, onResult: ({ name, outcome }) => told.push(`${outcome} ${name}`) });
    expect(told).toEqual(cases.map(({ name }) => `passed ${name}`));
  });
});

describe('mediumConformance: Bad', () => {
  it('has at least 107 behaviours, each with a name of its own that begins with a method', () => {
    const names = mediumConformance().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(107);
    expect(new Set(names).size).toBe(names.length);
    const members = [...Object.getOwnPropertyNames(Object.getPrototypeOf(sevenPrimitives())), 'capabilities'];
    for (const name of names) expect(members).toContain(/^\w+/.exec(name)?.[0]);
  });

  it('passes nothing but checks of arguments on a medium that refuses everything', async () => {
    const refuse = (): never => {
      throw Object.assign(new Error('refused'), { code: 'EIO' });
    };
    const create = (): Medium =>
      defineMedium({
        ...{ stat: refuse, list: refuse, read: refuse, write: refuse },
        ...{ mkdir: refuse, remove: refuse, rename: refuse },
      });
    const { passed, failed } = await runConformance(create, { timeoutMs: 1_000 });
    expect(failed.filter(({ error }) => String(error).includes('did not end'))).toEqual([]);
    // what is known before, or without, any primitive
    const derived = /TypeError|RangeError|ENAMETOOLONG|ERR_INVALID_PATH|the root|^lock|^capabilities|both paths/;
    expect(passed.filter((name) => !derived.test(name))).toEqual([]);
    expect(passed.length).toBeLessThan(mediumConformance().length / 5);
  });

  it('fails a case that never ends, and goes on', async () => {
    const { driver } = new MemoryMedium();
    const never = new Promise<never>(() => undefined);
    const cases = mediumConformance().filter(({ name }) => /^(read\(\) gives|exists\(\) is true)/.test(name));
    const create = (): Medium => defineMedium({ ...driver, read: () => never });
    const { passed, failed } = await runConformance(create, { timeoutMs: 500, cases });
    expect(failed.map(({ name }) => name)).toContain('read() gives the whole file as text');
    expect(String(failed[0]?.error)).toBe('Error: The case did not end within 500 ms');
    expect(passed).toEqual(['exists() is true for a file, a directory and the root']);
  });

  it('disposes of every medium that can be disposed of, also where a case fails', async () => {
    let [made, disposed] = [0, 0];
    const dispose = (): Promise<void> => Promise.resolve(void (disposed += 1));
    const create = (): Medium => {
      made += 1;
      const { driver } = new MemoryMedium();
      const medium = defineMedium({ ...driver, remove: () => undefined });
      return Object.assign(medium, { [Symbol.asyncDispose]: dispose });
    };
    const cases = mediumConformance().filter(({ name }) => name.startsWith('delete()'));
    const { failed } = await runConformance(create, { cases });
    expect(failed.length).toBeGreaterThan(0);
    expect([made, disposed]).toEqual([cases.length + 1, cases.length + 1]);
  });

  it('rejects where no medium can be made', async () => {
    const reason = new Error('no connection');
    await expect(runConformance(() => Promise.reject(reason))).rejects.toBe(reason);
  });
});
