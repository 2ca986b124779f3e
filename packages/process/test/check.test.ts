import { describe, expect, it } from '@jest/globals';

import { checkCommand, checkData, checkedCapture, checkedStdio, checkOptions, checkSignalName } from '../src/check.ts';
import type { StartOptions } from '../src/options.ts';

const check =
  (options: unknown): (() => void) =>
  () => {
    const given = options as StartOptions;
    checkOptions(given);
    checkedStdio(given);
    checkedCapture(given.capture, 1024);
  };

describe('Good', () => {
  it('checkOptions takes every kind of value', () => {
    const { signal } = new AbortController();
    expect(check({})).not.toThrow();
    expect(
      check({ dir: '/', env: { A: '1', B: undefined }, input: 'x', timeoutMs: 1, signal, shell: 'bash' }),
    ).not.toThrow();
    expect(check({ input: [new Uint8Array(1)], stdio: { stdin: 'pipe', stdout: 1 }, gracePeriodMs: 0 })).not.toThrow();
    expect(check({ idleTimeoutMs: 1, stdio: { stdout: 'ignore' } })).not.toThrow();
    expect(check({ killSignal: 'SIGUSR1', capture: { stdoutBytes: 0 }, maxLineBytes: 4 })).not.toThrow();
  });

  it('checkedStdio closes stdin unless it is asked for', () => {
    expect(checkedStdio({})).toEqual({ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
    expect(checkedStdio({ input: '' })).toEqual({ stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
    expect(checkedStdio({ stdio: 'inherit' })).toEqual({ stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' });
    expect(checkedStdio({ stdio: { stderr: 7 } })).toEqual({ stdin: 'ignore', stdout: 'pipe', stderr: 7 });
  });

  it('checkedCapture fills in what is left open', () => {
    expect(checkedCapture(undefined, 9)).toEqual({ stdout: 9, stderr: 9 });
    expect(checkedCapture(true, 9)).toEqual({ stdout: 9, stderr: 9 });
    expect(checkedCapture(false, 9)).toEqual({ stdout: 0, stderr: 0 });
    expect(checkedCapture({ stdoutBytes: 5 }, 9)).toEqual({ stdout: 5, stderr: 9 });
  });
});

describe('Bad', () => {
  it.each<[string, unknown, unknown, string]>([
    ['an empty command', '', [], 'command must be the name or path of a program, not an empty string'],
    ['a command that is no text', 7, [], 'command must be a string, not 7'],
    ['a NUL in the command', 'a\0b', [], 'command must not hold a NUL character'],
    ['arguments that are no array', 'x', 'y', 'args must be an array of strings, not "y"'],
    ['an argument that is no text', 'x', ['y', 7], 'args[1] must be a string, not 7'],
  ])('checkCommand refuses %s', (_, command, args, message) => {
    expect(() => {
      checkCommand(command as string, args as string[]);
    }).toThrow(new TypeError(message));
  });

  it.each<[unknown, string]>([
    ['x', 'options must be an object, not "x"'],
    [{ dir: 7 }, 'dir must be a string, not 7'],
    [{ env: { 'A=B': '1' } }, 'env must have names without "=" and NUL, not "A=B"'],
    [{ env: { '': '1' } }, 'env must have names without "=" and NUL, not ""'],
    [{ signal: 'SIGTERM' }, 'signal must be an AbortSignal, not "SIGTERM" (a POSIX signal is killSignal)'],
    [{ killSignal: 'TERM' }, 'killSignal must be the name of a signal such as "SIGTERM", not "TERM"'],
    [{ killSignal: 15 }, 'killSignal must be the name of a signal such as "SIGTERM", not 15'],
    [{ shell: '' }, 'shell must be true, false or the name of a shell, not an empty string'],
    [{ shell: 7 }, 'shell must be a string, not 7'],
    [{ input: 7 }, 'input must be a string, bytes, a stream or an iterable of these, not 7'],
    [{ input: null }, 'input must be a string, bytes, a stream or an iterable of these, not null'],
    [{ input: 'x', stdio: 'inherit' }, 'input needs stdin to be a pipe, and stdio makes it "inherit"'],
    [
      { stdio: { stdout: 'file' } },
      'stdio.stdout must be "pipe", "inherit", "ignore" or a file descriptor, not "file"',
    ],
    [
      { idleTimeoutMs: 5, stdio: 'inherit' },
      'idleTimeoutMs needs stdout or stderr to be a pipe, and stdio makes neither one',
    ],
    [{ stdio: { stdin: -1 } }, 'stdio.stdin must be "pipe", "inherit", "ignore" or a file descriptor, not -1'],
  ])('checkOptions refuses %j', (options, message) => {
    expect(check(options)).toThrow(new TypeError(message));
  });

  it.each<[unknown, string]>([
    [{ timeoutMs: 0 }, 'timeoutMs must be a whole number from 1 to 2147483647, not 0'],
    [{ timeoutMs: 2 ** 31 }, 'timeoutMs must be a whole number from 1 to 2147483647, not 2147483648'],
    [{ timeoutMs: '5' }, 'timeoutMs must be a whole number from 1 to 2147483647, not "5"'],
    [{ idleTimeoutMs: 0 }, 'idleTimeoutMs must be a whole number from 1 to 2147483647, not 0'],
    [{ gracePeriodMs: -1 }, 'gracePeriodMs must be a whole number from 0 to 2147483647, not -1'],
    [{ maxLineBytes: 3 }, 'maxLineBytes must be a whole number from 4 to 268435456, not 3'],
    [
      { capture: { stderrBytes: 0.5 } },
      `capture.stderrBytes must be a whole number from 0 to ${String(Number.MAX_SAFE_INTEGER)}, not 0.5`,
    ],
  ])('checkOptions refuses %j', (options, message) => {
    expect(check(options)).toThrow(new RangeError(message));
  });

  it('checkSignalName and checkData refuse other types', () => {
    expect(() => {
      checkSignalName('toString' as NodeJS.Signals);
    }).toThrow(TypeError);
    expect(() => {
      checkData('data', [1]);
    }).toThrow(new TypeError('data must be a string or a Uint8Array, not an array'));
  });
});

describe('Ugly', () => {
  it('checkOptions never shows the value of a variable', () => {
    expect(check({ env: { TOKEN: 's3cret\0' } })).toThrow(
      new TypeError('env.TOKEN must be a string without NUL, or undefined: it holds a NUL character'),
    );
    expect(check({ env: { PIN: 1234 } })).toThrow(
      new TypeError('env.PIN must be a string without NUL, or undefined: it is of type number'),
    );
  });

  it('checkOptions refuses numbers that only look like bytes', () => {
    expect(check({ input: new Uint16Array(2) })).toThrow(TypeError);
    expect(check({ input: new DataView(new ArrayBuffer(2)) })).toThrow(TypeError);
  });
});
