import { describe, expect, it } from '@jest/globals';

import { obstacleOf, obstacleOfMedium } from '../src/obstacle.ts';

const refusal = (code: string): Error => Object.assign(new Error(code), { code });

describe('Good', () => {
  it.each([
    ['E2BIG', 'arguments'],
    ['EMFILE', 'resources'],
    ['ENFILE', 'resources'],
    ['EAGAIN', 'resources'],
    ['ENOMEM', 'resources'],
    ['EACCES', 'command'],
    ['ENOENT', 'command'],
    ['ENOEXEC', 'command'],
  ])('obstacleOf %s is of the kind %s', async (code, what) => {
    const cause = refusal(code);
    expect(await obstacleOf(cause, 'make', '/')).toMatchObject({ code, what, cause });
  });

  it('obstacleOf tells a program that is looked for from one with a path', async () => {
    expect((await obstacleOf(refusal('ENOENT'), 'make', '/')).reason).toBe('there is no such program on the PATH');
    expect((await obstacleOf(refusal('ENOENT'), './make', '/')).reason).toBe('there is no such program');
  });
});

describe('Bad', () => {
  it.each([
    ['/no/such/directory', 'ENOENT', 'the directory does not exist'],
    ['/dev/null', 'ENOTDIR', 'the directory is not a directory'],
  ])('obstacleOf the directory %s is %s', async (dir, code, reason) => {
    expect(await obstacleOf(refusal('ENOENT'), 'make', dir)).toMatchObject({ code, what: 'dir', reason });
  });

  it('obstacleOfMedium names the refusal of a medium', () => {
    expect(obstacleOfMedium(refusal('EACCES'))).toMatchObject({ code: 'EACCES', what: 'dir' });
    expect(obstacleOfMedium(refusal('EIO')).reason).toBe('the directory cannot be used (EIO)');
    expect(obstacleOfMedium(undefined)).toMatchObject({ code: 'ENOENT', what: 'dir' });
  });
});

describe('Ugly', () => {
  it('obstacleOf knows what to do with what is no error of the system', async () => {
    expect(await obstacleOf('thrown', 'make', '/')).toMatchObject({ code: 'UNKNOWN', what: 'command' });
    expect(await obstacleOf(undefined, 'make', '/')).toMatchObject({ code: 'UNKNOWN', what: 'command' });
  });
});
