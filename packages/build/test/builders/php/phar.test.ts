import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';
import fc from 'fast-check';

import { madeUpFile, type PackedFile } from '../../../src/builders/kit/packed-tree.ts';
import { isReachable, phar } from '../../../src/builders/php/phar.ts';
import { withoutShebang } from '../../../src/builders/php/stub.ts';
import { tempDir } from '../../support/temp-project.ts';

const OPTIONS = { stub: '<?php __HALT_COMPILER();', mtime: 1_000_000_000 };

async function bytesOf(files: readonly PackedFile[], options = OPTIONS): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of phar(files, options)) parts.push(part);
  return Buffer.concat(parts);
}

/** What PHP finds in a PHAR: contents in base64, times and modes by name. */
function readByPhp(bytes: Buffer): unknown {
  const file = join(tempDir(), 'x.phar');
  writeFileSync(file, bytes);
  const code = `$all = []; foreach (new RecursiveIteratorIterator(new Phar($argv[1])) as $f)
    $all[substr($f->getPathname(), strlen("phar://$argv[1]/"))] = [base64_encode($f->getContent()), $f->getMTime(), $f->getPerms() & 0777];
    echo json_encode((object) $all, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);`;
  const { status, stdout, stderr } = spawnSync('php', ['-d', 'phar.readonly=0', '-r', code, '--', file], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

describe('phar', () => {
  describe('Good', () => {
    needs('php')('phar writes what PHP reads: contents, names, times and modes', async () => {
      const content = Buffer.from([0, 255, 13, 10, 26]);
      const files = [madeUpFile('a/ü 項.bin', content), madeUpFile('empty', ''), madeUpFile('run', '#!', true)];
      expect(readByPhp(await bytesOf(files))).toEqual({
        'a/ü 項.bin': [content.toString('base64'), 1_000_000_000, 0o644],
        empty: ['', 1_000_000_000, 0o644],
        run: [Buffer.from('#!').toString('base64'), 1_000_000_000, 0o755],
      });
    });

    it('phar gives the same bytes for the same files', async () => {
      const files = [madeUpFile('a', '1'), madeUpFile('b', '2')];
      expect((await bytesOf(files)).equals(await bytesOf(files))).toBe(true);
      expect((await bytesOf(files)).equals(await bytesOf(files.toReversed()))).toBe(false);
    });
  });

  describe('Bad', () => {
    it('phar refuses what the format cannot hold', async () => {
      const huge = { ...madeUpFile('huge', ''), size: 2 ** 32 };
      const refused = { code: 'ERR_BUILD_FORMAT_UNSUPPORTED' };
      await expect(bytesOf([huge])).rejects.toMatchObject(refused);
      const long = madeUpFile('x'.repeat(60 * 2 ** 20), '');
      await expect(bytesOf([long, long])).rejects.toMatchObject(refused);
    });
  });

  describe('Ugly', () => {
    needs('php')('phar holds any names that PHP can open', async () => {
      const name = fc.stringMatching(/^[\w !"#$%&'()+,;<=>@^`{|}~é項🎉-]{1,20}$/u).filter((text) => text.trim() !== '');
      const names = fc.uniqueArray(name, { minLength: 1, maxLength: 20 });
      for (const some of fc.sample(names, 5)) {
        expect(some.every(isReachable)).toBe(true);
        const found = readByPhp(await bytesOf(some.map((one) => madeUpFile(one, one)))) as object;
        expect(Object.keys(found).sort()).toEqual([...some].sort());
      }
    });
  });
});

describe('withoutShebang', () => {
  it('withoutShebang takes the first line where it is for the shell', () => {
    const without = (text: string) => Buffer.from(withoutShebang(Buffer.from(text))).toString();
    expect(without('#!/usr/bin/env php\n<?php\n#!x')).toBe('<?php\n#!x');
    expect(without('<?php\n#!x')).toBe('<?php\n#!x');
    expect([without('#!'), without('')]).toEqual(['', '']);
  });
});
