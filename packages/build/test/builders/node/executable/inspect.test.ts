import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { type BinaryFacts, factsOf, scanBinary } from '../../../../src/builders/node/executable/inspect.ts';
import { opened } from './support/opened.ts';
import { FUSE, SENTENCES } from './support/tiny-elf.ts';

async function inspect(...texts: readonly string[]): Promise<BinaryFacts> {
  const binary = await opened(Buffer.from(texts.join('\0') + '\0', 'latin1'));
  return factsOf(binary, await scanBinary(binary));
}

const UNFIT = { code: 'ERR_BUILD_RUNTIME_UNAVAILABLE', path: 'node' };

describe('scanBinary', () => {
  describe('Good', () => {
    it('scanBinary finds the digest, the fuse and the fields, also across the pieces that it reads', async () => {
      const MEBIBYTE = 1 << 20;
      for (const shift of [0, 1, 20, FUSE.length, 60, 127, 128, 129]) {
        const text = Buffer.alloc(2 * MEBIBYTE + 500, '.');
        text.write(`${FUSE}0`, MEBIBYTE - shift);
        SENTENCES.forEach((sentence, index) =>
          text.write(`${sentence}\0`, 2 * MEBIBYTE - shift + index * 64, 'latin1'),
        );
        const binary = await opened(text);
        const scan = await scanBinary(binary);
        expect(scan.checksum).toBe(createHash('sha256').update(text).digest('hex'));
        expect(await factsOf(binary, scan)).toEqual({
          fuseAt: MEBIBYTE - shift + FUSE.length,
          layout: { execArgvExtension: true, mainFormat: false },
        });
      }
    });

    it('factsOf goes by what the binary reads, whatever its version', async () => {
      const format = 'Read SEA main code format %u\n';
      const old = SENTENCES.filter((sentence) => !sentence.includes('exec argv'));
      expect((await inspect(`${FUSE}0`, ...old)).layout).toEqual({ execArgvExtension: false, mainFormat: false });
      expect((await inspect(`${FUSE}0`, ...SENTENCES, format)).layout).toEqual({
        execArgvExtension: true,
        mainFormat: true,
      });
    });
  });

  describe('Bad', () => {
    it.each<[string, readonly string[], RegExp]>([
      ['no fuse', SENTENCES, /no Node/],
      ['two fuses', [`${FUSE}0`, `${FUSE}0`, ...SENTENCES], /more than one/],
      ['a program in it', [`${FUSE}1`, ...SENTENCES], /in it already/],
      ['a field that is not known', [`${FUSE}0`, ...SENTENCES, 'Read SEA colour %u\n'], /colour/],
      ['a Node that is too old', [`${FUSE}0`, 'Read SEA magic %x\n'], /too old/],
    ])('factsOf refuses %s', async (_, texts, message) => {
      await expect(inspect(...texts)).rejects.toMatchObject({ ...UNFIT, message: expect.stringMatching(message) });
    });
  });
});
