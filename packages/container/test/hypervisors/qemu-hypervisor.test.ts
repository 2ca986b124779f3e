import { existsSync, readFileSync } from 'node:fs';

import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { withProgram } from './support/fake-program.ts';

const ARCH = 'x86_64';
const NAME = `qemu-system-${ARCH}`;
const TELLS = 'echo "QEMU emulator version 9.1.2 (v9.1.2)"';

/** What a QEMU of the test is found to be, under this environment. */
async function lookAt(script: string, env: Record<string, string> = { CORE_VM_ACCEL: 'tcg' }): Promise<unknown> {
  let found: unknown;
  await withProgram(NAME, script, async (PATH) => {
    found = await new QemuHypervisor({ env: { PATH, ...env } }).available({ arch: ARCH });
  });
  return found;
}

describe('Good', () => {
  needs(NAME)('available() finds the QEMU of this machine', async () => {
    const found = await new QemuHypervisor().available({ arch: ARCH });
    expect(found).toMatchObject({ available: true, version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it('available() tells the version, and takes the accelerator that it is told', async () => {
    expect(await lookAt(TELLS, { CORE_VM_ACCEL: 'kvm' })).toMatchObject({
      available: true,
      command: expect.stringMatching(/\/qemu-system-x86_64$/),
      version: '9.1.2',
      accelerator: 'kvm',
    });
    expect(await lookAt(TELLS)).toMatchObject({ accelerator: 'tcg', slowBecause: 'tcg was asked for' });
  });

  needs('linux')('available() sees whether QEMU can lock itself in', async () => {
    expect(await lookAt(TELLS)).toMatchObject({ parts: { sandbox: true } });
    const cannot = `case "$*" in *sandbox*) exit 1 ;; esac; ${TELLS}`;
    expect(await lookAt(cannot)).toMatchObject({ available: true, parts: { sandbox: false } });
  });

  needs('linux')('available() tells the two kinds of virtiofsd apart', async () => {
    await withProgram('virtiofsd', 'echo "virtiofsd 1.10.1"', async (folder, command) => {
      await withProgram(NAME, TELLS, async (PATH) => {
        const qemu = new QemuHypervisor({ env: { PATH: `${PATH}:${folder}` }, accelerator: 'tcg' });
        expect(await qemu.available({ arch: ARCH })).toMatchObject({ parts: { virtiofsd: { command, kind: 'rust' } } });
      });
    });
  });

  it('available() looks once for all who ask', async () => {
    await withProgram(NAME, `echo once >>"$0.log"; ${TELLS}`, async (PATH, program) => {
      const ask = () => new QemuHypervisor({ env: { PATH }, accelerator: 'tcg' }).available({ arch: ARCH });
      const [first, second] = await Promise.all([ask(), ask()]);
      expect([second, await ask()]).toEqual([first, first]);
      expect(readFileSync(`${program}.log`, 'utf8')).toBe('once\n');
    });
  });
});

describe('Bad', () => {
  it('new QemuHypervisor() refuses accelerators that there are not', () => {
    expect(() => new QemuHypervisor({ accelerator: 'xen' as 'kvm' })).toThrow('accelerator must be one of kvm');
    expect(() => new QemuHypervisor({ env: { CORE_VM_ACCEL: 'turbo' } })).toThrow(RangeError);
    expect(() => new QemuHypervisor({ env: { CORE_VM_ACCEL: '' } })).not.toThrow();
  });

  it('available() says what is missing and how to get it', async () => {
    for (const [arch, packages] of [
      ['x86_64', 'qemu-system-x86'],
      ['aarch64', 'qemu-system-arm'],
    ] as const) {
      const command = `/nowhere/qemu-system-${arch}`;
      expect(await new QemuHypervisor({ command, env: {} }).available({ arch })).toEqual({
        available: false,
        reason: `${command} is not on the PATH`,
        hint: expect.stringContaining(packages),
      });
    }
  });

  it('available() says why a QEMU does not run', async () => {
    const broken = 'echo "error while loading shared libraries: libslirp.so.0" >&2; exit 127';
    expect(await lookAt(broken)).toMatchObject({ available: false, reason: expect.stringContaining('libslirp.so.0') });
    expect(await lookAt('exit 0')).toMatchObject({ available: false, reason: expect.stringContaining('its version') });
  });
});

describe('Ugly', () => {
  it('available() rejects with the reason of the signal, and ends what it has started', async () => {
    await withProgram(NAME, 'echo $$ >"$0.pid"; mkfifo "$0.fifo"; read line <"$0.fifo"', async (PATH, program) => {
      const controller = new AbortController();
      const qemu = new QemuHypervisor({ env: { PATH }, accelerator: 'tcg' });
      const asked = qemu.available({ arch: ARCH, signal: controller.signal });
      while (!existsSync(`${program}.fifo`)) await new Promise((resolve) => setImmediate(resolve));
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(asked).rejects.toBe(reason);
      const pid = Number(readFileSync(`${program}.pid`, 'utf8'));
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    });
  });
});
