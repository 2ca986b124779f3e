import { spawnSync } from 'node:child_process';

import { afterEach, describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { type Environment, environmentOf, ownVariables } from '../src/environment.ts';
import { COOKIE_NAME } from '../src/terminate/cookie.ts';

const outer = process.env[COOKIE_NAME];
afterEach(() => {
  if (outer === undefined) Reflect.deleteProperty(process.env, COOKIE_NAME);
  else process.env[COOKIE_NAME] = outer;
});
const withoutMark = (env: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(ownVariables(env)).filter(([name]) => name !== COOKIE_NAME));
/** The variables of a process that gets this environment. */
const seen = (env: Environment): string[] =>
  spawnSync('/usr/bin/env', ['-0'], { env }).stdout.toString().split('\0').filter(Boolean).sort();

describe('Good', () => {
  it("environmentOf adds to this program's environment", () => {
    const env = environmentOf({ env: { ADDED: '1' }, inheritEnv: true, mark: 'm' });
    expect(env['ADDED']).toBe('1');
    expect(env['PATH']).toBe(process.env['PATH']);
  });

  it('environmentOf takes variables away', () => {
    const env = environmentOf({ env: { PATH: undefined }, inheritEnv: true, mark: 'm' });
    expect(ownVariables(env)).not.toHaveProperty('PATH');
    expect(process.env['PATH']).toBeDefined();
  });

  it('environmentOf starts empty where it is told so', () => {
    const env = environmentOf({ env: { ONLY: '1', NOT: undefined }, inheritEnv: false, mark: 'm' });
    expect(withoutMark(env)).toEqual({ ONLY: '1' });
  });
});

describe('Bad', () => {
  needs('linux')('environmentOf inherits, which is the same to a process as variables of its own', () => {
    const given = { ADDED: '1', PATH: undefined, HOME: '/elsewhere', __proto__x: 'x' };
    const env = environmentOf({ env: given, inheritEnv: true, mark: 'm' });
    const own = ownVariables(env);
    expect(seen(env)).toEqual(
      Object.entries(own)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    );
    expect(own).toMatchObject({ ADDED: '1', HOME: '/elsewhere' });
    expect(Object.keys(own)).toHaveLength(
      new Set([...Object.keys(process.env), ...Object.keys(given), COOKIE_NAME]).size - 1,
    );
    expect(process.env['HOME']).not.toBe('/elsewhere');
  });

  needs('linux')('environmentOf marks the process whatever the caller writes there', () => {
    Reflect.deleteProperty(process.env, COOKIE_NAME);
    const env = environmentOf({ env: { [COOKIE_NAME]: 'mine' }, inheritEnv: false, mark: 'm' });
    expect(env[COOKIE_NAME]).toBe('m');
  });
});

describe('Ugly', () => {
  needs('linux')('environmentOf keeps the marks of the programs outside', () => {
    process.env[COOKIE_NAME] = 'outermost:outer';
    for (const inheritEnv of [true, false]) {
      expect(environmentOf({ env: {}, inheritEnv, mark: 'm' })[COOKIE_NAME]).toBe('outermost:outer:m');
    }
  });
});
