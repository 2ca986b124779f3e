import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { localMedium } from '@core/io';
import { describe, expect, it, jest } from '@jest/globals';

import type { ContainerError } from '../../src/errors.ts';
import { State } from '../../src/state/state.ts';
import { Child } from './support/child.ts';
import { machine } from './support/machine.ts';
import { tempDir } from './support/temp-dir.ts';

jest.setTimeout(120_000); // programs are started, on a machine that may be busy

interface Shown {
  readonly version: number;
  readonly containers: Readonly<Record<string, { readonly id: string }>>;
}

const open = (stateDir: string, onProblem?: (problem: ContainerError) => void): Promise<State> =>
  State.open({ medium: localMedium(), stateDir, onProblem });
const start = (dir: string): Child => new Child('state/fixtures/state.mjs', dir);
const shownIn = (dir: string): string[] =>
  Object.keys((JSON.parse(readFileSync(join(dir, 'containers.json'), 'utf8')) as Shown).containers).sort();

/** Reads the snapshot all the time, until told to stop: how often, and how often it was no whole one. */
function reader(dir: string): () => Promise<{ reads: number; torn: number }> {
  const seen = { isOver: false, reads: 0, torn: 0 };
  const done = (async (): Promise<void> => {
    while (!seen.isOver) {
      try {
        const { version, containers } = JSON.parse(readFileSync(join(dir, 'containers.json'), 'utf8')) as Shown;
        if (version !== 1 || Object.entries(containers).some(([id, each]) => each.id !== id)) seen.torn += 1;
      } catch {
        seen.torn += 1;
      }
      seen.reads += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return async () => {
    seen.isOver = true;
    await done;
    return seen;
  };
}

describe('Ugly', () => {
  it('State keeps 200 of 200 changes that 4 programs make at once, and containers.json is whole all the time', async () => {
    const dir = tempDir();
    const state = await open(dir);
    const children = Array.from({ length: 4 }, () => start(dir));
    const stop = reader(dir);
    const puts = await Promise.all(children.map((child) => child.ask('put', 50)));
    const { reads, torn } = await stop();
    const ids = (await state.list()).map(({ id }) => id).sort();
    expect([puts, ids.length, torn]).toEqual([[50, 50, 50, 50], 200, 0]);
    expect(reads).toBeGreaterThan(4);
    expect(shownIn(dir)).toEqual(ids);
  });

  it('State.put, update and remove by 4 programs at once leave what each of them left', async () => {
    const dir = tempDir();
    const children = Array.from({ length: 4 }, () => start(dir));
    const kept = await Promise.all(children.map((child, index) => child.ask('make', `p${String(index)}`, 12)));
    const ids = (await (await open(dir)).list()).map(({ id }) => id).sort();
    expect(ids).toEqual((kept as string[][]).flat().sort());
    expect([ids.length, shownIn(dir)]).toEqual([36, ids]);
    expect(readdirSync(join(dir, 'vms')).sort()).toEqual(ids);
    expect(readdirSync(join(dir, 'names'))).toHaveLength(72);
  });

  it('State.update by 4 programs at once counts the same machine up by each of 200', async () => {
    const dir = tempDir();
    const state = await open(dir);
    await state.put(machine({ memoryMb: 1 }));
    const children = Array.from({ length: 4 }, () => start(dir));
    await Promise.all(children.map((child) => child.ask('count', '0000000a', 50)));
    expect((await state.get('0000000a')).memoryMb).toBe(201);
  });

  it('State is whole after programs were killed in the middle of changes, and goes on', async () => {
    const dir = tempDir();
    const problems: ContainerError[] = [];
    const state = await open(dir, (problem) => problems.push(problem));
    await state.put(machine());
    for (let round = 0; round < 6; round += 1) {
      const children = [start(dir), start(dir)];
      await Promise.all(children.map((child) => child.ask('churn', '0000000a')));
      const { memoryMb } = await state.get('0000000a');
      for await (const change of state.watch()) {
        if (change.type === 'changed' && change.container.memoryMb > memoryMb % 50) break; // they are at it
      }
      await Promise.all(children.map((child) => child.end()));
      const after = await state.update('0000000a', (current) => ({ ...current, memoryMb: 1 }));
      expect([after.memoryMb, problems]).toEqual([1, []]);
    }
    await state.sweep();
    const ids = (await state.list()).map(({ id }) => id).sort();
    expect([
      shownIn(dir),
      readdirSync(join(dir, 'vms'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ]).toEqual([ids, ids]);
    const named = readdirSync(join(dir, 'names')).filter((name) => !name.startsWith('.'));
    expect(named.sort()).toEqual([...ids, 'web'].sort());
  });

  it('State gives a name free that a killed program claimed, and not that of one that lives', async () => {
    const dir = tempDir();
    const state = await open(dir);
    const child = start(dir);
    const id = await child.ask('claim', 'web');
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    await expect(state.put(machine())).rejects.toMatchObject({ code: 'ERR_CONTAINER_NAME_TAKEN', id });
    await child.end();
    await state.put(machine());
    expect((await state.find('web')).id).toBe('0000000a');
  });

  it('State.claimName gives the name of a killed program to one of many', async () => {
    const dir = tempDir();
    const child = start(dir);
    await child.ask('claim', 'web');
    await child.end();
    const states = await Promise.all(Array.from({ length: 8 }, () => open(dir)));
    const outcomes = await Promise.allSettled(
      states.map((state, index) => state.claimName('web', `0000000${String(index)}`)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('State.claimName gives a name to one of 4 programs', async () => {
    const dir = tempDir();
    const children = Array.from({ length: 4 }, () => start(dir));
    await Promise.all(children.map((child) => child.ask('open')));
    const answers = await Promise.all(children.map((child) => child.ask('claim', 'web')));
    expect(answers.filter((answer) => answer === 'ERR_CONTAINER_NAME_TAKEN')).toHaveLength(3);
  });
});
