import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import type { ImageFormat } from '../../src/image/image.ts';
import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import type { LinuxKitManagerOptions } from '../../src/manager/open-context.ts';
import type { RunOptions } from '../../src/run-options.ts';
import { buildTestImage, type TestImage } from '../../src/testing/vm-image/test-image.ts';

/** A test with real machines; a busy one may take ten times as long as an idle one. */
export const it: (title: string, test: () => Promise<void>) => void = (title, test) => {
  needs('apt-get', 'gcc', 'qemu-img', 'qemu-system-x86_64', 'ssh', 'xorriso')(title, test, 300_000);
};

const dirs: string[] = [];
const managers: LinuxKitManager[] = [];
let image: Promise<TestImage<never>> | undefined;

afterAll(async () => {
  for (const manager of managers) {
    for (const { id } of await manager.list()) await manager.remove(id, { force: true }).catch(() => undefined);
  }
  for (const manager of managers.splice(0)) await manager.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
}, 60_000);

/** A folder that is there until the tests of the file are over. */
export function tempDir(name = 'vm-'): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), name)));
  dirs.push(dir);
  return dir;
}

/** A manager of real machines; they are removed when the tests of the file are over. */
export async function open(options: LinuxKitManagerOptions = {}): Promise<LinuxKitManager> {
  const { stateDir = tempDir(), hypervisor = new QemuHypervisor({ accelerator: 'tcg' }) } = options;
  const manager = await LinuxKitManager.open({ ...options, stateDir, hypervisor });
  managers.push(manager);
  return manager;
}

/** The bootable image, in these forms beside that of a kernel; made once. */
export async function testImage<F extends ImageFormat = never>(formats: readonly F[] = []): Promise<TestImage<F>> {
  if (formats.length > 0) return buildTestImage({ formats });
  image ??= buildTestImage({ formats: [] });
  return image as Promise<TestImage<F>>;
}

/** What every machine of these tests is run with. */
export async function options(more: RunOptions = {}): Promise<RunOptions> {
  const { sshKey } = await testImage();
  return { detach: true, memoryMb: 256, sshKey, waitTimeoutMs: 240_000, ...more };
}
