import { describe, expect, it } from '@jest/globals';

import type { RunSpec } from '../../src/runner/run-spec.ts';
import { checkAmounts, checkSpecs } from '../../src/runner/spec-check.ts';

const task = (): void => undefined;
const command = { name: 'a', command: 'true' };

describe('checkSpecs', () => {
  describe('Good', () => {
    it('checkSpecs takes commands, functions and services, with all that they can have', () => {
      const specs: RunSpec[] = [
        { ...command, args: ['-v'], env: { A: '1' }, dir: '/', after: ['b'], allowFailure: true, timeoutMs: 1 },
        { name: 'b', task, retries: 2, inputs: [], outputs: ['x'], inputEnv: ['PATH'], resources: { db: 0 } },
        { ...command, readyWhen: { port: 80 }, restart: { maxRestarts: 1 }, retries: { retries: 1, factor: 1.5 } },
        { ...command, readyWhen: () => true, retries: { retries: 0, minDelayMs: 0, maxDelayMs: 0 } },
      ];
      expect(() => {
        checkSpecs(specs);
      }).not.toThrow();
    });
  });

  describe('Bad', () => {
    it.each<[string, unknown, 'TypeError' | 'RangeError']>([
      ['specs must be an array, not a value of type object', {}, 'TypeError'],
      ['specs[0]: a spec must be an object, not null', [null], 'TypeError'],
      ['specs[0]: name must be a text that is not empty, not undefined', [{ task }], 'TypeError'],
      ['specs[1] (""): name must be a text that is not empty, not ""', [command, { name: '', task }], 'TypeError'],
      ['specs[0] ("a"): it must have a command or a task, not neither', [{ name: 'a' }], 'TypeError'],
      ['specs[0] ("a"): it must have a command or a task, not both', [{ ...command, task }], 'TypeError'],
      ['specs[0] ("a"): task must be a function, not "make"', [{ name: 'a', task: 'make' }], 'TypeError'],
      ['specs[0] ("a"): command must be the name or path', [{ name: 'a', command: '' }], 'TypeError'],
      ['specs[0] ("a"): args[0] must be a string, not 1', [{ ...command, args: [1] }], 'TypeError'],
      ['specs[0] ("a"): env.A must be a string', [{ ...command, env: { A: 1 } }], 'TypeError'],
      ['specs[0] ("a"): args needs a command, and it has a task', [{ name: 'a', task, args: [] }], 'TypeError'],
      ['specs[0] ("a"): readyWhen needs a command', [{ name: 'a', task, readyWhen: { port: 1 } }], 'TypeError'],
      ['specs[0] ("a"): readyWhen.port must be', [{ ...command, readyWhen: { port: 0 } }], 'RangeError'],
      ['specs[0] ("a"): restart needs readyWhen', [{ ...command, restart: {} }], 'TypeError'],
      ['specs[0] ("a"): after must be an array of strings, not "b"', [{ ...command, after: 'b' }], 'TypeError'],
      ['specs[0] ("a"): inputs[1] must be a text that is not', [{ ...command, inputs: ['x', ''] }], 'TypeError'],
      ['specs[0] ("a"): timeoutMs must be a whole number from 1', [{ ...command, timeoutMs: 0 }], 'RangeError'],
      ['specs[0] ("a"): retries must be a whole number from 0', [{ ...command, retries: -1 }], 'RangeError'],
      ['specs[0] ("a"): retries must be a whole number from 0', [{ ...command, retries: 'x' }], 'RangeError'],
      ['specs[0] ("a"): retries.retries must be', [{ ...command, retries: {} }], 'RangeError'],
      [
        'specs[0] ("a"): retries.minDelayMs must',
        [{ ...command, retries: { retries: 1, minDelayMs: -1 } }],
        'RangeError',
      ],
      ['specs[0] ("a"): retries.factor must be', [{ ...command, retries: { retries: 1, factor: 0.5 } }], 'RangeError'],
      ['specs[0] ("a"): resources must be an object', [{ ...command, resources: 1 }], 'TypeError'],
      ['specs[0] ("a"): resources.db must be', [{ ...command, resources: { db: 1.5 } }], 'RangeError'],
    ])('checkSpecs refuses: %s', (message, specs, name) => {
      const check = (): void => {
        checkSpecs(specs as RunSpec[]);
      };
      expect(check).toThrow(message);
      expect(check).toThrow(expect.objectContaining({ name }));
    });
  });

  describe('Ugly', () => {
    it('checkAmounts refuses what is no number, whatever it looks like', () => {
      for (const amount of ['1', Number.NaN, Infinity, -1, null]) {
        const amounts = { db: amount } as Record<string, number>;
        expect(() => {
          checkAmounts('resources', amounts);
        }).toThrow('resources.db must be a whole number');
      }
    });
  });
});
