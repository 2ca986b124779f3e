import { once } from 'node:events';

import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, jest } from '@jest/globals';

import { isCoreError, localMedium, MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';

import { MachineControl } from '../../src/machine/machine-control.ts';
import { transferSocket } from '../../src/machine/machine-paths.ts';
import { checkSavedState, fingerprintOf, hasSavedState, savedStateTrailer } from '../../src/machine/saved-state.ts';
import { QmpClient } from '../../src/qmp/qmp-client.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { RealMachine } from './support/real-machine.ts';
import { tinyGuest } from './support/tiny-guest.ts';

jest.setTimeout(60_000);
const withQemu = needs('qemu-system-x86_64');
const local = localMedium();
const service = new Service();
const KILLED = { killSignal: 'SIGKILL' } as const;
const SINK = fileURLToPath(new URL('fixtures/memory-sink.mjs', import.meta.url));

afterAll(async () => {
  await service.close();
});

async function running(): Promise<{ control: MachineControl; machine: RealMachine }> {
  const machine = new RealMachine(await tinyGuest());
  const control = await machine.start();
  await machine.ready();
  return { control, machine };
}

/** Presses a key and waits for what the guest answers: the number of keys so far. */
async function press(control: MachineControl): Promise<string> {
  const console_ = await control.console();
  console_.write('x');
  let answer = '';
  while (answer === '') answer = ((await once(console_, 'data')) as [Buffer])[0].toString().trim(); // the end of READY
  console_.destroy();
  await once(console_, 'close');
  return answer;
}

/** How the guest says a number: after `9` comes what comes then in ASCII. */
const digit = (count: number): string => String.fromCharCode(48 + count);

/** What a work is refused with. */
async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isCoreError(error) ? error.code : error;
}

/** The command that goes on from the saved state. */
const resumed = (machine: RealMachine, more: readonly string[] = []) => ({
  ...machine.command(['-incoming', 'fd:0', ...more]),
  stdin: machine.paths.savedState,
});

describe('Good', () => {
  withQemu('suspend saves the memory, and launchMachine goes on from it', async () => {
    const { control, machine } = await running();
    const { savedState } = machine.paths;
    expect([await press(control), await press(control)]).toEqual(['1', '2']);
    await control.suspend();
    expect(await control.isAlive()).toBe(false);
    expect(await control.exitReason()).toMatchObject({ reason: 'host-qmp-quit' });
    expect((await local.stat(savedState)).mode).toBe(0o600);
    expect(await hasSavedState(local, savedState, machine)).toBe(true);

    const again = await machine.start(resumed(machine));
    expect(await again.status()).toBe('running');
    expect(await local.exists(savedState)).toBe(false);
    expect(await press(again)).toBe('3');
    expect(await again.stopLadder()).toMatchObject({ by: 'guest' });
  });

  withQemu('launchMachine deletes the saved state of a machine that boots anew', async () => {
    const { control, machine } = await running();
    await control.suspend();
    expect(await (await machine.start()).status()).toBe('running');
    expect(await local.exists(machine.paths.savedState)).toBe(false);
  });

  withQemu('suspend can be done again and again', async () => {
    const { control: first, machine } = await running();
    let control = first;
    for (const count of ['1', '2', '3']) {
      expect(await press(control)).toBe(count);
      await control.suspend();
      control = await machine.start(resumed(machine));
    }
    expect(await press(control)).toBe('4');
  });

  it('fingerprintOf minds what the guest sees, and not where its host keeps things', () => {
    const args = ['-m', '512', '-device', 'virtio-net-pci,netdev=net0'];
    const host = ['-netdev', 'user,id=net0,hostfwd=tcp:127.0.0.1:1-:22', '-chardev', 'null,id=a', '-pidfile', '/a'];
    const fingerprint = fingerprintOf({ args });
    expect(fingerprintOf({ args: [...args, ...host, '-incoming', 'fd:0', '-S'] })).toBe(fingerprint);
    expect(fingerprintOf({ args: ['-m', '513', ...args.slice(2)] })).not.toBe(fingerprint);
  });
});

describe('Bad', () => {
  it('checkSavedState refuses what is not there, cut, damaged, of another machine, or of a changed one', async () => {
    const owner = { uuid: 'u', fingerprint: 'f' };
    const whole = `memory${savedStateTrailer(owner, 6)}`;
    const medium = new MemoryMedium({
      whole,
      ...{ cut: whole.slice(0, -1), short: whole.slice(1), long: `m${whole}`, empty: '', words: 'memory\n7\n' },
    });
    await checkSavedState(medium, 'whole', { ...owner, id: 'web' });
    const why = async (path: string, other = {}): Promise<string> => {
      const wanted = { ...owner, id: 'web', ...other };
      const error = await containerRefusalOf(() => checkSavedState(medium, path, wanted), 'ERR_CONTAINER_SAVED_STATE');
      return error.message.replace(`Cannot resume machine "web" from "${path}": `, '');
    };
    expect(await why('missing')).toBe('there is no saved state');
    for (const path of ['cut', 'short', 'long', 'empty', 'words']) expect(await why(path)).toBe('it is damaged');
    expect(await why('whole', { uuid: 'v' })).toBe('it is the memory of another machine');
    expect(await why('whole', { fingerprint: 'g' })).toBe('the machine was changed since it was saved');
  });

  withQemu('launchMachine refuses the saved state of a machine that was changed, and starts nothing', async () => {
    const { control, machine } = await running();
    await control.suspend();
    const changed = resumed(machine, ['-device', 'virtio-rng-pci']);
    await containerRefusalOf(() => machine.start(changed), 'ERR_CONTAINER_SAVED_STATE');
    expect(await hasSavedState(local, machine.paths.savedState, machine)).toBe(true);
    expect(await press(await machine.start(resumed(machine)))).toBe('1');
  });

  withQemu('launchMachine tells what the hypervisor says of a memory that is damaged, and keeps it', async () => {
    const { control, machine } = await running();
    await control.suspend();
    const path = machine.paths.savedState;
    const state = await local.readBytes(path);
    await local.write(
      path,
      state.map((byte, at) => (at < 64 ? ~byte : byte)),
    );
    const error = await containerRefusalOf(() => machine.start(resumed(machine)), 'ERR_CONTAINER_START_FAILED');
    expect(error.output).toMatch(/migration/i);
    expect(await local.exists(path)).toBe(true);
  });

  withQemu('suspend tells what keeps the hypervisor from it, and the guest runs on', async () => {
    // an unmigratable device
    const machine = new RealMachine([...(await tinyGuest()), '-device', 'nvme,serial=a']);
    const control = await machine.start();
    await machine.ready();
    const error = await containerRefusalOf(() => control.suspend(), 'ERR_CONTAINER_SAVED_STATE');
    expect(error.message).toMatch(/^Cannot save the memory of machine "\w+": .*(nvme|non-migratable)/);
    expect(await control.status()).toBe('running');
    expect(await machine.files()).not.toContain('saved-state');
  });

  withQemu('suspend rejects with the reason of a signal, and the guest runs on', async () => {
    const { control, machine } = await running();
    const controller = new AbortController();
    const reason = new Error('enough');
    const saving = control.suspend({ signal: controller.signal });
    const noted = expect(saving).rejects.toBe(reason);
    while (!(await local.exists(transferSocket(machine.paths)))) await new Promise(setImmediate);
    controller.abort(reason);
    await noted;
    expect(await control.status()).toBe('running');
    expect(await machine.files()).not.toContain('saved-state');
    expect(await press(control)).toBe('1');
  });
});

describe('Ugly', () => {
  withQemu('suspend leaves the guest running where the disk is full', async () => {
    const { control, machine } = await running();
    const medium = faulty(local, [{ path: '**/saved-state', error: 'ENOSPC' }]);
    const record = { ...control.record };
    const broken = new MachineControl(record, machine.paths, { control: 'qmp', medium });
    await expect(broken.suspend()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await control.status()).toBe('running');
    expect(await machine.files()).not.toContain('saved-state');
    expect(await press(control)).toBe('1');
    await control.suspend();
    expect(await hasSavedState(local, machine.paths.savedState, machine)).toBe(true);
  });

  withQemu('suspend that is aborted at any moment leaves a guest that goes on, and nothing else', async () => {
    const { control, machine } = await running();
    const files = await machine.files();
    let aborted = 0;
    for (let turns = 0; ; turns += 1 + (turns >> 4)) {
      const controller = new AbortController();
      const saving = refusalOf(control.suspend({ signal: controller.signal }));
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      controller.abort('enough');
      const refusal = await saving;
      if (refusal === undefined) break; // it was done before
      aborted += 1;
      expect([refusal, await control.status(), await machine.files()]).toEqual(['enough', 'running', files]);
      if (aborted % 20 === 0) expect(await press(control)).toBe(digit(aborted / 20));
    }
    expect(aborted).toBeGreaterThan(10);
    expect(await press(await machine.start(resumed(machine)))).toBe(digit(Math.floor(aborted / 20) + 1));
  });

  withQemu('suspend that fails, at whatever piece and how often, leaves the guest with its disks', async () => {
    const { control, machine } = await running();
    const refusals: unknown[] = [];
    const failsAt = async (nth: number): Promise<unknown> => {
      const faults = [
        { op: 'sink.write', path: '**/saved-state', nth, error: 'ENOSPC' },
        { op: 'sink.commit', path: '**/saved-state', error: 'EIO' },
      ] as const;
      const broken = new MachineControl(control.record, machine.paths, {
        control: 'qmp',
        medium: faulty(local, faults),
      });
      refusals.push(await refusalOf(broken.suspend()));
      return refusals.at(-1);
    };
    for (let round = 1; round <= 4; round += 1) {
      for (let nth = 1; (await failsAt(nth)) === 'ENOSPC'; nth += 1);
      expect(await control.status()).toBe('running');
      expect(await press(control)).toBe(String(round));
    }
    // QEMU ended by an assertion after some thirty of them, where its disks were inactive
    expect(new Set(refusals)).toEqual(new Set(['ENOSPC', 'EIO']));
    await control.suspend();
    expect(await press(await machine.start(resumed(machine)))).toBe('5');
  });

  withQemu(
    'suspend leaves no file to a guest that goes on, also where it is aborted when the file is just there',
    async () => {
      const { control, machine } = await running();
      const controller = new AbortController();
      const reason = new Error('enough');
      const abortAfter = {
        op: 'sink.commit',
        path: '**/saved-state',
        hold: () => {
          controller.abort(reason);
        },
      } as const;
      const late = new MachineControl(control.record, machine.paths, {
        control: 'qmp',
        medium: faulty(local, [abortAfter]),
      });
      await expect(late.suspend({ signal: controller.signal })).rejects.toBe(reason);
      expect(await machine.files()).not.toContain('saved-state');
      expect(await control.status()).toBe('running');
      expect(await press(control)).toBe('1');
    },
  );

  for (const [amount, word] of [['all', 'sent'] as const, ['some', 'begun'] as const]) {
    withQemu(`recover lets a guest go on whose saver was killed when it had got ${amount} of the memory`, async () => {
      const { control, machine } = await running();
      const path = transferSocket(machine.paths);
      const saver = await service.start(process.execPath, [SINK, path, machine.paths.control, amount], KILLED);
      for await (const { line } of saver.lines()) if (line === word) break;
      await saver.kill();
      if (amount === 'all') expect(await control.status()).toBe('postmigrate');
      expect(await control.recover()).toBe('running');
      expect(await control.status()).toBe('running');
      expect(await press(control)).toBe('1');
      await control.suspend();
      expect(await press(await machine.start(resumed(machine)))).toBe('2');
    });
  }

  withQemu('recover ends a hypervisor whose memory is in the file', async () => {
    const { control, machine } = await running();
    expect(await press(control)).toBe('1');
    await control.suspend();
    const state = await local.readBytes(machine.paths.savedState);
    // as it is left by a resume that was cut short: the memory is loaded, and its file still there
    const again = await machine.start(resumed(machine));
    await local.write(machine.paths.savedState, state);
    const client = await QmpClient.connect(machine.paths.control, machine);
    await client.execute('stop');
    await client.close();
    expect(await again.recover()).toBe('suspended');
    expect(await again.isAlive()).toBe(false);
    expect(await press(await machine.start(resumed(machine)))).toBe('2');
  });

  withQemu('recover leaves a machine alone that runs', async () => {
    const { control } = await running();
    expect(await control.recover()).toBe('running');
  });
});
