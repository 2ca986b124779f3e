import { describe, expect, it } from '@jest/globals';

import { mountCommand, mountLine } from '../../src/volumes/mount-script.ts';
import { checkVolumes, parseVolumes } from '../../src/volumes/parse-volumes.ts';

const volume = { source: '/srv/a', target: '/data', tag: 'core0', readOnly: false, driver: 'virtiofs' } as const;

describe('Good', () => {
  it('parseVolumes: keeps the order, and reads `:ro` from the end of the guest path only', () => {
    expect(parseVolumes({ '/srv/a': '/data', 'b:ro': '/b:ro/c/', '/srv/c, "d"=': '/c d:ro' })).toEqual([
      { source: '/srv/a', target: '/data', readOnly: false },
      { source: 'b:ro', target: '/b:ro/c', readOnly: false },
      { source: '/srv/c, "d"=', target: '/c d', readOnly: true },
    ]);
    expect(parseVolumes()).toEqual([]);
  });

  it('parseVolumes: takes two directories of one name', () => {
    expect(parseVolumes({ '/a/data': '/a', '/b/data': '/b' }).map(({ target }) => target)).toEqual(['/a', '/b']);
  });

  it('mountCommand: hands the paths over as arguments, never as a part of the script', () => {
    const command = mountCommand({ ...volume, target: '/da ta; rm -rf /' });
    expect(command.slice(3)).toEqual(['sh', '/da ta; rm -rf /', '-t', 'virtiofs', '-o', 'rw', 'core0']);
    expect(command[2]).not.toContain('da ta');
  });

  it('mountLine: is what a user types', () => {
    expect(mountLine(volume)).toBe('mount -t virtiofs -o rw core0 /data');
    expect(mountLine({ ...volume, driver: '9p', readOnly: true })).toBe(
      'mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,ro core0 /data',
    );
  });
});

describe('Bad', () => {
  it.each([
    [{ '/a': 'data' }, /must be an absolute path in the guest/],
    [{ '/a': '/' }, /must not be the guest's own root/],
    [{ '/a': '//:ro' }, /must not be the guest's own root/],
    [{ '/a': '/x/../../y' }, /without ".."/],
    [{ '/a': '/x\0' }, /absolute path/],
    [{ '': '/x' }, /directories of this machine/],
    [{ '/a': '/x', '/b': '/x/' }, /"\/x" is in use by another volume/],
    [{ '/a': 7 as unknown as string }, /a path in the guest, not a number/],
  ])('parseVolumes: refuses %j', (volumes, message) => {
    expect(() => parseVolumes(volumes)).toThrow(message);
  });

  it.each([null, [], 'x'])('checkVolumes: refuses %j', (volumes) => {
    expect(() => {
      checkVolumes(volumes as unknown as Record<string, string>);
    }).toThrow(/volumes must be an object/);
  });
});
