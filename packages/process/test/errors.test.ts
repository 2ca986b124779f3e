import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { isCoreError } from '@core/io';

import { ProcessError } from '../src/errors.ts';
import type { ProcessResult } from '../src/result.ts';

const result = {
  ...{ id: 'proc-1', dir: '/work', outcome: { kind: 'exited', code: 3 }, exitCode: 3, durationMs: 12 },
  stdout: 'much output',
} as unknown as ProcessResult;

describe('Good', () => {
  it('ProcessError has the facts of its result', () => {
    const options = { code: 'ERR_PROCESS_EXIT_NON_ZERO', op: 'process.run', commandLine: 'make', result } as const;
    const error = new ProcessError('Cannot run make', options);
    expect(isCoreError(error)).toBe(true);
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      ...{ code: 'ERR_PROCESS_EXIT_NON_ZERO', op: 'process.run', commandLine: 'make', id: 'proc-1', dir: '/work' },
      ...{ outcome: { kind: 'exited', code: 3 }, exitCode: 3, durationMs: 12 },
    });
    expect([error.name, error.result]).toEqual(['ProcessError', result]);
  });
});

describe('Bad', () => {
  it('ProcessError has no fields for what is not known', () => {
    const error = new ProcessError('Cannot', { code: 'ERR_PROCESS_CLOSED', op: 'process.start' });
    expect(Object.keys(error)).toEqual(['code', 'op']);
    expect(error.result).toBeUndefined();
  });
});

describe('Ugly', () => {
  it('ProcessError does not print the output of its process', () => {
    const error = new ProcessError('Cannot', { code: 'ERR_PROCESS_EXIT_NON_ZERO', op: 'process.run', result });
    expect(inspect(error)).not.toContain('much output');
    expect(JSON.stringify(error)).not.toContain('much output');
  });
});
