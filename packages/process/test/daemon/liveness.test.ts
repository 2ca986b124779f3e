import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { isProcessRunning, processRecordOf } from '../../src/daemon/liveness.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('Ugly', () => {
  it('isProcessRunning: one that is buried while it is looked at does not run', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    const buried = once(child, 'exit');
    const { pid = 0 } = child;
    const record = { pid, writtenAtMs: Date.now(), ...(await processRecordOf(pid)) };
    await buried;
    const kill = jest.spyOn(process, 'kill').mockReturnValueOnce(true); // it was there a moment ago
    expect(await isProcessRunning(record)).toBe(false);
    expect(kill.mock.calls).toEqual([
      [pid, 0],
      [pid, 0],
    ]);
  });
});
