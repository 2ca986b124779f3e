import { command } from '@core/process/exec';
import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { CpioArchive } from '../../../src/testing/vm-image/cpio.ts';

describe('Good', () => {
  needs('bsdtar')('CpioArchive writes what others read', async () => {
    const archive = new CpioArchive()
      .directory('etc', 0o700)
      .file('etc/motd', 'hello\n', 0o640)
      .file('odd', Buffer.from([1, 2, 3]))
      .link('bin', 'usr/bin')
      .device('console', 0o600, [5, 1])
      .end();
    const list = await command('bsdtar', '--numeric-owner', '-tvf', '-').stdin(archive).output();
    const lines = list
      .trim()
      .split('\n')
      .map((line) => line.replace(/\w+ +\d+ +(\d\d:\d\d|\d{4}) /, '').replaceAll(/ +/g, ' '));
    expect(lines).toEqual([
      'drwx------ 1 0 0 0 etc',
      '-rw-r----- 1 0 0 6 etc/motd',
      '-rw-r--r-- 1 0 0 3 odd',
      'lrwxrwxrwx 1 0 0 7 bin -> usr/bin',
      'crw------- 1 0 0 5,1 console',
    ]);
    expect(await command('bsdtar', '-xOf', '-', 'etc/motd').stdin(archive).output()).toBe('hello\n');
  });
});

describe('Ugly', () => {
  it('CpioArchive counts the bytes of names, and fills up to whole blocks', () => {
    const archive = new CpioArchive().file('ü', '').end();
    expect(archive.length % 512).toBe(0);
    expect(archive.toString('latin1', 94, 102)).toBe('00000003');
  });
});
