import { describe, expect, it } from '@jest/globals';

import type { ArchiveEncoder } from '../../src/archive/encoder.ts';
import { tarGzEncoder } from '../../src/archive/tar-gz.ts';
import { tarXzEncoder } from '../../src/archive/tar-xz.ts';
import { tarZstEncoder } from '../../src/archive/tar-zst.ts';
import { zipEncoder } from '../../src/archive/zip.ts';
import { archiveConformance } from '../../src/testing/archive-conformance.ts';
import { unpackWithReader } from '../../src/testing/unpack-with-reader.ts';

/** Tries one case of the suite on an encoder. */
function attempt(name: string, encoder: ArchiveEncoder): Promise<void> {
  const found = archiveConformance().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no case ${name}`);
  return found.run({ encoder, unpack: unpackWithReader });
}

describe('archiveConformance', () => {
  describe('Good', () => {
    describe.each([tarGzEncoder, tarXzEncoder, tarZstEncoder, zipEncoder])('$format', (encoder) => {
      it.each(archiveConformance().map((one) => [one.name, one] as const))(
        '%s',
        async (_, { run }) => {
          await run({ encoder, unpack: unpackWithReader });
        },
        180_000, // xz takes its time, and the machine may be busy
      );
    });

    it('archiveConformance has a name for each case', () => {
      const names = archiveConformance().map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    });
  });

  describe('Bad', () => {
    it.each([
      [
        'loses directories',
        (entries) => entries.filter(({ kind }) => kind !== 'dir'),
        'encode() keeps directories, also empty ones',
      ],
      [
        'sorts',
        (entries) => entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        'encode() keeps the order of the entries',
      ],
      [
        'forgets the mode',
        (entries) => entries.map((entry) => ({ ...entry, executable: false })),
        'encode() keeps who may execute',
      ],
    ] as const satisfies readonly (readonly [string, (entries: Entries) => Entries, string])[])(
      'archiveConformance finds an encoder that %s',
      async (_, change, name) => {
        const faulty: ArchiveEncoder = {
          ...tarGzEncoder,
          encode: (entries, options) => tarGzEncoder.encode(change(entries), options),
        };
        await expect(attempt(name, faulty)).rejects.toMatchObject({ name: 'AssertionError' });
      },
    );

    it('archiveConformance finds an encoder that depends on the number of workers, and one that reads all at once', async () => {
      const faulty: ArchiveEncoder = {
        ...zipEncoder,
        async *encode(entries, options) {
          const parts: Uint8Array[] = [];
          for await (const part of zipEncoder.encode(entries, { ...options, level: Math.min(9, options.workers) }))
            parts.push(part);
          yield Buffer.concat(parts);
        },
      };
      for (const name of [
        'encode() makes the same bytes with one worker and with many',
        'encode() reads no further ahead than a few blocks',
      ]) {
        await expect(attempt(name, faulty)).rejects.toMatchObject({ name: 'AssertionError' });
      }
    });
  });
});

type Entries = Parameters<ArchiveEncoder['encode']>[0];
