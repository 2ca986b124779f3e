import { describe, expect, it } from '@jest/globals';

import { ContainerError } from '../../src/errors.ts';
import { machinePaths, transferSocket } from '../../src/machine/machine-paths.ts';

describe('Good', () => {
  it('machinePaths keeps all that belongs to a machine in its directory', () => {
    const { dir, ...files } = machinePaths('/state, "a"', '0123abcd');
    expect(dir).toBe('/state, "a"/vms/0123abcd');
    const paths = Object.values(files);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path.startsWith(`${dir}/`)).toBe(true);
  });
});

describe('Bad', () => {
  it('machinePaths refuses a relative directory and what is no id', () => {
    for (const dir of ['', 'state', './state', '~/.core', '/a\0b']) {
      expect(() => machinePaths(dir, '0123abcd')).toThrow(/^stateDir must be an absolute path, not /);
    }
    for (const id of ['', '../../..', '0123ABCD', '0123abcd0', 'x']) {
      expect(() => machinePaths('/state', id)).toThrow(/^id must be 8 hex characters, not /);
    }
  });
});

describe('Ugly', () => {
  it('machinePaths refuses a path of which a socket would have more than 103 bytes, and says how many are too many', () => {
    // the longest of them decides
    const rest = Buffer.byteLength(machinePaths('/', '0123abcd').console);
    const longest = `/${'é'.repeat((103 - rest - 1) >> 1)}`;
    const paths = machinePaths(longest, '0123abcd');
    for (const socket of [paths.console, paths.control, paths.agent, transferSocket(paths)]) {
      expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
    }
    const refusal = (): ContainerError => {
      try {
        machinePaths(`${longest}éé`, '0123abcd');
      } catch (error) {
        if (error instanceof ContainerError) return error;
      }
      throw new Error('it was not refused');
    };
    expect(refusal()).toMatchObject({ code: 'ERR_CONTAINER_PATH_TOO_LONG', op: 'machine.paths', id: '0123abcd' });
    expect(refusal().message).toMatch(
      /^Cannot keep machine "0123abcd" in ".*": the path of a socket has 103 bytes at most/,
    );
    expect(refusal().hint).toMatch(/at least \d bytes? shorter|short symbolic link/);
  });
});
