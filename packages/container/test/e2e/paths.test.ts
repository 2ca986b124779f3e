import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';

import { it, open, options, tempDir, testImage } from './vm.ts';

/** What a command line, QEMU's options, or ssh's tokens could stumble over. */
const HOSTILE = `a, b=c "d" 'e' %h $HOME nbd:x ü`;

describe('Ugly', () => {
  it('run: every path may have commas, quotes, spaces and signs: image, state, volume, disk, key', async () => {
    const { images, initrd, cmdline, sshKey } = await testImage(['qcow2']);
    const dir = tempDir(`${HOSTILE} `);
    copyFileSync(images.kernel, join(dir, `${HOSTILE}-kernel`));
    copyFileSync(initrd, join(dir, `${HOSTILE}-initrd.img`));
    writeFileSync(join(dir, `${HOSTILE}-cmdline`), cmdline);
    copyFileSync(images.qcow2, join(dir, `${HOSTILE}.qcow2`));
    writeFileSync(join(dir, `${HOSTILE}.key`), readFileSync(sshKey), { mode: 0o600 });
    mkdirSync(join(dir, `${HOSTILE} share`));
    writeFileSync(join(dir, `${HOSTILE} share`, 'file'), 'shared');
    const manager = await open({ stateDir: join(dir, 's') });
    const more = {
      volumes: { [join(dir, `${HOSTILE} share`)]: `/mnt/${HOSTILE}` },
      disks: [{ sizeMb: 32 }],
      sshKey: join(dir, `${HOSTILE}.key`),
      waitFor: 'ssh',
    } as const;
    for (const image of [HOSTILE, `${HOSTILE}.qcow2`]) {
      const { id } = await manager.run(join(dir, image), await options(more));
      const result = await manager.exec(id, ['cat', `/mnt/${HOSTILE}/file`], { via: 'ssh' });
      expect(result).toMatchObject({ stdout: 'shared', exitCode: 0 });
      await manager.remove(id, { force: true });
    }
  });
});
