import { type Medium, MemoryMedium, overlay, sub } from '@core/io';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { anyOperation, type Operation, outcomeOf, settle, type World } from '../support/operations.ts';

/** Another run of thousands: `CORE_MODEL_SEED=7 CORE_MODEL_RUNS=2000`. */
const seed = Number(process.env['CORE_MODEL_SEED'] ?? 20_240_229);
const numRuns = Number(process.env['CORE_MODEL_RUNS'] ?? 150);

const operations = fc.array(anyOperation, { maxLength: 60, size: 'max' });
const parameters = { seed, numRuns, interruptAfterTimeLimit: 100_000 };

function worldOf(medium: Medium): World {
  const same = (target: string): string => target;
  return { medium, absolute: same, relative: same, held: new Map() };
}

/** All there is to know of a tree, but for times. */
async function treeOf(medium: Medium, below = ''): Promise<unknown[]> {
  const tree: unknown[] = [];
  for (const { path, kind } of await medium.list(below)) {
    const { mode } = await medium.stat(path, { follow: false });
    if (kind === 'symlink') tree.push([path, kind, await medium.readLink(path)]);
    else if (kind === 'dir') tree.push([path, kind, mode], ...(await treeOf(medium, path)));
    else tree.push([path, kind, mode, Buffer.from(await medium.readBytes(path)).toString('latin1')]);
  }
  return tree;
}

/** Every bit of it. */
async function bitsOf(medium: Medium): Promise<unknown[]> {
  const bits: unknown[] = [await treeOf(medium), await medium.stat('')];
  for await (const { path } of medium.walk('')) bits.push(await medium.stat(path, { follow: false }));
  return bits;
}

async function populated(): Promise<MemoryMedium> {
  const medium = new MemoryMedium({ 'b.d': {}, d2: { a: { 'b/c': 'deep' }, b: 'x' } });
  await settle(worldOf(medium));
  await medium.write('a/b/a', 'below', { mode: 0o711 });
  await medium.ensureDir('a/b/b/c');
  await medium.chmod('a/b', 0o700);
  await medium.chmod('', 0o750);
  return medium;
}

let counted = 0;

async function sameSteps(steps: readonly Operation[], [one, other]: readonly [World, World]): Promise<void> {
  for (const [at, operation] of steps.entries()) {
    const step = `step ${String(at)}: ${operation.title}`;
    expect({ step, outcome: await outcomeOf(operation, one) }).toEqual({
      step,
      outcome: await outcomeOf(operation, other),
    });
    counted += 1;
  }
  for (const handle of [...one.held.values(), ...other.held.values()]) await handle.close();
}

type Stand = readonly [kind: unknown, ...rest: unknown[]];

/** The differences of two trees, without looking at how an overlay finds its own. */
async function differences(before: Medium, after: Medium): Promise<Map<string, string>> {
  const [old, now] = await Promise.all(
    [before, after].map(async (medium) => {
      const tree = (await treeOf(medium)) as [string, ...Stand][];
      return new Map<string, Stand>(tree.map(([path, ...stand]) => [path, stand]));
    }),
  );
  const found = new Map<string, string>();
  for (const [path, [kind]] of old ?? []) if (now?.get(path)?.[0] !== kind) found.set(`delete ${path}`, String(kind));
  for (const [path, stand] of now ?? []) {
    const then = old?.get(path);
    if (then?.[0] !== stand[0]) found.set(`create ${path}`, String(stand[0]));
    else if (JSON.stringify(then) !== JSON.stringify(stand)) found.set(`change ${path}`, String(stand[0]));
  }
  return found;
}

/** Changes are complete: with them, and nothing but them, the one tree is the other. */
async function changesTell(base: Medium, draft: ReturnType<typeof overlay>): Promise<void> {
  const changes = await draft.changes();
  const told = new Map(changes.map(({ type, path, kind }) => [`${type} ${path}`, kind as string]));
  for (const [difference, kind] of await differences(base, draft)) {
    const [type, path = ''] = difference.split(/ (.*)/su);
    const parents = path.split('/').map((_, i, names) => `delete ${names.slice(0, i).join('/')}`);
    const isWithin = type === 'delete' && parents.some((parent) => told.get(parent) === 'dir');
    expect([difference, isWithin ? kind : told.get(difference)]).toEqual([difference, kind]);
  }
  for (const { type, path } of changes) {
    if (type === 'create' || path === '') continue;
    const wasThere = (await base.list(`${path}/..`)).some((entry) => entry.path === path);
    expect([type, path, wasThere]).toEqual([type, path, true]);
  }
}

describe('overlay', () => {
  describe('Ugly', () => {
    it('agrees with its base on random operations, leaves the base alone, tells and commits the difference', async () => {
      counted = 0;
      const agree = async (steps: readonly Operation[]): Promise<void> => {
        const base = await populated();
        const [direct, top] = [base.clone(), new MemoryMedium()];
        const draft = overlay(base, top);
        const before = await bitsOf(base);
        await sameSteps(steps, [worldOf(draft), worldOf(direct)]);
        const wanted = await treeOf(direct);
        expect(await treeOf(draft)).toEqual(wanted);
        expect(await bitsOf(base)).toEqual(before);
        expect(await treeOf(overlay(base, top))).toEqual(wanted);
        await changesTell(base, draft);
        await draft.commit();
        expect([await treeOf(base), (await base.stat('')).mode]).toEqual([wanted, (await direct.stat('')).mode]);
        expect([await draft.changes(), await top.list('')]).toEqual([[], []]);
      };
      await fc.assert(fc.asyncProperty(operations, agree), parameters);
      expect(counted).toBeGreaterThan(3_000);
    }, 180_000);
  });
});

describe('sub', () => {
  describe('Ugly', () => {
    it('agrees with a medium of its own on random operations', async () => {
      counted = 0;
      const agree = async (steps: readonly Operation[]): Promise<void> => {
        const [whole, alone] = [new MemoryMedium({ beside: 'x', p: { beside: { a: 'x' } } }), new MemoryMedium()];
        const part = sub(whole, 'p/q');
        for (const medium of [part, alone]) await settle(worldOf(medium));
        await sameSteps(steps, [worldOf(part), worldOf(alone)]);
        expect(await treeOf(part)).toEqual(await treeOf(alone));
        await whole.deleteAll('p/q');
        expect(whole.toJSON()).toEqual({ beside: 'x', p: { beside: { a: 'x' } } });
      };
      await fc.assert(fc.asyncProperty(operations, agree), parameters);
      expect(counted).toBeGreaterThan(3_000);
    }, 180_000);
  });
});
