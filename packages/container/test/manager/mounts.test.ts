import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { Container } from '../../src/container.ts';
import type { ManagerContext } from '../../src/manager/context.ts';
import { mountVolumes } from '../../src/manager/mount-volumes.ts';
import { openContext } from '../../src/manager/open-context.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { opened, tempDir } from './fixture.ts';
import { nativeAgent } from './native-agent.ts';

const contexts: ManagerContext[] = [];
const descriptors: number[] = [];

afterEach(async () => {
  for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  for (const { agents, service } of contexts.splice(0)) {
    await agents.close();
    await service.close();
  }
});

interface Mounts {
  /** Mounts the volume of a machine that runs. */
  readonly mount: (signal?: AbortSignal) => Promise<void>;
  /** Resolves when the guest mounts, with the process that does. */
  readonly begun: () => Promise<number>;
  /** Has the guest end its mounting. */
  readonly go: () => void;
}

/** A machine with a volume, whose guest says when it mounts, and does so when it is told to. */
async function mounts(): Promise<Mounts> {
  const dir = tempDir();
  const program = (path: string, text: string): string => {
    writeFileSync(join(dir, path), `#!/bin/sh\n${text}\n`);
    chmodSync(join(dir, path), 0o755);
    return join(dir, path);
  };
  mkdirSync(join(dir, 'bin'));
  spawnSync('mkfifo', [join(dir, 'begun'), join(dir, 'go')]);
  const go = openSync(join(dir, 'go'), 'r+'); // nobody waits for the other end
  descriptors.push(go);
  program('bin/mount', `echo $$ >${dir}/begun; read -r line <${dir}/go`);
  program('bin/modprobe', 'exit 0');
  const agent = program('agent', `PATH=${dir}/bin:$PATH exec '${await nativeAgent()}' "$@"`);
  const hypervisor = new FakeHypervisor({ agent });
  const { manager, image, stateDir } = await opened({ hypervisor });
  const volumes = { [dir]: join(dir, 'mounted') };
  const options = { detach: true, name: 'web', user: userInfo().username, volumes } as const;
  const machine: Container = await manager.run(image, options);
  const context = await openContext({ stateDir, hypervisor });
  contexts.push(context);
  return {
    mount: (signal) => mountVolumes(context, machine, { signal }),
    begun: async () => Number(await readFile(join(dir, 'begun'), 'utf8')),
    go: () => {
      writeSync(go, 'go\n');
    },
  };
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const it = needs('gcc', 'setpriv');

describe('Good', () => {
  it('mountVolumes: all who want it at once wait for one mounting, and later ones for none', async () => {
    const { mount, begun, go } = await mounts();
    const all = [mount(), mount(), mount()];
    await begun();
    go();
    await Promise.all(all);
    await mount();
  });
});

describe('Ugly', () => {
  it('mountVolumes: who is aborted leaves at once, the others stay', async () => {
    const { mount, begun, go } = await mounts();
    const controller = new AbortController();
    const reason = new Error('enough');
    const [first, second] = [reasonOf(mount(controller.signal)), reasonOf(mount())];
    await begun();
    controller.abort(reason);
    expect(await first).toBe(reason);
    go();
    expect(await second).toBeUndefined();
    await mount();
  });

  it('mountVolumes: the last who leaves ends it, and whoever comes then has it begin anew', async () => {
    const { mount, begun, go } = await mounts();
    const controllers = [new AbortController(), new AbortController()];
    const reasons = [new Error('one'), new Error('two')];
    const leaving = controllers.map(({ signal }) => reasonOf(mount(signal)));
    const pid = await begun();
    for (const [at, controller] of controllers.entries()) controller.abort(reasons[at]);
    expect(await Promise.all(leaving)).toEqual(reasons);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const anew = mount();
    expect(await begun()).not.toBe(pid);
    go();
    await anew;
  });
});
