import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import fc from 'fast-check';

import { copyChanges, recordTree } from '../../src/workspace/tree-changes.ts';

/** What a command may do to one of a few paths. */
const ACTION = fc.record({
  path: fc.constantFrom('a', 'b', 'd/e', 'd/f', 'd'),
  what: fc.constantFrom('write', 'longer', 'delete', 'link', 'dir', 'mode'),
});

async function act(medium: MemoryMedium, { path, what }: { path: string; what: string }): Promise<void> {
  try {
    if (what === 'write') await medium.write(`p/${path}`, path);
    if (what === 'longer') await medium.append(`p/${path}`, 'more');
    if (what === 'delete') await medium.deleteAll(`p/${path}`);
    if (what === 'link') await medium.symlink('a', `p/${path}`);
    if (what === 'dir') await medium.ensureDir(`p/${path}`);
    if (what === 'mode') await medium.chmod(`p/${path}`, 0o755);
  } catch {
    // a folder is in the way, or nothing is there
  }
}

describe('copyChanges', () => {
  it('copyChanges makes the other tree the same, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ACTION, { maxLength: 8 }), fc.array(ACTION, { maxLength: 8 }), async (first, then) => {
        let clock = 0;
        const from = new MemoryMedium({ p: {} }, { now: () => new Date((clock += 1000)) });
        for (const action of first) await act(from, action);
        const to = from.clone();
        const before = await recordTree({ medium: from, dir: 'p' });
        for (const action of then) await act(from, action);
        const after = await copyChanges({ medium: from, dir: 'p' }, { medium: to, dir: 'p' }, { before });
        expect(to.toJSON()).toEqual(from.toJSON());
        expect(after).toEqual(await recordTree({ medium: from, dir: 'p' }));
        for (const [name, stamp] of after) {
          if (stamp.startsWith('file'))
            expect((await to.stat(`p/${name}`)).mode).toBe((await from.stat(`p/${name}`)).mode);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('copyChanges writes only what changed', async () => {
    const from = new MemoryMedium({ a: 'one', b: 'two' });
    const before = await recordTree({ medium: from, dir: '' });
    await from.write('b', 'other');
    const to = new MemoryMedium({ a: 'newer' });
    await copyChanges({ medium: from, dir: '' }, { medium: to, dir: '' }, { before });
    expect(to.toJSON()).toEqual({ a: 'newer', b: 'other' });
  });

  it('recordTree leaves out what it is told, and finds nothing where nothing is', async () => {
    const medium = new MemoryMedium({ a: '', 'node_modules/x': '', 'b/node_modules/y': '' });
    const record = await recordTree({ medium, dir: '' }, { skip: new Set(['node_modules']) });
    expect([...record.keys()]).toEqual(['a', 'b']);
    expect((await recordTree({ medium, dir: 'nowhere' })).size).toBe(0);
  });
});
