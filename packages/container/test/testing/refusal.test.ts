import { CoreError } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { ContainerError } from '../../src/index.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';

const refuse = (): Promise<never> =>
  Promise.reject(new ContainerError('Cannot', { code: 'ERR_CONTAINER_NOT_FOUND', op: 'container.test' }));

describe('Good', () => {
  it('containerRefusalOf() resolves to the refusal', async () => {
    expect((await containerRefusalOf(refuse, 'ERR_CONTAINER_NOT_FOUND')).op).toBe('container.test');
  });
});

describe('Bad', () => {
  it('containerRefusalOf() rejects where nothing was refused', async () => {
    await expect(containerRefusalOf(() => Promise.resolve(1), 'ERR_CONTAINER_NOT_FOUND')).rejects.toThrow(
      'it succeeded with 1',
    );
  });

  it('containerRefusalOf() rejects an error of another package with the same code', async () => {
    const foreign = (): Promise<never> =>
      Promise.reject(new CoreError('Cannot', { code: 'ERR_CONTAINER_NOT_FOUND', op: 'other' }));
    await expect(containerRefusalOf(foreign, 'ERR_CONTAINER_NOT_FOUND')).rejects.toThrow('got a CoreError');
  });
});
