import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { embedInElf } from '../../../../src/builders/node/executable/elf/embed-elf.ts';
import { joined, opened } from './support/opened.ts';
import { tinyElf, type TinyElf, viewElf } from './support/tiny-elf.ts';

async function embed(blob: Uint8Array, options: TinyElf = {}): Promise<Buffer> {
  return joined(await embedInElf(await opened(tinyElf(options)), blob));
}

describe('embedInElf', () => {
  describe('Good', () => {
    it('embedInElf puts any blob where Node looks for it, and keeps everything else', async () => {
      const before = viewElf(tinyElf());
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), async (blob) => {
          const file = await embed(blob);
          const { loads, notes, sections } = viewElf(file);
          expect(notes.get('NODE_SEA_BLOB')?.equals(blob)).toBe(true);
          expect(notes.get('GNU')?.toString('hex')).toBe('01020304');
          expect(loads[0]).toEqual(before.loads[0]);
          const [, data] = loads;
          expect(data?.size).toBe(data?.memory);
          expect(file.subarray(0x2000, 0x2100).equals(Buffer.alloc(0x100, 'd'))).toBe(true);
          expect(file.subarray(0x2100, 0x2400).equals(Buffer.alloc(0x300))).toBe(true); // what was zero in memory
          const comment = sections[4]?.offset ?? 0;
          expect(file.toString('latin1', comment, comment + 11)).toBe('the comment');
          expect(comment % 64).toBe(0x2100 % 64);
        }),
        { numRuns: 50 },
      );
    });

    it('embedInElf tells those who go by sections of the note, so that it survives strip', async () => {
      const { sections } = viewElf(await embed(Buffer.from('blob')));
      const [zeros, notes] = [sections[3], sections[5]];
      expect(sections).toHaveLength(6);
      expect(sections[2]).toMatchObject({ type: 8, offset: 0x2000 });
      expect(zeros).toMatchObject({ type: 1, offset: 0x2100 });
      expect(notes).toMatchObject({ type: 7, offset: (zeros?.offset ?? 0) + (zeros?.size ?? 0) });
      const before = await embed(Buffer.from('blob'), { trailer: 'something behind the sections' });
      expect(viewElf(before).sections).toHaveLength(5);
      expect(before.toString('latin1')).toMatch(/something behind the sections$/);
    });
  });

  describe('Bad', () => {
    it.each<[string, TinyElf]>([
      ['32 bits', { bits: 1 }],
      ['notes of another kind', { noteAlignment: 8 }],
      ['a last segment that nobody may write', { flags: 5 }],
      ['sections before the end of what is loaded', { sectionsFirst: true }],
    ])('embedInElf refuses %s', async (_, options) => {
      await expect(embed(Buffer.from('blob'), options)).rejects.toMatchObject({
        code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
        path: 'node',
      });
    });

    it('embedInElf refuses what is no ELF file, or ends too soon', async () => {
      for (const bytes of [Buffer.alloc(64), Buffer.from('short'), tinyElf().subarray(0, 0x2000)]) {
        const embedding = opened(bytes).then((binary) => embedInElf(binary, Buffer.from('blob')));
        await expect(embedding).rejects.toMatchObject({ code: 'ERR_BUILD_RUNTIME_UNAVAILABLE' });
      }
    });
  });
});
