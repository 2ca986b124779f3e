import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { makeUrgent } from '../../src/terminate/urgent.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // programs are started, on a machine that may be busy

describe('Good', () => {
  needs('linux')('makeUrgent does what it says, and nothing where that is not allowed', async () => {
    await using command = await scriptedCommand();
    spawn(command.command, command.args, { stdio: 'ignore', detached: true });
    const { pid } = await command.next();
    const before = getPriority(pid);
    if (!makeUrgent(pid)) {
      expect([before, -20]).toContain(getPriority(pid)); // refused at the first step or at the second
      return;
    }
    expect(getPriority(pid)).toBe(-20);
    expect(readFileSync(`/proc/${String(pid)}/autogroup`, 'utf8')).toMatch(/nice -20$/m);
  });
});

describe('Bad', () => {
  it('makeUrgent of nobody is refused', () => {
    expect(makeUrgent(2_000_000_000)).toBe(false);
  });
});

describe('Ugly', () => {
  it('makeUrgent leaves this program as it was', () => {
    const before = getPriority();
    makeUrgent(2_000_000_000);
    expect(getPriority()).toBe(before);
  });
});
