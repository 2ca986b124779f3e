import { isAbsolute } from 'node:path';

import type { Medium } from '../../medium.ts';
import type { Capability, ConformanceCase } from '../conformance.ts';
import { refuses, same } from '../expect.ts';
import { behaviour } from './behaviour.ts';

const CLAIMS: readonly Capability[] = [
  'mode',
  'mtime',
  'symlink',
  'lock',
  'sharedLock',
  'watch',
  'realPath',
  'durable',
];
const STRENGTHS = ['kernel', 'partial', 'checked', 'isolated', 'none'];

/** A method that is either there or refused with `ERR_NOT_SUPPORTED`, as the capability says. */
const METHODS: Record<string, readonly [Capability, (medium: Medium) => Promise<unknown>]> = {
  chmod: ['mode', (medium) => medium.chmod('f', 0o600)],
  utimes: ['mtime', (medium) => medium.utimes('f', new Date(), new Date())],
  symlink: ['symlink', (medium) => medium.symlink('f', 'link')],
  readLink: ['symlink', (medium) => medium.readLink('f')],
  watch: ['watch', (medium) => medium.watch('f')[Symbol.asyncIterator]().next()],
};

/** Whether `capabilities` says what holds. */
export const capabilities: readonly ConformanceCase[] = [
  behaviour('capabilities are plain data', async (medium) => {
    const claims = medium.capabilities;
    for (const name of [...CLAIMS, 'readOnly'] as const) same(typeof claims[name], 'boolean', `the type of ${name}`);
    same(STRENGTHS.includes(claims.sandbox), true, `whether ${claims.sandbox} is a strength of a sandbox`);
    same(JSON.parse(JSON.stringify(claims)), claims);
    await Promise.resolve();
  }),
  behaviour('capabilities.sharedLock is not claimed without lock', async ({ capabilities: claims }) => {
    same(claims.sharedLock && !claims.lock, false);
    await Promise.resolve();
  }),
  ...Object.entries(METHODS).map(([method, [capability, call]]) =>
    behaviour(
      `${method}() is refused with ERR_NOT_SUPPORTED exactly where ${capability} is not claimed`,
      async (medium) => {
        await medium.write('f', 'x');
        if (!medium.capabilities[capability]) await refuses('ERR_NOT_SUPPORTED', call(medium));
        else if (method === 'readLink') await refuses('EINVAL', call(medium));
        else if (method !== 'watch') await call(medium);
      },
    ),
  ),
  behaviour('realPath() gives an absolute path where realPath is claimed, undefined elsewhere', async (medium) => {
    await medium.write('d/f', 'x');
    const path = await medium.realPath('d/f');
    if (medium.capabilities.realPath)
      same(path !== undefined && isAbsolute(path), true, `whether ${String(path)} is absolute`);
    else same(path, undefined);
  }),
];
