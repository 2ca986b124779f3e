import { describe, expect, it } from '@jest/globals';
import { CoreError, isCoreError } from '@core/io';

import { BuildError } from '../src/errors.ts';

describe('BuildError', () => {
  describe('Good', () => {
    it('BuildError has the fields that are known, and no others', () => {
      const error = new BuildError('Cannot read "f": broken', {
        code: 'ERR_BUILD_CONFIG_INVALID',
        op: 'build.loadConfig',
        path: 'f',
        line: 3,
        entry: undefined,
      });
      expect(error).toBeInstanceOf(CoreError);
      expect(isCoreError(error)).toBe(true);
      expect(Object.entries(error)).toEqual([
        ['code', 'ERR_BUILD_CONFIG_INVALID'],
        ['op', 'build.loadConfig'],
        ['path', 'f'],
        ['line', 3],
      ]);
      expect('entry' in error || 'hint' in error).toBe(false);
      expect(error.name).toBe('BuildError');
    });

    it('BuildError keeps cause and hint', () => {
      const cause = new Error('why');
      const error = new BuildError('x', { code: 'ERR_BUILD_TOOL_MISSING', op: 'build.go', cause, hint: 'install it' });
      expect(error.cause).toBe(cause);
      expect(error.hint).toBe('install it');
    });
  });
});
