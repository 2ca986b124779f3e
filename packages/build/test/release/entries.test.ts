import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';

import { isThere } from '../../src/paths.ts';
import { deleteIfEmpty } from '../../src/release/entries.ts';

const failing = (op: 'remove' | 'stat') =>
  faulty(new MemoryMedium({ dir: {}, file: '' }), [{ op, path: /./, error: 'EIO' }]);

describe('isThere', () => {
  it('isThere finds files, folders and links that lead nowhere', async () => {
    const medium = new MemoryMedium({ file: '', dir: {} });
    await medium.symlink('nowhere', 'link');
    for (const path of ['file', 'dir', 'link']) expect([path, await isThere(medium, path, {})]).toEqual([path, true]);
    for (const path of ['none', 'none/x', 'file/x'])
      expect([path, await isThere(medium, path, {})]).toEqual([path, false]);
  });

  it('isThere rejects where nobody can tell', async () => {
    await expect(isThere(failing('stat'), 'file', {})).rejects.toMatchObject({ code: 'EIO' });
  });
});

describe('deleteIfEmpty', () => {
  it('deleteIfEmpty removes a folder that holds nothing, and is content with none', async () => {
    const medium = new MemoryMedium({ dir: {} });
    expect([await deleteIfEmpty(medium, 'dir'), await deleteIfEmpty(medium, 'dir')]).toEqual([true, true]);
    expect(await medium.exists('dir')).toBe(false);
  });

  it('deleteIfEmpty leaves a folder that holds something', async () => {
    const medium = new MemoryMedium({ 'dir/file': '' });
    expect(await deleteIfEmpty(medium, 'dir')).toBe(false);
    expect(await medium.exists('dir/file')).toBe(true);
  });

  it('deleteIfEmpty rejects where the disk fails', async () => {
    await expect(deleteIfEmpty(failing('remove'), 'dir')).rejects.toMatchObject({ code: 'EIO' });
  });
});
