import { describe, expect, it } from '@jest/globals';

import { redact, redactor, secretsOf } from '../src/redact.ts';

describe('Good', () => {
  it('secretsOf finds values by the names of their variables, longest first', () => {
    const env = { NPM_TOKEN: 'abcdef', DB_PASSWORD: 'abcdefgh', PATH: '/usr/bin', GIT_AUTHOR_NAME: 'Somebody' };
    expect(secretsOf(env)).toEqual(['abcdefgh', 'abcdef']);
  });

  it('redact replaces every secret wherever it stands', () => {
    expect(redact('abcdefgh, abcdef; --token=abcdef', ['abcdefgh', 'abcdef'])).toBe('***, ***; --token=***');
  });
});

describe('Bad', () => {
  it('redactor leaves alone what no secret variable holds', () => {
    expect(redactor({ LANG: 'secret-looking' })('a secret-looking text')).toBe('a secret-looking text');
  });

  it('secretsOf takes the folder of a shell for no secret, but other names that are like it', () => {
    expect(secretsOf({ PWD: '/home/me/x', OLDPWD: '/home/me', DB_PWD: 'abcdef' })).toEqual(['abcdef']);
  });

  it('secretsOf leaves out what is too short to be told from a word, and what is not set', () => {
    expect(secretsOf({ API_KEY: 'dev', TOKEN: undefined, SECRET: '' })).toEqual([]);
  });
});

describe('Ugly', () => {
  it('redactor knows single lines of a secret of several lines, however they end', () => {
    const hide = redactor({ SIGNING_KEY: 'first-line\r\nsecond-line\nend' });
    expect(['> first-line', 'second-line', 'end'].map(hide)).toEqual(['> ***', '***', 'end']);
    expect(hide('first-line\r\nsecond-line\nend.')).toBe('***.');
  });

  it('redact takes a secret for text, not for a pattern', () => {
    expect(redact('a.c$& abc', ['a.c$&'])).toBe('*** abc');
  });
});
