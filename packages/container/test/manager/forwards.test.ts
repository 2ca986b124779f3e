import { describe, expect, it } from '@jest/globals';

import type { Container } from '../../src/container.ts';
import { forwardsOf, portsOf, wantedForwards } from '../../src/manager/forwards.ts';
import { UndoStack } from '../../src/manager/undo-stack.ts';

const ALL = { portForwarding: true };

describe('Good', () => {
  it('wantedForwards: begins with SSH, and takes the port that was given for it', () => {
    expect(wantedForwards({}, ALL)).toEqual([{ host: 0, guest: 22 }]);
    expect(wantedForwards({ ports: { 8080: 80, 2222: 22 }, publish: [22, 443] }, ALL)).toEqual([
      { host: 2222, guest: 22 },
      { host: 8080, guest: 80 },
      { host: 0, guest: 443 },
    ]);
    expect(wantedForwards({ sshPort: 2200, ports: { 2222: 22 } }, ALL)).toEqual([
      { host: 2200, guest: 22 },
      { host: 2222, guest: 22 },
    ]);
  });

  it('wantedForwards: are none where the hypervisor forwards none', () => {
    expect(wantedForwards({}, { portForwarding: false })).toEqual([]);
    expect(portsOf([])).toEqual({ sshPort: 0, ports: {} });
    expect(forwardsOf({ sshPort: 0, ports: {} } as unknown as Container)).toEqual([]);
  });

  it('portsOf: tells what was asked for, and SSH by itself', () => {
    const forwards = [
      { host: 40_022, guest: 22 },
      { host: 8080, guest: 80 },
    ];
    expect(portsOf(forwards)).toEqual({ sshPort: 40_022, ports: { 8080: 80 } });
    expect(portsOf(forwards, { publish: [22] })).toEqual({ sshPort: 40_022, ports: { 8080: 80, 40_022: 22 } });
    const [ssh, ...rest] = forwards;
    expect(forwardsOf({ sshPort: 40_022, ports: { 8080: 80, 40_022: 22 } } as unknown as Container)).toEqual([
      ssh,
      ...rest,
    ]);
  });
});

describe('Ugly', () => {
  it('UndoStack: takes back in reverse, each once, also where a step fails', async () => {
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    const undo = new UndoStack({ debug: tell, info: tell, warn: tell, error: tell });
    undo.push(() => Promise.resolve(told.push('first')));
    undo.push(() => Promise.reject(new Error('stuck')));
    undo.push(() => Promise.resolve(told.push('last')));
    await undo.unwind();
    await undo.unwind();
    expect(told).toEqual(['last', 'A step of a start that failed could not be taken back', 'first']);
  });

  it('UndoStack: keeps what is to be kept', async () => {
    const undo = new UndoStack({ debug: fail, info: fail, warn: fail, error: fail });
    undo.push(() => Promise.reject(new Error('taken back')));
    undo.keep();
    await expect(undo.unwind()).resolves.toBeUndefined();
  });
});

function fail(): void {
  throw new Error('nothing to tell');
}
