import { describe, expect, it } from '@jest/globals';

import { runQuiet } from '../../src/exec/index.ts';

describe('Good', () => {
  it('runQuiet runs a command and gives nothing back', async () => {
    await expect(runQuiet('true')).resolves.toBeUndefined();
    await expect(runQuiet('sh', ['-c', 'echo loud; echo louder >&2'])).resolves.toBeUndefined();
  });
});

describe('Bad', () => {
  it('runQuiet has stderr in its error', async () => {
    const running = runQuiet('sh', ['-c', 'echo progress; echo "out of paper" >&2; exit 3']);
    await expect(running).rejects.toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO', exitCode: 3 });
    await expect(running).rejects.toThrow(/it exited with code 3 after .*\nstderr ended with:\nout of paper$/);
  });
});

describe('Ugly', () => {
  it('runQuiet starts nothing with a signal that is aborted', async () => {
    await expect(runQuiet('no-such-program', [], { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});
