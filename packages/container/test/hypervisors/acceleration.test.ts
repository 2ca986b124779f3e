import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { probeAcceleration, tryAccelerator } from '../../src/hypervisors/acceleration.ts';
import { withProgram } from './support/fake-program.ts';

const FOREIGN = process.arch === 'arm64' ? 'x86_64' : 'aarch64';
const OWN = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** What trials of this process leave behind. */
function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`core-probe-${String(process.pid)}-`));
}

describe('Good', () => {
  for (const arch of ['x86_64', 'aarch64'] as const) {
    needs(`qemu-system-${arch}`)(
      `tryAccelerator() sees a machine of ${arch} come to the end of its firmware`,
      async () => {
        const command = `qemu-system-${arch}`;
        expect(await tryAccelerator({ command, arch, accelerator: 'tcg', timeoutMs: 60_000 })).toBeUndefined();
      },
    );
  }

  needs('linux', 'qemu-system-x86_64')('probeAcceleration() says what it found, or why there is nothing', async () => {
    const { accelerator, slowBecause } = await probeAcceleration({ command: 'qemu-system-x86_64', arch: 'x86_64' });
    expect(['kvm', 'tcg']).toContain(accelerator);
    expect(slowBecause === undefined).toBe(accelerator === 'kvm');
  });
});

describe('Bad', () => {
  it('probeAcceleration() knows that the instructions of other processors are interpreted', async () => {
    const found = await probeAcceleration({ command: '/nowhere', arch: FOREIGN });
    expect(found).toEqual({
      accelerator: 'tcg',
      slowBecause: expect.stringContaining(`${FOREIGN} has to be interpreted`),
    });
  });

  it('tryAccelerator() gives the words of a QEMU that has no such accelerator', async () => {
    const script = 'echo "$0: qemu-system-x86_64: -accel kvm: invalid accelerator kvm" >&2; exit 1';
    await withProgram('qemu', script, async (_folder, command) => {
      const fault = await tryAccelerator({ command, arch: OWN, accelerator: 'kvm' });
      expect(fault).toContain('invalid accelerator kvm');
    });
  });

  it('tryAccelerator() takes no other end for the one of the firmware', async () => {
    await withProgram('qemu', 'exit 7', async (_folder, command) => {
      const fault = await tryAccelerator({ command, arch: OWN, accelerator: 'kvm' });
      expect(fault).toBe('kvm does not work: QEMU ended with exit code 7');
    });
  });

  it('tryAccelerator() says that there is no such program', async () => {
    const fault = await tryAccelerator({ command: '/nowhere/qemu', arch: OWN, accelerator: 'kvm' });
    expect(fault).toContain('/nowhere/qemu');
  });
});

describe('Ugly', () => {
  it('tryAccelerator() gives up an accelerator that starts and does not run, and leaves nothing', async () => {
    await withProgram('qemu', 'exec sleep 600', async (_folder, command) => {
      const fault = await tryAccelerator({ command, arch: OWN, accelerator: 'kvm', timeoutMs: 100 });
      expect(fault).toBe('kvm is there, but does not run ordinary code');
    });
    expect(leftovers()).toEqual([]);
  });

  it('tryAccelerator() rejects with the reason of the signal, and leaves nothing', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(tryAccelerator({ command: 'sh', arch: OWN, accelerator: 'kvm', signal })).rejects.toBe(reason);
    expect(leftovers()).toEqual([]);
  });
});
