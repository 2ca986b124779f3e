import { MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { copyOut } from '../../src/copy/copy-out.ts';
import type { GuestRunner } from '../../src/exec/guest-runner.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';

describe('Ugly', () => {
  it('copyOut leaves a guest that does not stop saying what a file is', async () => {
    let said = 0;
    const runner: GuestRunner = {
      via: 'agent',
      run: async (_, { sink, signal }) => {
        while (signal?.aborted !== true && said < 1_000) {
          said += 1;
          await sink({ stream: 'stdout', bytes: Buffer.alloc(1_000, 'file ') });
          await new Promise(setImmediate);
        }
        return { exitCode: 0 };
      },
    };
    const job = { runner, medium: new MemoryMedium(), machine: 'web', path: 'a', guestPath: '/a', signal: undefined };
    const error = await containerRefusalOf(() => copyOut(job), 'ERR_CONTAINER_COPY_FAILED');
    expect(error.message).toBe('Cannot copy "/a" of "web": the guest says more than what it is');
    expect(said).toBeLessThan(10);
  });
});
