import { runInNewContext } from 'node:vm';

import { CoreError, ErrnoSignal, IoError, isCoreError } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { ERRNO, isErrnoCode } from '../src/errno.ts';

class QueueError extends CoreError {}

describe('CoreError', () => {
  describe('Good', () => {
    it('carries code, op, hint and cause, and the name of its class', () => {
      const cause = new Error('why');
      const error = new QueueError('Cannot', { code: 'ERR_QUEUE_EMPTY', op: 'queue.take', hint: 'Add.', cause });
      expect(error).toMatchObject({
        message: 'Cannot',
        code: 'ERR_QUEUE_EMPTY',
        op: 'queue.take',
        hint: 'Add.',
        cause,
      });
      expect(error.name).toBe('QueueError');
      expect(String(error)).toBe('QueueError: Cannot');
      expect(error.stack).toMatch(/^QueueError: Cannot\n +at /u);
      expect(error).toBeInstanceOf(CoreError);
      expect(error).toBeInstanceOf(Error);
    });

    it('has no hint and no cause where none is given', () => {
      const error = new CoreError('Cannot', { code: 'X', op: 'y' });
      expect('hint' in error).toBe(false);
      expect('cause' in error).toBe(false);
    });

    it('isCoreError() knows errors of another copy of the package and of another realm', () => {
      const foreign: unknown = runInNewContext(`
        class CoreError extends Error { get [Symbol.for('@core/io/CoreError')]() { return true; } }
        new CoreError('x');
      `);
      expect(foreign instanceof CoreError).toBe(false);
      expect(isCoreError(foreign)).toBe(true);
      expect(isCoreError(new IoError({ code: 'ENOENT', op: 'read', path: 'f' }))).toBe(true);
    });
  });

  describe('Bad', () => {
    it('isCoreError() is false for anything else', () => {
      for (const other of [new Error('x'), null, undefined, 'ENOENT', 5, { code: 'ENOENT' }, () => undefined]) {
        expect(isCoreError(other)).toBe(false);
      }
    });
  });
});

describe('IoError', () => {
  describe('Good', () => {
    it.each([
      [{ code: 'ENOENT', op: 'read', path: 'a/b' }, 'Cannot read "a/b": no such file or directory'],
      [{ code: 'EISDIR', op: 'append', path: 'd' }, 'Cannot append to "d": illegal operation on a directory'],
      [
        { code: 'EXDEV', op: 'rename', path: 'a', dest: 'b' },
        'Cannot rename "a" to "b": cross-device link not permitted',
      ],
      [{ code: 'ERR_PATH_ESCAPES_ROOT', op: 'stat', path: 'l' }, 'Cannot look up "l": it leads outside the root'],
      [{ code: 'ERR_INVALID_JSON', op: 'readJson', path: 'j' }, 'Cannot read "j": its content is not valid JSON'],
      [{ code: 'EWHATEVER', op: 'read', path: 'f' }, 'Cannot read "f": EWHATEVER'],
      [{ code: 'EIO', op: 'copy', path: 'f', reason: 'the tape is torn' }, 'Cannot copy "f": the tape is torn'],
    ])('says what could not be done, to what, why: %o', (options, message) => {
      const error = new IoError(options);
      expect(error.message).toBe(message);
      expect(error).toMatchObject({ name: 'IoError', code: options.code, op: `io.${options.op}`, path: options.path });
      expect('dest' in error).toBe('dest' in options);
    });

    it('has a sentence for each system code that reads as Node has it', () => {
      for (const [code, { errno, text }] of Object.entries(ERRNO)) {
        expect(isErrnoCode(code)).toBe(true);
        expect(errno).toBeLessThan(0);
        expect(new IoError({ code, op: 'read', path: 'f' }).message).toBe(`Cannot read "f": ${text}`);
      }
      expect(isErrnoCode('toString')).toBe(false);
    });
  });

  describe('Ugly', () => {
    it('keeps control characters and endless paths out of its message, and the path whole', () => {
      const path = `a\n\u001b[31m${'x'.repeat(5_000)}`;
      const error = new IoError({ code: 'ENOENT', op: 'read', path });
      expect(error.message).not.toMatch(/[\n\u001b]/u);
      expect(error.message.length).toBeLessThan(1_100);
      expect(error.path).toBe(path);
    });
  });
});

describe('ErrnoSignal', () => {
  describe('Good', () => {
    it('carries code, hint and cause', () => {
      const cause = new Error('why');
      expect(new ErrnoSignal('EIO', { hint: 'Look.', cause })).toMatchObject({ code: 'EIO', hint: 'Look.', cause });
      expect('cause' in new ErrnoSignal('EIO')).toBe(false);
    });

    it('of() gives one signal a code, for ever, with no stack behind it', () => {
      const signal = ErrnoSignal.of('ENOENT');
      expect(ErrnoSignal.of('ENOENT')).toBe(signal);
      expect(ErrnoSignal.of('EEXIST')).not.toBe(signal);
      expect(signal).toBeInstanceOf(ErrnoSignal);
      expect(signal).toMatchObject({ code: 'ENOENT', stack: 'Error: ENOENT' });
      expect(() => Object.assign(signal, { hint: 'mine' })).toThrow(TypeError);
    });
  });
});
