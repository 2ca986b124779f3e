import { describe, expect, it } from '@jest/globals';
import { isCoreError, MemoryMedium, snapshot } from '@core/io';
import fc from 'fast-check';

import { archiveWithFormat } from '../../../src/archive/archive.ts';
import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import { pax, record, tarEntry, tarGz, zip } from '../support/forge.ts';
import { list, type Listed } from '../support/reading.ts';

/** Archives of our own and of others, as small as they can be with everything in them. */
async function small(): Promise<ReadonlyMap<string, Buffer>> {
  const made = new MemoryMedium({ app: 'a program, a program', 'd/empty': '', 'd/ü': 'text' });
  const files = ['d/empty', { path: 'd/ü', name: 'd/ü' }];
  for (const format of ['gz', 'zip'] as const) {
    await archiveWithFormat(made, { path: 'app', os: 'linux', arch: 'amd64' }, format, { files, name: 'out' });
  }
  const descriptor = record([4, 0x08074b50], [4, 0x3610a686], [4, 7], [4, 5]);
  return new Map([
    ['our tar.gz', Buffer.from(await made.readBytes('out.tar.gz'))],
    ['our zip', Buffer.from(await made.readBytes('out.zip'))],
    ['a tar.gz of others', tarGz(pax({ path: 'long' }), tarEntry({ name: 'a', content: 'hello' }))],
    ['a zip of others', zip([{ name: 'a', content: 'hello', flags: 0x0808, descriptor }, { name: 'd/' }])],
  ]);
}

const NAMES = ['our tar.gz', 'our zip', 'a tar.gz of others', 'a zip of others'];

/** Tries to unpack, beside a file of others. Gives the files, or nothing where it is refused with a code of its own. */
async function unpacked(bytes: Uint8Array): Promise<Readonly<Record<string, unknown>> | undefined> {
  const medium = new MemoryMedium({ in: bytes, work: { other: 'untouched' } });
  try {
    await (await readArchive(medium, 'in')).extract(medium, 'work/out');
  } catch (error) {
    if (!isCoreError(error)) throw error;
    expect(error.code).toMatch(/^ERR_BUILD_ARCHIVE_/);
    expect(await snapshot(medium, 'work')).toEqual({ other: 'untouched' });
    return undefined;
  }
  const { other, out } = await snapshot(medium, 'work');
  expect(other).toBe('untouched');
  return out as Readonly<Record<string, unknown>>;
}

/** Name and content of every file. */
function contents(listed: readonly Listed[]): string[] {
  return listed.filter(({ kind }) => kind === 'file').map(({ name, text }) => `${name}: ${text}`);
}

describe('readArchive of damaged archives', () => {
  describe('Ugly', () => {
    it.each(NAMES)(
      'readArchive of %s with any one bit changed gives what was in it, or nothing',
      async (name) => {
        const whole = (await small()).get(name) ?? Buffer.alloc(0);
        const before = contents(await list(whole));
        for (let bit = 0; bit < whole.length * 8; bit += 1) {
          const bent = Buffer.from(whole);
          bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          if ((await unpacked(bent)) === undefined) continue;
          // a zip has no digest of what is a link and what a file: such a file is missing, none has another content
          const after = contents(await list(bent));
          if (name.endsWith('zip') || name.includes('a zip')) expect(before).toEqual(expect.arrayContaining(after));
          else expect(after).toEqual(before);
        }
      },
      120_000,
    );

    it.each(NAMES)(
      'extract of %s, cut anywhere, leaves nothing',
      async (name) => {
        const whole = (await small()).get(name) ?? Buffer.alloc(0);
        expect(await unpacked(whole)).toBeDefined();
        for (let length = 0; length < whole.length; length += 1) {
          expect(await unpacked(whole.subarray(0, length))).toBeUndefined();
        }
      },
      120_000,
    );

    it('extract of anything with bytes taken out, put in or written over never gives other contents', async () => {
      const all = await small();
      const change = fc.record({ at: fc.nat(), drop: fc.nat(40), insert: fc.uint8Array({ maxLength: 40 }) });
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...NAMES),
          fc.array(change, { minLength: 1, maxLength: 3 }),
          async (name, list_) => {
            const whole = all.get(name) ?? Buffer.alloc(0);
            const before = contents(await list(whole));
            let bent = whole;
            for (const { at, drop, insert } of list_) {
              const from = at % (bent.length + 1);
              bent = Buffer.concat([bent.subarray(0, from), insert, bent.subarray(from + drop)]);
            }
            if ((await unpacked(bent)) === undefined) return;
            expect(before).toEqual(expect.arrayContaining(contents(await list(bent))));
          },
        ),
        { numRuns: 500 },
      );
    }, 120_000);
  });
});
