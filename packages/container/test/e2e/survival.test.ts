import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { describe, expect } from '@jest/globals';

import { TEST_IMAGE_SHUTDOWN } from '../../src/testing/vm-image/test-image.ts';
import { Watched } from '../manager/watched.ts';
import { it, open, options, tempDir, testImage } from './vm.ts';

const PROGRAM = fileURLToPath(new URL('fixtures/run.mjs', import.meta.url));

describe('Ugly', () => {
  it('run: the program is killed, the machine goes on, and the next program lists it, runs commands in it and stops it', async () => {
    const { images } = await testImage();
    const stateDir = tempDir();
    const told = { stateDir, image: images.kernel, options: await options({ name: 'web', waitFor: 'ssh' }) };
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(told)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Watched(child.stdout).until('up');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const manager = await open({ stateDir });
    const [machine] = await manager.list();
    expect(machine).toMatchObject({ name: 'web', status: 'running' });
    expect((await manager.exec('web', ['echo', 'still here'])).stdout).toBe('still here\n');
    await manager.stop('web', { timeoutMs: 60_000 });
    const lines: string[] = [];
    for await (const line of manager.logs('web').lines()) lines.push(line);
    expect(lines.join('\n')).toContain(TEST_IMAGE_SHUTDOWN);
    expect((await manager.inspect('web')).exitReason).toBe('guest-shutdown');
  });

  it('run: a guest that takes connections and has no SSH yet is not ready', async () => {
    const { images } = await testImage();
    const manager = await open();
    const slow = await options({ name: 'slow', cmdline: 'vm.sshdelay=4', waitFor: 'ssh' });
    const running = manager.run(images.kernel, slow);
    await running;
    let console = '';
    for await (const line of manager.logs('slow').lines()) console += `${line}\n`;
    expect(console).toContain('READY ssh'); // which it says when SSH is up
    await manager.remove('slow', { force: true });
  });

  it('list: tells that a machine was killed, and restart brings it back', async () => {
    const { images } = await testImage();
    const manager = await open();
    const { pid, id } = await manager.run(images.kernel, await options({ name: 'web' }));
    process.kill(pid, 'SIGKILL');
    await manager.wait(id);
    expect((await manager.list())[0]).toMatchObject({ status: 'stopped', pid: 0, exitReason: 'killed' });
    await manager.restart('web', { waitFor: 'agent', waitTimeoutMs: 240_000 });
    expect((await manager.exec('web', ['true'])).exitCode).toBe(0);
    await manager.remove('web', { force: true });
  });
});
