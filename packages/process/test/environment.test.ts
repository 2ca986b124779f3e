import { afterEach, describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { environmentOf } from '../src/environment.ts';
import { COOKIE_NAME } from '../src/terminate/cookie.ts';

const outer = process.env[COOKIE_NAME];
afterEach(() => {
  if (outer === undefined) Reflect.deleteProperty(process.env, COOKIE_NAME);
  else process.env[COOKIE_NAME] = outer;
});
const withoutMark = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name !== COOKIE_NAME));

describe('Good', () => {
  it("environmentOf adds to this program's environment", () => {
    const env = environmentOf({ env: { ADDED: '1' }, inheritEnv: true, mark: 'm' });
    expect(env['ADDED']).toBe('1');
    expect(env['PATH']).toBe(process.env['PATH']);
  });

  it('environmentOf takes variables away', () => {
    expect(environmentOf({ env: { PATH: undefined }, inheritEnv: true, mark: 'm' })).not.toHaveProperty('PATH');
  });

  it('environmentOf starts empty where it is told so', () => {
    const env = environmentOf({ env: { ONLY: '1', NOT: undefined }, inheritEnv: false, mark: 'm' });
    expect(withoutMark(env)).toEqual({ ONLY: '1' });
  });
});

describe('Bad', () => {
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
