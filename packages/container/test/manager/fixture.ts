import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach } from '@jest/globals';

import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import type { LinuxKitManagerOptions } from '../../src/manager/open-context.ts';
import { bootableFile } from '../../src/testing/bootable-file.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';

const dirs: string[] = [];
const managers: LinuxKitManager[] = [];

afterEach(async () => {
  for (const manager of managers) {
    for (const { id } of await manager.list()) await manager.remove(id, { force: true }).catch(() => undefined);
  }
  for (const manager of managers.splice(0)) await manager.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function tempDir(name = 'vm-'): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), name)));
  dirs.push(dir);
  return dir;
}

/** A manager of fake machines; after the test they are removed and it is closed. */
export async function open(options: LinuxKitManagerOptions = {}): Promise<LinuxKitManager> {
  const { stateDir = tempDir(), hypervisor = new FakeHypervisor() } = options;
  const manager = await LinuxKitManager.open({ ...options, stateDir, hypervisor });
  managers.push(manager);
  return manager;
}

/** A manager, its state directory and an image. */
export async function opened(
  options?: LinuxKitManagerOptions,
): Promise<{ manager: LinuxKitManager; stateDir: string; image: string }> {
  const stateDir = options?.stateDir ?? tempDir();
  const manager = await open({ ...options, stateDir });
  return { manager, stateDir, image: await bootableFile(join(stateDir, 'web.iso')) };
}
