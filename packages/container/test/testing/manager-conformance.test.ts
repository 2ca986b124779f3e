import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { bootableFile } from '../../src/testing/bootable-file.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import {
  type ConformingManager,
  managerConformance,
  type ManagerSubject,
} from '../../src/testing/manager-conformance.ts';
import { tempDir } from '../manager/fixture.ts';

async function subject(): Promise<ManagerSubject> {
  const stateDir = tempDir();
  return {
    open: () => LinuxKitManager.open({ stateDir, hypervisor: new FakeHypervisor() }),
    image: await bootableFile(join(stateDir, 'web.iso')),
    ready: { console: 'READY ssh' },
    greeting: 'boot 1 of',
    without: ['exec'],
  };
}

describe('Good', () => {
  for (const { name, requires, run } of managerConformance()) {
    if (requires.includes('exec')) continue;
    it(name, async () => {
      await run(await subject());
    });
  }
});

/** A manager that does one thing otherwise. */
type Fault = (manager: LinuxKitManager) => Partial<ConformingManager>;

const FAULTS: Readonly<Record<string, Fault>> = {
  'stop() has the guest shut down, and tells so': (manager) => ({ stop: (id) => manager.kill(id) }),
  'stop() of a machine that is stopped is refused': (manager) => ({
    stop: (id) => manager.stop(id).catch(() => undefined),
  }),
  'kill() ends it at once, and tells so': (manager) => ({ kill: (id) => manager.stop(id) }),
  'list() finds out that a machine has died': (manager) => ({ list: () => manager.state.list() }),
  'list() tells only those of a status': (manager) => ({ list: () => manager.list() }),
  'list() tells the machines of every manager, the oldest first': (manager) => ({
    list: async (options) => (await manager.list(options)).toReversed(),
  }),
  'inspect() takes an id, a beginning of one, or a name': (manager) => ({ inspect: (id) => manager.state.get(id) }),
  'remove() of a machine that runs is refused, unless it is forced': (manager) => ({
    remove: (id) => manager.remove(id, { force: true }),
  }),
  'logs() of the tail are its last lines': (manager) => ({ logs: (id) => manager.logs(id) }),
  'logs() that follow end when the machine does': (manager) => ({
    logs: (id, options) => manager.logs(id, { ...options, follow: false }),
  }),
  'run() gives machines their own ids, names, processes and ports': (manager) => ({
    run: (image, options) => manager.run(image, { ...options, name: undefined }),
  }),
  'run() refuses an image that is not there': (manager) => ({
    run: (image, options) => manager.run(image, options).catch(() => manager.run('/no/such/other', options)),
  }),
  'run() rejects with the reason of its signal, and leaves nothing': (manager) => ({
    run: (image, options) => manager.run(image, { ...options, signal: undefined, waitFor: 'started' }),
  }),
  'wait() resolves with the machine when it has ended': (manager) => ({ wait: (id) => manager.inspect(id) }),
};

/** The verbs of a manager, some of them otherwise. */
function faulty(manager: LinuxKitManager, fault: Fault): ConformingManager {
  const others = fault(manager);
  return new Proxy<ConformingManager>(manager, {
    get: (target, name) => {
      const verb: unknown = Reflect.get(others, name) ?? Reflect.get(target, name);
      return typeof verb === 'function' ? (verb.bind(manager) as unknown) : verb;
    },
  });
}

describe('Bad', () => {
  it('managerConformance: has no two cases of one name', () => {
    const names = managerConformance().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const [name, fault] of Object.entries(FAULTS)) {
    it(`managerConformance: finds a manager of which it is not true that ${name}`, async () => {
      const good = await subject();
      const open = async (): Promise<ConformingManager> => faulty((await good.open()) as LinuxKitManager, fault);
      const found = managerConformance().find((one) => one.name === name);
      await expect(found?.run({ ...good, open })).rejects.toThrow();
      const cleaner = await good.open();
      for (const { id } of await cleaner.list()) await cleaner.remove(id, { force: true });
      await cleaner.close();
    });
  }
});
