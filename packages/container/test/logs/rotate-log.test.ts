import { MemoryMedium, readonly } from '@core/io';
import { faulty } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { readLog } from '../../src/logs/read-log.ts';
import { rotateLog } from '../../src/logs/rotate-log.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { textOf } from './support.ts';

const PATH = 'vm/console.log';
const namesIn = async (medium: MemoryMedium): Promise<string[]> => (await medium.list('vm')).map(({ name }) => name);

describe('Good', () => {
  it('rotateLog puts a large log aside under the next number, and leaves a small one', async () => {
    const medium = new MemoryMedium({ [PATH]: '12345' });
    expect(await rotateLog(medium, PATH)).toBe(false);
    expect(await rotateLog(medium, PATH, { maxBytes: 6 })).toBe(false);
    expect(await rotateLog(medium, PATH, { maxBytes: 5 })).toBe(true);
    expect(await rotateLog(medium, PATH, { maxBytes: 5 })).toBe(false); // nothing is written yet
    expect(await namesIn(medium)).toEqual(['console.log.1']);
    await medium.write(PATH, '67890');
    expect(await rotateLog(medium, PATH, { maxBytes: 5 })).toBe(true);
    expect(await medium.read(`${PATH}.2`)).toBe('67890');
  });

  it('rotateLog keeps so many pieces, and gives no number twice', async () => {
    const medium = new MemoryMedium();
    for (let round = 1; round <= 12; round += 1) {
      await medium.write(PATH, String(round));
      await rotateLog(medium, PATH, { maxBytes: 0, keep: 2 });
    }
    await medium.write(PATH, '!');
    expect(await namesIn(medium)).toEqual(['console.log', 'console.log.11', 'console.log.12']);
    expect(await textOf(readLog(medium, PATH))).toBe('1112!');
  });

  it('rotateLog has the writer switch when the log has its new name', async () => {
    const medium = new MemoryMedium({ [PATH]: 'old' });
    const switchFile = async (): Promise<void> => {
      expect(await namesIn(medium)).toEqual(['console.log.1']);
      await medium.write(PATH, 'new');
    };
    expect(await rotateLog(medium, PATH, { maxBytes: 1, switchFile })).toBe(true);
    expect(await textOf(readLog(medium, PATH))).toBe('oldnew');
  });

  it('rotateLog has a writer switch that writes into a piece since another program was killed', async () => {
    const medium = new MemoryMedium({ [`${PATH}.1`]: 'still' });
    const switchFile = (): Promise<void> => medium.write(PATH, '');
    expect(await rotateLog(medium, PATH, { switchFile })).toBe(true);
    expect(await namesIn(medium)).toEqual(['console.log', 'console.log.1']);
  });
});

describe('Bad', () => {
  it('rotateLog leaves the log where it was when the writer cannot switch', async () => {
    const medium = new MemoryMedium({ [PATH]: 'old' });
    const reason = new Error('no');
    const switchFile = (): Promise<void> => Promise.reject(reason);
    await expect(rotateLog(medium, PATH, { maxBytes: 1, switchFile })).rejects.toBe(reason);
    expect(await namesIn(medium)).toEqual(['console.log']);
  });

  it('rotateLog refuses wrong options, and a medium that cannot be written', async () => {
    const medium = new MemoryMedium({ [PATH]: 'old' });
    await expect(rotateLog(medium, PATH, { keep: 0 })).rejects.toThrow('keep must be a whole number from 1, not 0');
    await expect(rotateLog(medium, PATH, { maxBytes: -1 })).rejects.toThrow(RangeError);
    const rotate = (): Promise<boolean> => rotateLog(readonly(medium), PATH, { maxBytes: 1 });
    expect((await containerRefusalOf(rotate, 'ERR_CONTAINER_STATE_UNWRITABLE')).path).toBe(PATH);
    const reason = new Error('enough');
    await expect(rotateLog(medium, PATH, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await namesIn(medium)).toEqual(['console.log']);
  });
});

describe('Ugly', () => {
  it('rotateLog by several at once puts the log aside once', async () => {
    const medium = new MemoryMedium({ [PATH]: 'old' });
    const done = await Promise.all(Array.from({ length: 5 }, () => rotateLog(medium, PATH, { maxBytes: 1 })));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await namesIn(medium)).toEqual(['console.log.1']);
  });

  it('rotateLog loses no byte wherever its program is killed', async () => {
    for (const crash of ['before', 'after'] as const) {
      for (let nth = 1, crashed = true; crashed; nth += 1) {
        const inner = new MemoryMedium({ [`${PATH}.1`]: 'a', [PATH]: 'b' });
        const medium = faulty(inner, [{ nth, crash }]);
        await rotateLog(medium, PATH, { maxBytes: 1 }).catch(() => undefined);
        ({ crashed } = medium);
        expect(await textOf(readLog(inner, PATH))).toBe('ab');
        await inner.append(PATH, 'c');
        expect(await textOf(readLog(inner, PATH))).toBe('abc');
      }
    }
  });
});
