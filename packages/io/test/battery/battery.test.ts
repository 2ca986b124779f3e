import { describe, expect, it } from '@jest/globals';

import { battery } from './behaviours/index.ts';
import { inOutline, observe } from './observe.ts';
import { diskStage, memfsStage, memoryStage, nodeStage, type OpenStage } from './stages.ts';
import type { Behaviour } from './behaviour.ts';

async function seenOn(behaviour: Behaviour, open: () => OpenStage | Promise<OpenStage>): Promise<unknown> {
  const stage = await open();
  try {
    return await observe(behaviour, stage);
  } finally {
    stage.close();
  }
}

describe('battery: Good', () => {
  for (const behaviour of battery) {
    it(`MemoryMedium does as node:fs does: ${behaviour.name}`, async () => {
      expect(await seenOn(behaviour, memoryStage)).toStrictEqual(await seenOn(behaviour, nodeStage));
    });

    it(`DiskMedium does as node:fs does: ${behaviour.name}`, async () => {
      expect(await seenOn(behaviour, diskStage)).toStrictEqual(await seenOn(behaviour, nodeStage));
    });
  }
});

describe('battery: Ugly', () => {
  it('is large enough, and no two behaviours share a name', () => {
    expect(battery.length).toBeGreaterThanOrEqual(107);
    expect(new Set(battery.map(({ name }) => name)).size).toBe(battery.length);
  });

  it('finds by name what memfs does otherwise', async () => {
    const different: string[] = [];
    for (const behaviour of battery) {
      const [truth, seen] = [await seenOn(behaviour, nodeStage), await seenOn(behaviour, memfsStage)];
      if (JSON.stringify(inOutline(seen)) !== JSON.stringify(inOutline(truth))) different.push(behaviour.name);
    }
    expect(different).toEqual(
      expect.arrayContaining([
        'mkdir -p gives the first that it made',
        'rm -r of a link to a directory removes the link',
        'rename over a directory that is not empty',
        'rename a file over a directory',
        'rename a directory over a file',
        'rename a directory into itself',
        'rename a directory over its parent',
        'rename moves links, also dangling ones',
        'writeFile of an iterable',
        'write and read where the flags do not allow it',
        'names of 255 bytes and of 256',
      ]),
    );
    expect(different.length).toBeLessThan(battery.length / 2); // it is no stranger altogether: the battery works on it
  }, 60_000);
});
