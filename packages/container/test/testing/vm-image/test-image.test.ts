import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { command } from '@core/process/exec';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';

import { defaultCacheDir } from '../../../src/testing/vm-image/cache.ts';
import { runTool } from '../../../src/testing/vm-image/run-tool.ts';
import { buildTestImage } from '../../../src/testing/vm-image/test-image.ts';
import { containerRefusalOf } from '../../../src/testing/index.ts';
import { GUEST_TOOLS } from '../../guest/boot-guest.ts';

const TOOLS = [...GUEST_TOOLS, 'qemu-img', 'xorriso'] as const;
let cacheDir: string;

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'images-'));
  if (!TOOLS.every(has)) return;
  // so that nothing is downloaded a second time
  await buildTestImage();
  await mkdir(join(cacheDir, 'packages'));
  const packages = join(defaultCacheDir(), 'packages');
  for (const name of await readdir(packages)) await copyFile(join(packages, name), join(cacheDir, 'packages', name));
}, 180_000);

afterAll(async () => {
  await rm(cacheDir, { recursive: true, force: true });
});

const test = needs(...TOOLS);

describe('Good', () => {
  test('buildTestImage makes all forms once, also for several who ask at once', async () => {
    const [first, second] = await Promise.all([buildTestImage({ cacheDir }), buildTestImage({ cacheDir })]);
    expect(second).toEqual(first);
    expect(Object.keys(first.images).sort()).toEqual(['iso', 'kernel', 'qcow2', 'raw', 'vmdk']);
    const names = (await readdir(first.dir)).filter((name) => name.startsWith('core-test')).sort();
    expect(names.filter((name) => !name.includes('.') || name.endsWith('.img'))).toEqual([
      ...['core-test-cmdline', 'core-test-initrd.img', 'core-test-kernel'],
    ]);
    for (const [format, path] of Object.entries(first.images)) {
      const info = await command('qemu-img', 'info', '--output=json', path).output();
      const { format: found } = JSON.parse(info) as { format: string };
      expect([format, found]).toEqual([format, format === 'qcow2' || format === 'vmdk' ? format : 'raw']);
    }
    expect(await readFile(join(first.dir, 'core-test-cmdline'), 'utf8')).toBe(first.cmdline);
    expect((await stat(first.sshKey)).mode & 0o777).toBe(0o600);
    expect(first.hostKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
    const left = await Promise.all(['', 'images', 'packages'].map((name) => readdir(join(cacheDir, name))));
    expect(left.flat().filter((name) => name.startsWith('.'))).toEqual([]);
  }, 180_000);

  test('buildTestImage makes what is missing only', async () => {
    const image = await buildTestImage({ cacheDir, formats: ['raw'] });
    const before = await stat(image.images.kernel);
    await rm(image.images.raw);
    expect(await buildTestImage({ cacheDir, formats: ['raw'] })).toEqual(image);
    expect((await stat(image.images.raw)).size).toBeGreaterThan(before.size);
    expect((await stat(image.images.kernel)).mtimeMs).toBe(before.mtimeMs);
  });
});

describe('Bad', () => {
  it('buildTestImage rejects with the reason of an abort, and runTool says how to get a tool', async () => {
    const reason = new Error('never mind');
    await expect(buildTestImage({ cacheDir, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const error = await containerRefusalOf(() => runTool(['no-such-tool']), 'ERR_CONTAINER_TOOL_MISSING');
    expect(error.hint).toBe('On Debian: apt-get install no-such-tool');
  });
});
