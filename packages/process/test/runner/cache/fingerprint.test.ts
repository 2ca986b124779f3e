import { MemoryLink, MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { TaskCacheOptions } from '../../../src/runner/cache/cache-options.ts';
import { Canonical, type CanonicalValue } from '../../../src/runner/cache/canonical.ts';
import type { TaskEffect } from '../../../src/runner/cache/fingerprint.ts';
import { TaskCache } from '../../../src/runner/cache/task-cache.ts';
import type { RunSpec } from '../../../src/runner/run-spec.ts';
import { Rig } from './support.ts';

const SPEC: RunSpec = { name: 'build', command: 'make', args: ['all'], inputs: ['src/**'], outputs: ['dist/**'] };
const tree = (): MemoryMedium => new MemoryMedium({ src: { 'a.txt': 'a', deep: { '.hidden': 'h' } }, other: 'o' });

/** The key of a task in a workspace. */
async function keyOf(
  spec: Partial<RunSpec> = {},
  workspace: MemoryMedium = tree(),
  { dependencies = [], ...options }: TaskCacheOptions & { dependencies?: readonly TaskEffect[] } = {},
): Promise<string | undefined> {
  const cache = new TaskCache({ workspace, env: {}, ...options });
  return (await cache.fingerprint({ ...SPEC, ...spec }, { dependencies })).key;
}

describe('Good', () => {
  it('TaskCache.fingerprint is the same for the same, whatever else changes', async () => {
    const key = await keyOf();
    const later = tree();
    await later.write('other', 'changed');
    await later.write('dist/a.js', 'made');
    await later.utimes('src/a.txt', new Date(0), new Date(0));
    await later.write('src/a.txt', 'b');
    await later.write('src/a.txt', 'a');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf({ name: 'renamed', timeoutMs: 5, retries: 2, after: ['x'], args: ['all'] }, later)).toBe(key);
    expect(await keyOf({ inputs: ['src/**', 'src/**'] }, later, { env: { HOME: '/root' } })).toBe(key);
  });

  it.each<[string, Partial<RunSpec>]>([
    ['the command', { command: 'gmake' }],
    ['an argument', { args: ['all', ''] }],
    ['the directory', { dir: 'src' }],
    ['a variable', { env: { A: '1' } }],
    ['an empty variable', { env: { A: '' } }],
    ['the globs of the inputs', { inputs: ['src/**/*'] }],
    ['the globs of the outputs', { outputs: [] }],
    ['a variable of the program that is not set', { inputEnv: ['A'] }],
  ])('TaskCache.fingerprint depends on %s', async (_, spec) => {
    expect(await keyOf(spec)).not.toBe(await keyOf());
  });

  it.each<[string, (workspace: MemoryMedium) => Promise<void>]>([
    ['content', (workspace) => workspace.write('src/a.txt', 'b')],
    ['name', (workspace) => workspace.rename('src/a.txt', 'src/b.txt')],
    ['executable bit', (workspace) => workspace.chmod('src/a.txt', 0o755)],
    ['presence', (workspace) => workspace.write('src/new.txt', '')],
    ['absence', (workspace) => workspace.delete('src/deep/.hidden')],
  ])('TaskCache.fingerprint depends on the %s of each input', async (_, change) => {
    const workspace = tree();
    await change(workspace);
    expect(await keyOf({}, workspace)).not.toBe(await keyOf());
  });

  it('TaskCache.fingerprint depends on the values of `env` and `inputEnv`, and tells an empty one from none', async () => {
    const spec = { inputEnv: ['A'] };
    const keys = [undefined, '', '1', '2'].map((A) => keyOf(spec, tree(), { env: { A } }));
    const own = ['', '1'].map((A) => keyOf({ env: { A } }));
    expect(new Set(await Promise.all([...keys, ...own])).size).toBe(6);
  });

  it('TaskCache.fingerprint knows a link by what it says, and never follows it', async () => {
    const linked = (target: string): MemoryMedium =>
      new MemoryMedium({ src: { link: new MemoryLink(target) }, one: 'x', two: 'x', dir: { 'a.txt': 'a' } });
    expect(await keyOf({}, linked('../one'))).not.toBe(await keyOf({}, linked('../two')));
    const changed = linked('../one');
    await changed.write('one', 'changed');
    expect(await keyOf({}, changed)).toBe(await keyOf({}, linked('../one')));
    const toDirectory = linked('../dir');
    const key = await keyOf({}, toDirectory);
    await toDirectory.write('dir/b.txt', 'b');
    expect(await keyOf({}, toDirectory)).toBe(key);
  });

  it('TaskCache.fingerprint depends on the permission to execute and on no other bit', async () => {
    const workspace = tree();
    await workspace.chmod('src/a.txt', 0o600);
    expect(await keyOf({}, workspace)).toBe(await keyOf());
  });

  it('TaskCache.fingerprint leaves out what nobody means: .git, node_modules and the cache itself, unless it is named', async () => {
    const inputs = ['**'];
    const key = await keyOf({ inputs });
    const workspace = tree();
    for (const path of ['.git/HEAD', 'src/.git/x', 'node_modules/a/b.js', 'src/node_modules/c', '.core/cache/v1/x']) {
      await workspace.write(path, 'x');
    }
    expect(await keyOf({ inputs }, workspace)).toBe(key);
    const named = ['src/**', 'node_modules/a/*'];
    expect(await keyOf({ inputs: named }, workspace)).not.toBe(await keyOf({ inputs: named }));
  });

  it('TaskCache.fingerprint knows a function of this program by its name and its inputs', async () => {
    const spec = { command: undefined, args: undefined, task: () => undefined };
    const key = await keyOf(spec);
    expect(await keyOf({ ...spec, task: () => Promise.resolve() })).toBe(key);
    expect(await keyOf({ ...spec, name: 'other' })).not.toBe(key);
    expect(await keyOf({ command: 'build', args: undefined })).not.toBe(key);
  });

  it('TaskCache.fingerprint depends on what dependencies did, in whichever order', async () => {
    const key = await keyOf({}, tree(), { dependencies: ['one', 'two'] });
    expect(await keyOf({}, tree(), { dependencies: ['two', 'one'] })).toBe(key);
    expect(await keyOf({}, tree(), { dependencies: ['one'] })).not.toBe(key);
  });

  it('TaskCache.store says what a task did: its outputs where it has any, else all that decides about it', async () => {
    const rig = new Rig(tree());
    const effectOf = async (spec: Partial<RunSpec>, content: string): Promise<TaskEffect> => {
      const work = (): Promise<void> => rig.workspace.write('dist/a.js', content);
      return (await rig.run({ ...SPEC, ...spec }, work)).effect;
    };
    const made = await effectOf({}, 'one');
    await rig.workspace.write('src/a.txt', 'another input that makes the same');
    expect(await effectOf({}, 'one')).toBe(made);
    expect(await effectOf({ inputs: undefined }, 'one')).toBe(made);
    expect(await effectOf({ args: ['other'] }, 'two')).not.toBe(made);
    const checked = await effectOf({ outputs: [] }, 'one');
    await rig.workspace.write('src/a.txt', 'a');
    expect(await effectOf({ outputs: [] }, 'one')).not.toBe(checked);
  });
});

describe('Bad', () => {
  it('TaskCache.fingerprint has no key where there are no `inputs`; an empty list is one', async () => {
    expect(await keyOf({ inputs: undefined })).toBeUndefined();
    expect(await keyOf({ inputs: [] })).toMatch(/^[0-9a-f]{64}$/);
  });

  it('TaskCache.fingerprint has no key behind a task that has neither inputs nor outputs', async () => {
    const rig = new Rig(tree());
    const { effect } = await rig.run({ name: 'install', command: 'install' }, () => Promise.resolve());
    expect(effect).toBeUndefined();
    expect(await keyOf({}, tree(), { dependencies: [effect] })).toBeUndefined();
  });

  it.each([[['']], [['../x']], [[7]]])('TaskCache.check refuses the globs %j', (inputs) => {
    const cache = new TaskCache({ workspace: tree() });
    expect(() => {
      cache.check({ name: 'a', command: 'a', inputs: inputs as string[] });
    }).toThrow(TypeError);
    expect(() => {
      cache.check({ name: 'a', command: 'a', outputs: inputs as string[] });
    }).toThrow(TypeError);
  });

  it('TaskCache refuses to be all of the workspace', () => {
    expect(() => new TaskCache({ workspace: tree(), dir: '/' })).toThrow(/dir must be a folder/);
  });
});

const leaf: fc.Arbitrary<CanonicalValue> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(undefined),
);
const value: fc.Arbitrary<CanonicalValue> = fc.oneof(
  leaf,
  fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxLength: 3 }),
);

describe('Ugly', () => {
  it('Canonical gives two hashes for two sequences of values, wherever one ends and the next begins', () => {
    const digest = (values: readonly CanonicalValue[]): string => {
      const canonical = new Canonical('test');
      for (const one of values) canonical.add(one);
      return canonical.digest();
    };
    const text = (values: readonly CanonicalValue[]): string =>
      JSON.stringify(values, (_, one: unknown) => (one === undefined ? { none: true } : one));
    const values = fc.array(value, { maxLength: 4 });
    fc.assert(fc.property(values, values, (a, b) => (digest(a) === digest(b)) === (text(a) === text(b))));
    expect(
      new Set([['ab', 'c'], ['a', 'bc'], ['abc'], [['ab', 'c']], [['ab'], 'c'], ['s2:ab', 'c']].map(digest)).size,
    ).toBe(6);
  });

  it('TaskCache.fingerprint never shows or keeps the value of a variable', async () => {
    const rig = new Rig(tree(), { env: { TOKEN: 'hush-hush' } });
    const spec = { ...SPEC, env: { PASSWORD: 'hush-hush' }, inputEnv: ['TOKEN'] };
    const fingerprint = await rig.cache().fingerprint(spec, { dependencies: [] });
    await rig.run(spec, () => rig.workspace.write('dist/a.js', 'made'));
    expect(JSON.stringify([fingerprint, (rig.workspace as MemoryMedium).toJSON()])).not.toContain('hush');
  });
});
