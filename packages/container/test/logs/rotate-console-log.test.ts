import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';
import { describe, expect, jest } from '@jest/globals';

import { readLog } from '../../src/logs/read-log.ts';
import { rotateConsoleLog } from '../../src/logs/rotate-console-log.ts';
import type { MachineControl } from '../../src/machine/machine-control.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { RealMachine } from '../machine/support/real-machine.ts';
import { tempDir } from '../state/support/temp-dir.ts';
import { textOf } from './support.ts';

jest.setTimeout(60_000); // a machine is started

/**
 * A boot sector that writes the alphabet to the first serial port, for ever: so a byte that is missing or comes twice
 * is seen.
 *
 *     start: mov bl, 'a'
 *     next:  mov dx, 0x3fd        ; line status
 *     wait:  in al, dx
 *            test al, 0x20        ; room for a byte?
 *            jz wait
 *            mov dx, 0x3f8
 *            mov al, bl
 *            out dx, al
 *            inc bl
 *            cmp bl, '{'
 *            jne next
 *            jmp start
 */
const ALPHABET = 'B361BAFD03ECA82074FBBAF80388D8EEFEC380FB7B75EBEBE7';

async function talkingMachine(): Promise<{ machine: RealMachine; control: MachineControl }> {
  const sector = Buffer.alloc(512);
  sector.write(ALPHABET, 'hex');
  sector.writeUInt16LE(0xaa55, 510);
  const disk = join(tempDir(), 'alphabet.img');
  writeFileSync(disk, sector);
  const drive = ['-drive', `file=${disk},format=raw,if=ide`, '-serial', 'chardev:console'];
  const machine = new RealMachine(['-machine', 'pc', '-m', '16', ...drive]);
  return { machine, control: await machine.start() };
}

/** Waits until the guest has written so much since the last piece. */
async function written(log: string, bytes: number): Promise<void> {
  let sum = 0;
  for await (const chunk of readLog(localMedium(), log, { follow: true, tail: 0 })) {
    sum += chunk.length;
    if (sum >= bytes) return;
  }
}

function breaksIn(text: string): number {
  let breaks = 0;
  for (let index = 1; index < text.length; index += 1) {
    const step = text.charCodeAt(index) - text.charCodeAt(index - 1);
    if (step !== 1 && step !== -25) breaks += 1;
  }
  return breaks;
}

describe('Ugly', () => {
  needs('qemu-system-x86_64')(
    'rotateConsoleLog loses and repeats no byte of a guest that writes all the time',
    async () => {
      const { machine, control } = await talkingMachine();
      const { log } = machine.paths;
      const follower = textOf(readLog(localMedium(), log, { follow: true, ended: control.waitForExit() }));
      const options = { medium: localMedium(), keep: 10 };
      expect(await rotateConsoleLog(control.record, machine.paths, options)).toBe(false); // far from 16 MiB
      for (let round = 1; round <= 4; round += 1) {
        await written(log, 5_000);
        expect(await rotateConsoleLog(control.record, machine.paths, { ...options, maxBytes: 1 })).toBe(true);
        expect(readFileSync(`${log}.${String(round)}`, 'latin1').length).toBeGreaterThanOrEqual(
          round === 1 ? 5_000 : 1,
        );
      }
      const client = connect(machine.paths.console);
      await once(client, 'data');
      expect(await rotateConsoleLog(control.record, machine.paths, { ...options, maxBytes: 1 })).toBe(false);
      await control.kill();
      client.destroy();
      const whole = await textOf(readLog(localMedium(), log));
      expect(await follower).toBe(whole);
      const last = statSync(log).size; // while somebody was at the console, QEMU repeats what that one was too slow for
      expect(breaksIn(whole.slice(0, -last))).toBe(0);
      expect(whole.length - last).toBeGreaterThan(20_000 - 5_000);
    },
  );

  needs('qemu-system-x86_64')('rotateConsoleLog goes on where another program was killed in the middle', async () => {
    const { machine, control } = await talkingMachine();
    const { log, dir } = machine.paths;
    await written(log, 1000);
    await localMedium().rename(log, `${log}.1`); // and killed
    const options = { medium: localMedium(), maxBytes: 1_000_000_000 };
    expect(await rotateConsoleLog(control.record, machine.paths, options)).toBe(true);
    await written(log, 1000);
    expect(await localMedium().exists(`${dir}/console.tmp`)).toBe(false);
    expect(await localMedium().exists(machine.paths.console)).toBe(true);
    await control.kill();
    expect(breaksIn(await textOf(readLog(localMedium(), log)))).toBe(0);
    const rotate = (): Promise<boolean> => rotateConsoleLog(control.record, machine.paths, { ...options, maxBytes: 1 });
    await containerRefusalOf(rotate, 'ERR_CONTAINER_CONTROL_FAILED');
    expect((await machine.files()).filter((name) => name.startsWith('console.log'))).toEqual([
      'console.log',
      'console.log.1',
    ]);
  });
});
