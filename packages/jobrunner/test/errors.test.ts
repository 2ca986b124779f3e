import { CoreError, isCoreError } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { JobrunnerError } from '../src/index.ts';

const error = new JobrunnerError('Cannot do it', {
  code: 'ERR_JOURNAL_INVALID_NAME',
  op: 'jobrunner.test',
  id: 'web',
  hint: 'Do it well.',
});

describe('Good', () => {
  it('JobrunnerError is a CoreError with code, operation, subject and hint', () => {
    expect(error).toBeInstanceOf(CoreError);
    expect(isCoreError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'JobrunnerError',
      code: 'ERR_JOURNAL_INVALID_NAME',
      op: 'jobrunner.test',
      id: 'web',
      hint: 'Do it well.',
    });
  });
});

describe('Bad', () => {
  it('JobrunnerError without a subject has no such field', () => {
    expect('id' in new JobrunnerError('Cannot do it', { code: 'ERR_JOURNAL_INVALID_NAME', op: 'jobrunner.test' })).toBe(
      false,
    );
  });
});
