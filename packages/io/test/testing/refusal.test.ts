import { CoreError, MemoryMedium } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

const missing = (): Promise<string> => new MemoryMedium().read('missing');

describe('Good', () => {
  it('refusalOf() resolves to the refusal, whatever its code or with the code that is wanted', async () => {
    expect((await refusalOf(missing)).op).toBe('io.read');
    expect((await refusalOf(missing, 'ENOENT')).code).toBe('ENOENT');
  });
});

describe('Bad', () => {
  it('refusalOf() rejects where the work succeeds', async () => {
    await expect(refusalOf(() => Promise.resolve('done'))).rejects.toThrow('it succeeded with done');
  });

  it('refusalOf() rejects another code and says which came', async () => {
    await expect(refusalOf(missing, 'EACCES')).rejects.toThrow(
      'Wanted a refusal with EACCES, got IoError: Cannot read',
    );
  });

  it('refusalOf() rejects what is no refusal by design, and keeps it as the cause', async () => {
    const misuse = new TypeError('wrong');
    const error: unknown = await refusalOf(() => Promise.reject(misuse)).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(CoreError);
    expect(error).toHaveProperty('cause', misuse);
  });
});
