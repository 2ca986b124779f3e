import { describe, expect, it } from '@jest/globals';

import { CookieJar, cookieValue, hasMark } from '../../src/terminate/cookie.ts';

describe('Good', () => {
  it('CookieJar gives each process a mark by which it is found alone, and with all of its kind', () => {
    const jar = new CookieJar();
    const value = jar.markOf('proc-1', 'guarded');
    expect(hasMark(value, jar.markOf('proc-1', 'guarded'))).toBe(true);
    expect(hasMark(value, jar.all)).toBe(true);
    expect(hasMark(value, jar.guarded)).toBe(true);
  });

  it('hasMark finds a mark below and above others', () => {
    const value = cookieValue(cookieValue(cookieValue(undefined, 'a.1'), 'b.1'), 'c.1');
    expect(['a.1', 'b.1', 'c.1', 'b.', 'd.1'].map((mark) => hasMark(value, mark))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('Bad', () => {
  it('hasMark does not take one process for another', () => {
    const jar = new CookieJar();
    expect(hasMark(jar.markOf('proc-10', 'guarded'), jar.markOf('proc-1', 'guarded'))).toBe(false);
    expect(hasMark(jar.markOf('proc-1', 'guarded'), new CookieJar().all)).toBe(false);
    expect(hasMark('', jar.all)).toBe(false);
  });
});

describe('Ugly', () => {
  it('CookieJar keeps those apart that outlive the program or the service', () => {
    const jar = new CookieJar();
    expect(hasMark(jar.markOf('proc-1', 'unguarded'), jar.guarded)).toBe(false);
    expect(hasMark(jar.markOf('proc-1', 'unguarded'), jar.all)).toBe(true);
    expect(hasMark(jar.markOf('proc-1', 'detached'), jar.all)).toBe(false);
  });
});
