import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import type { RunOptions } from '../../src/run-options.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { opened, tempDir } from './fixture.ts';
import { nativeAgent } from './native-agent.ts';

const PATH = process.env['PATH'] ?? '';
/** In the place of ssh: a guest without it, and one that is this system. */
const NO_SSH = 'echo "Connection refused" >&2; exit 255';
const SSH = 'for script; do :; done; exec sh -c "$script"';

const realNow = performance.now.bind(performance);

afterEach(() => {
  process.env['PATH'] = PATH;
  jest.restoreAllMocks();
});

/** As QEMU does: whoever asks is heard at once, and answered when the guest's agent is up. */
const LATE_AGENT = String.raw`
const { appendFileSync, existsSync } = require('node:fs');
const net = require('node:net');
const { spawn } = require('node:child_process');
const [, , agent, dir, , path] = process.argv;
const inner = path + '.up';
spawn('setpriv', ['--pdeathsig', 'KILL', agent, '--socket', inner], { stdio: 'ignore' });
net.createServer((client) => {
  client.on('error', () => {}).once('data', (bytes) => {
    appendFileSync(dir + '/asked', '.');
    if (existsSync(dir + '/silent')) return;
    const guest = net.connect(inner).on('error', () => client.destroy()).on('close', () => client.destroy());
    guest.write(bytes);
    client.on('close', () => guest.destroy()).pipe(guest).pipe(client);
  });
}).listen(path);
`;

interface Late {
  readonly manager: LinuxKitManager;
  /** The options of a run. */
  readonly options: RunOptions;
  readonly image: string;
  /** The guest's agent is up from now on. */
  readonly comesUp: () => void;
  /** How many have asked for the agent. */
  readonly asked: () => number;
}

/** A manager of machines whose agent is not up yet. In the shell script `$dir` is where the file `silent` is. */
async function late(ssh: string): Promise<Late> {
  const dir = tempDir();
  const program = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), 0o755);
    return join(dir, name);
  };
  program('ssh', `#!/bin/sh\ndir=${dir}\n${ssh}\n`);
  process.env['PATH'] = `${dir}:${PATH}`;
  writeFileSync(join(dir, 'late.cjs'), LATE_AGENT);
  const words = [process.execPath, join(dir, 'late.cjs'), await nativeAgent(), dir].map((word) => `'${word}'`);
  const agent = program('agent', `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  writeFileSync(join(dir, 'silent'), '');
  const { manager, image } = await opened({ hypervisor: new FakeHypervisor({ agent }) });
  return {
    ...{ manager, image, options: { detach: true, name: 'web', user: userInfo().username } },
    comesUp: () => {
      rmSync(join(dir, 'silent'));
    },
    asked: () => (existsSync(join(dir, 'asked')) ? readFileSync(join(dir, 'asked')).length : 0),
  };
}

/** From now on the clock that nobody sets goes so much before. */
function later(ms: number): void {
  jest.spyOn(performance, 'now').mockImplementation(() => realNow() + ms);
}

const it = needs('gcc', 'setpriv');

describe('Good', () => {
  it('exec: a guest without SSH is asked again, each time, until its agent is up', async () => {
    const { manager, image, options, comesUp } = await late(NO_SSH);
    await manager.run(image, options);
    await containerRefusalOf(() => manager.exec('web', ['true']), 'ERR_CONTAINER_EXEC_FAILED');
    comesUp();
    expect(await manager.exec('web', ['true'])).toMatchObject({ exitCode: 0, via: 'agent' });
  });

  it('run: a command that is waited for runs when the agent is up, where there is no SSH', async () => {
    const { manager, image, options } = await late(`rm -f "$dir/silent"; ${NO_SSH}`);
    const waitFor = { command: ['true'] };
    expect((await manager.run(image, { ...options, waitFor, waitTimeoutMs: 20_000 })).status).toBe('running');
  });

  it('exec: an agent that has answered meanwhile is used, also where SSH has worked before', async () => {
    const { manager, image, options, comesUp } = await late(SSH);
    await manager.run(image, options);
    expect((await manager.exec('web', ['true'])).via).toBe('ssh');
    comesUp();
    expect((await manager.exec('web', ['true'], { via: 'agent' })).via).toBe('agent');
    expect((await manager.exec('web', ['true'])).via).toBe('agent');
  });

  it('exec: a slow guest gets its fast way back soon', async () => {
    const { manager, image, options, comesUp } = await late(SSH);
    await manager.run(image, options);
    expect((await manager.exec('web', ['true'])).via).toBe('ssh');
    comesUp();
    later(12_000);
    expect((await manager.exec('web', ['true'])).via).toBe('agent');
  });
});

describe('Ugly', () => {
  it('exec: a guest without an agent is not asked by each command, and ever more seldom', async () => {
    const { manager, image, options, asked } = await late(SSH);
    await manager.run(image, options);
    const asks = async (): Promise<boolean> => {
      const before = asked();
      expect((await manager.exec('web', ['true'])).via).toBe('ssh');
      return asked() > before;
    };
    const all = await Promise.all(Array.from({ length: 5 }, asks));
    expect(all).toContain(true);
    const answers: boolean[] = [];
    for (const seconds of [1, 12, 20, 60]) {
      later(seconds * 1000);
      answers.push(await asks());
    }
    expect(answers).toEqual([false, true, false, true]);
  });
});
