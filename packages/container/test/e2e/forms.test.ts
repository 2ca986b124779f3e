import { describe, expect } from '@jest/globals';

import type { ImageFormat } from '../../src/image/image.ts';
import { TEST_IMAGE_SHUTDOWN } from '../../src/testing/vm-image/test-image.ts';
import { it, open, options, tempDir, testImage } from './vm.ts';

const FORMS: readonly ImageFormat[] = ['kernel', 'iso', 'raw', 'qcow2', 'vmdk'];

describe('Good', () => {
  for (const form of FORMS) {
    it(`run: ${form}: boots, waits for SSH, runs commands, forwards a port, follows the log, shuts down`, async () => {
      const { images, sshKey } = await testImage([form]);
      // everything that a command line could stumble over
      const manager = await open({ stateDir: tempDir('a, b=c "d" \'e\' ') });
      const machine = await manager.run(
        images[form],
        await options({ name: form, sshKey, publish: [80], waitFor: 'ssh' }),
      );
      expect(machine).toMatchObject({ format: form, status: 'running', hypervisor: 'qemu', accelerator: 'tcg' });
      const following = text(manager.logs(form, { follow: true }));
      for (const via of ['ssh', 'agent'] as const) {
        const result = await manager.exec(form, ['sh', '-c', 'echo "$1"; exit 7', 'sh', `by ${via}`], { via });
        expect(result).toMatchObject({ exitCode: 7, stdout: `by ${via}\n`, stderr: '', via });
      }
      const [port = ''] = Object.keys(machine.ports);
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello from the vm\n');
      await manager.stop(form, { timeoutMs: 60_000 });
      expect(await manager.inspect(form)).toMatchObject({ status: 'stopped', exitReason: 'guest-shutdown' });
      expect(await following).toContain(TEST_IMAGE_SHUTDOWN);
      await manager.remove(form);
    });
  }
});

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}
