import { describe, expect, it } from '@jest/globals';

import { cleanName, foldName, nameProblem } from '../../src/archive/entry-name.ts';

const LONG = 'a'.repeat(4096);

describe('nameProblem', () => {
  it.each(['a', 'a/b', './a', 'ab:c', '-x', '...', 'a..b', '..a', 'ab:/c', ' ', 'ünï', LONG])(
    'nameProblem takes %j',
    (name) => {
      expect(nameProblem(name)).toBeUndefined();
    },
  );

  it.each([
    ['', 'NAME_INVALID', 'its name is empty'],
    [`${LONG}a`, 'NAME_INVALID', 'its name is longer than 4096 characters'],
    ['a\0', 'NAME_INVALID', 'its name holds a NUL character'],
    ['a\ud800', 'NAME_INVALID', 'its name holds half of a surrogate pair'],
    ['/a', 'PATH_ABSOLUTE', 'its name is an absolute path'],
    ['c:a', 'PATH_ABSOLUTE', 'its name is an absolute path'],
    ['Z:/a', 'PATH_ABSOLUTE', 'its name is an absolute path'],
    ['\\\\host\\share', 'PATH_ABSOLUTE', 'its name is an absolute path'],
    ['..', 'PATH_ESCAPES', 'its name climbs out with ".."'],
    ['a/../b', 'PATH_ESCAPES', 'its name climbs out with ".."'],
    ['a\\..', 'PATH_ESCAPES', 'its name climbs out with ".."'],
    ['a\\b', 'NAME_INVALID', 'its name holds a backslash, which parts names on Windows'],
    ['\\a', 'NAME_INVALID', 'its name holds a backslash, which parts names on Windows'],
  ])('nameProblem refuses %j: %s', (name, code, reason) => {
    expect(nameProblem(name)).toEqual({ code: `ERR_BUILD_ARCHIVE_${code}`, reason });
  });
});

describe('foldName', () => {
  it.each([
    ['README', 'readme'],
    ['Stra\u00dfe', 'STRASSE'],
    ['\u00e9', 'e\u0301'],
    ['\u03c3', '\u03c2'], // the two forms of a Greek letter
    ['\u212a', 'k'], // the sign for kelvin
    ['a. ./b .', 'a/b'], // on Windows
  ])('foldName has one spelling for %j and %j', (one, other) => {
    expect(foldName(one)).toBe(foldName(other));
  });

  it('foldName keeps apart what every system keeps apart, and is in lower case and one form', () => {
    expect(foldName('a')).not.toBe(foldName('b'));
    expect(['a.b', '...', '..', ' ', '.a', 'a/.../b'].map(foldName)).toEqual([
      'a.b',
      '...',
      '..',
      ' ',
      '.a',
      'a/.../b',
    ]);
    expect(foldName('E\u0301A')).toBe('\u00e9a');
  });
});

describe('cleanName', () => {
  it.each([
    ['./a//b/.', 'a/b'],
    ['a/', 'a'],
    ['.', ''],
    ['', ''],
    ['.a/..b', '.a/..b'],
  ])('cleanName of %j is %j', (name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });
});
