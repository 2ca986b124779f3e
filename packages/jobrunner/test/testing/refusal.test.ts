import { CoreError } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { JobrunnerError } from '../../src/index.ts';
import { jobrunnerRefusalOf } from '../../src/testing/index.ts';

const refuse = (): Promise<never> =>
  Promise.reject(new JobrunnerError('Cannot', { code: 'ERR_JOURNAL_INVALID_NAME', op: 'jobrunner.test' }));

describe('Good', () => {
  it('jobrunnerRefusalOf() resolves to the refusal', async () => {
    expect((await jobrunnerRefusalOf(refuse, 'ERR_JOURNAL_INVALID_NAME')).op).toBe('jobrunner.test');
  });
});

describe('Bad', () => {
  it('jobrunnerRefusalOf() rejects where nothing was refused', async () => {
    await expect(jobrunnerRefusalOf(() => Promise.resolve(1), 'ERR_JOURNAL_INVALID_NAME')).rejects.toThrow(
      'it succeeded with 1',
    );
  });

  it('jobrunnerRefusalOf() rejects an error of another package with the same code', async () => {
    const foreign = (): Promise<never> =>
      Promise.reject(new CoreError('Cannot', { code: 'ERR_JOURNAL_INVALID_NAME', op: 'other' }));
    await expect(jobrunnerRefusalOf(foreign, 'ERR_JOURNAL_INVALID_NAME')).rejects.toThrow('got a CoreError');
  });
});
