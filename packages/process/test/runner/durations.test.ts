import { MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { Durations } from '../../src/runner/durations.ts';

const PATH = '.core/durations.json';

const saved = async (medium: MemoryMedium): Promise<unknown> => JSON.parse(await medium.read(PATH)) as unknown;

describe('Good', () => {
  it('Durations.of gives what earlier runs took, the last one for half', async () => {
    const medium = new MemoryMedium();
    const first = await Durations.load(medium);
    first.remember('build', 800);
    await first.save();
    const second = await Durations.load(medium);
    second.remember('build', 400);
    await second.save();
    expect((await Durations.load(medium)).of('build')).toBe(600);
  });

  it('Durations.save keeps any text as a name', async () => {
    const medium = new MemoryMedium();
    const durations = await Durations.load(medium);
    for (const [ms, name] of ['7', '__proto__', 'constructor', 'ü\n"', ''].entries()) durations.remember(name, ms);
    await durations.save();
    const next = await Durations.load(medium);
    expect(['7', '__proto__', 'constructor', 'ü\n"', ''].map((name) => next.of(name))).toEqual([0, 1, 2, 3, 4]);
    expect(next.of('toString')).toBeUndefined();
  });

  it('Durations.save writes nothing where nothing was remembered', async () => {
    const medium = faulty(new MemoryMedium({ '.core': {} }));
    const durations = await Durations.load(medium);
    await durations.save();
    durations.remember('a', 1);
    await durations.save();
    await durations.save();
    expect(medium.calls.filter(({ op }) => op === 'write')).toHaveLength(1);
  });

  it('Durations.save adds to what another run has written meanwhile', async () => {
    const medium = new MemoryMedium();
    const [one, other] = await Promise.all([Durations.load(medium), Durations.load(medium)]);
    one.remember('a', 1);
    other.remember('b', 2);
    await one.save();
    await other.save();
    expect(await saved(medium)).toEqual({
      version: 1,
      durations: [
        { name: 'a', duration_ms: 1 },
        { name: 'b', duration_ms: 2 },
      ],
    });
  });

  it('Durations.save keeps the ten thousand that ran last', async () => {
    const medium = new MemoryMedium();
    const durations = await Durations.load(medium);
    for (let i = 0; i < 10_001; i += 1) durations.remember(String(i), i);
    durations.remember('0', 0);
    await durations.save();
    const next = await Durations.load(medium);
    expect([next.of('0'), next.of('1'), next.of('2')]).toEqual([0, undefined, 2]);
  });
});

describe('Bad', () => {
  it.each(['', 'no JSON', '[]', 'null', '{"version":2,"durations":[]}', '{"version":1,"durations":{}}'])(
    'Durations.load takes %j for empty and says so',
    async (text) => {
      const problems: unknown[] = [];
      const onProblem = (error: unknown): number => problems.push(error);
      const durations = await Durations.load(new MemoryMedium({ [PATH]: text }), { onProblem });
      expect(durations.of('a')).toBeUndefined();
      expect(problems).toHaveLength(1);
    },
  );

  it('Durations.load leaves out entries that are none', async () => {
    const entries = [
      null,
      1,
      {},
      { name: 'a', duration_ms: -1 },
      { name: 1, duration_ms: 1 },
      { name: 'b', duration_ms: 2 },
    ];
    const medium = new MemoryMedium({ [PATH]: JSON.stringify({ version: 1, durations: entries }) });
    const durations = await Durations.load(medium);
    expect([durations.of('a'), durations.of('b')]).toEqual([undefined, 2]);
  });

  it('Durations.remember passes over what is no time', async () => {
    const durations = await Durations.load(new MemoryMedium());
    for (const time of [NaN, Infinity, -1]) durations.remember('a', time);
    expect(durations.of('a')).toBeUndefined();
  });
});

describe('Ugly', () => {
  it.each(['ENOSPC', 'EIO', 'EROFS'])('Durations.save only tells of %s, and the old ones stay', async (code) => {
    const inner = new MemoryMedium();
    const problems: unknown[] = [];
    const before = await Durations.load(inner);
    before.remember('a', 1);
    await before.save();
    const durations = await Durations.load(faulty(inner, [{ op: 'write', error: code }]), {
      onProblem: (error) => problems.push(error),
    });
    durations.remember('a', 100);
    await durations.save();
    expect(problems).toEqual([expect.objectContaining({ code })]);
    expect((await Durations.load(inner)).of('a')).toBe(1);
  });

  it('Durations.load rejects with the reason of its signal, and else with nothing', async () => {
    const medium = faulty(new MemoryMedium({ [PATH]: '' }), [{ op: 'read', error: 'EIO' }]);
    const reason = new Error('enough');
    await expect(Durations.load(medium, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(Durations.load(medium)).resolves.toBeInstanceOf(Durations);
  });
});
