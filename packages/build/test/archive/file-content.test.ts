import { describe, expect, it } from '@jest/globals';
import { defineMedium, MemoryMedium } from '@core/io';

import { archive } from '../../src/archive/archive.ts';
import { ChunkBuffers, fileContent } from '../../src/archive/file-content.ts';
import { noise } from '../../src/testing/archive-cases/encoding.ts';

const MEGABYTE = 1 << 20;
const artifact = { path: 'app', os: 'linux', arch: 'amd64' };

/** Calls `change` when the second chunk of a file is read. */
function changing(medium: MemoryMedium, change: () => Promise<void>) {
  const { driver } = medium;
  return defineMedium({
    ...driver,
    async open(path) {
      const handle = await driver.open?.(path);
      if (handle === undefined) throw new Error('The medium has no handles');
      return {
        read: async (buffer, offset, length, position) => {
          if (position === MEGABYTE) await change();
          return await handle.read(buffer, offset, length, position);
        },
        stat: () => handle.stat(),
        close: () => handle.close(),
      };
    },
  });
}

describe('fileContent', () => {
  describe('Good', () => {
    it.each([0, 1, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 3 * MEGABYTE])(
      'fileContent gives all of %d bytes',
      async (size) => {
        const bytes = Buffer.alloc(size, 'abc');
        const parts: Uint8Array[] = [];
        const request = { path: 'f', size, op: 'build.archive', signal: undefined };
        for await (const chunk of fileContent(new MemoryMedium({ f: bytes }), request)) parts.push(chunk);
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
      },
    );

    it('fileContent reads into two buffers in turn, where it is given them', async () => {
      const bytes = noise(5 * MEGABYTE);
      const buffers = new ChunkBuffers();
      for (let turn = 0; turn < 2; turn += 1) {
        const [parts, seen] = [[] as Uint8Array[], new Set<ArrayBufferLike>()];
        const request = { path: 'f', size: bytes.length, op: 'build.archive', signal: undefined, buffers };
        for await (const chunk of fileContent(new MemoryMedium({ f: bytes }), request)) {
          parts.push(Buffer.from(chunk));
          seen.add(chunk.buffer);
        }
        expect(seen.size).toBe(2);
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
      }
    });
  });

  describe('Ugly', () => {
    it.each([
      ['grows', (medium: MemoryMedium) => medium.append('app', 'more')],
      ['is written to, with the same size', (medium: MemoryMedium) => medium.append('app', '')],
    ])('archive of a file that %s meanwhile is an error with its name, and no archive', async (what, change) => {
      const medium = new MemoryMedium({ app: Buffer.alloc(3 * MEGABYTE) });
      const inPlace = changing(medium, async () => {
        await change(medium);
        if (what.startsWith('is')) await medium.utimes('app', new Date(), new Date('2030-01-01'));
      });
      await expect(archive(inPlace, artifact)).rejects.toMatchObject({
        code: 'ERR_BUILD_ARTIFACT_CHANGED',
        path: 'app',
        message: 'Cannot read "app" as it was: it is changing meanwhile',
      });
      expect((await medium.list('')).map(({ name }) => name)).toEqual(['app']);
    });

    it('archive of a file that is replaced meanwhile has what it was', async () => {
      const medium = new MemoryMedium({ app: Buffer.alloc(3 * MEGABYTE) });
      const untouched = await archive(new MemoryMedium({ app: Buffer.alloc(3 * MEGABYTE) }), artifact);
      const packed = await archive(
        changing(medium, () => medium.write('app', 'new')),
        artifact,
      );
      expect(packed.checksum).toBe(untouched.checksum);
    });
  });
});
