import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { detectHypervisor, getHypervisor } from '../../src/hypervisors/detect.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { withFiles } from '../image/support/image-folder.ts';

describe('Good', () => {
  it.each(['qemu', 'vfkit', 'hyperkit'])('getHypervisor() knows %s, in any case', (name) => {
    expect(getHypervisor(name).name).toBe(name);
    expect(getHypervisor(name.toUpperCase()).name).toBe(name);
  });

  needs('linux', 'qemu-system-x86_64')('detectHypervisor() finds QEMU', async () => {
    expect((await detectHypervisor({ arch: 'x86_64' })).name).toBe('qemu');
  });
});

describe('Bad', () => {
  it.each(['xen', '', 'constructor', 7 as unknown as string])('getHypervisor() refuses %j', (name) => {
    expect(() => getHypervisor(name)).toThrow('name must be one of qemu, vfkit, hyperkit');
  });

  needs('linux')('detectHypervisor() says how to get one where there is none', async () => {
    await withFiles({}, async (empty) => {
      const { PATH } = process.env;
      process.env['PATH'] = empty;
      try {
        const error = await containerRefusalOf(() => detectHypervisor(), 'ERR_CONTAINER_HYPERVISOR_UNAVAILABLE');
        expect(error.hint).toContain('Install QEMU');
      } finally {
        process.env['PATH'] = PATH;
      }
    });
  });

  it('detectHypervisor() rejects with the reason of the signal', async () => {
    const reason = new Error('enough');
    await expect(detectHypervisor({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
