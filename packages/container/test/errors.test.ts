import { CoreError, isCoreError } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { ContainerError } from '../src/index.ts';

const error = new ContainerError('Cannot do it', {
  code: 'ERR_CONTAINER_NOT_FOUND',
  op: 'container.test',
  id: 'web',
  hint: 'Do it well.',
});

describe('Good', () => {
  it('ContainerError is a CoreError with code, operation, subject and hint', () => {
    expect(error).toBeInstanceOf(CoreError);
    expect(isCoreError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'ContainerError',
      code: 'ERR_CONTAINER_NOT_FOUND',
      op: 'container.test',
      id: 'web',
      hint: 'Do it well.',
    });
  });
});

describe('Bad', () => {
  it('ContainerError without a subject has no such field', () => {
    expect('id' in new ContainerError('Cannot do it', { code: 'ERR_CONTAINER_NOT_FOUND', op: 'container.test' })).toBe(
      false,
    );
  });
});
