import { localMedium, isCoreError } from '@core/io';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { openImage } from '../../src/image/open-image.ts';
import { withFiles } from './support/image-folder.ts';
import { bzImage, iso, qcow2, vmdk } from './support/made-images.ts';

const FORMATS = ['iso', 'qcow2', 'raw', 'vmdk', 'kernel'];
const SEEDS = [qcow2({ backing: '/etc/passwd' }), vmdk('RW 8 FLAT "/etc/passwd" 0', 0n), iso(), bzImage()];

/** An image of which some bytes are otherwise, and which may be cut off. */
const damaged = fc
  .record({
    seed: fc.constantFrom(...SEEDS),
    changes: fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 12 }),
    length: fc.oneof(fc.constant(262_144), fc.nat(2000)),
  })
  .map(({ seed, changes, length }) => {
    const bytes = seed.slice(0, length);
    for (const [position, byte] of changes) if (position < bytes.length) bytes[position] = byte;
    return bytes;
  });

describe('Ugly', () => {
  it('openImage() knows a damaged image or refuses it with a code, whatever its bytes say', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.constantFrom('a', 'a.raw', 'a.qcow2'), async (bytes, name) => {
        await withFiles({ [name]: bytes }, async (folder) => {
          const found = await openImage(localMedium(), `${folder}/${name}`).catch((error: unknown) => error);
          const known = isCoreError(found)
            ? found.code.startsWith('ERR_CONTAINER_IMAGE_')
            : FORMATS.includes((found as { format: string }).format);
          expect(known).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });
});
