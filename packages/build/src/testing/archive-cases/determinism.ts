import { deepEqual, notDeepEqual, ok } from 'node:assert/strict';

import type { EncodedEntry } from '../../archive/encoder.ts';
import type { ArchiveConformanceCase } from '../archive-conformance.ts';
import { behaviour, encode, file, noise, prose } from './encoding.ts';

const LARGE = noise(2_500_000);

const entries = (chunkBytes = 1 << 20): EncodedEntry[] => [file('a', 'text'), file('b/large', LARGE, chunkBytes)];

/** The same entries and options make the same bytes. */
export const determinism: readonly ArchiveConformanceCase[] = [
  behaviour('encode() makes the same bytes every time', async (subject) => {
    ok((await encode(subject, entries())).equals(await encode(subject, entries())));
  }),
  behaviour('encode() makes the same bytes with one worker and with many', async (subject) => {
    const [one, many] = await Promise.all([1, 7].map((workers) => encode(subject, entries(), { workers })));
    deepEqual(one?.length, many?.length);
    ok(many !== undefined && one?.equals(many) === true);
  }),
  behaviour('encode() makes the same bytes however the content is cut', async (subject) => {
    const whole = await encode(subject, entries());
    for (const chunkBytes of [4096, 99_999, 1_500_001]) ok(whole.equals(await encode(subject, entries(chunkBytes))));
  }),
  behaviour('encode() makes other bytes for another time, content or name', async (subject) => {
    const plain = await encode(subject, [file('a', 'x')]);
    notDeepEqual(plain, await encode(subject, [file('a', 'x')], { mtime: 1_700_000_000 }));
    notDeepEqual(plain, await encode(subject, [file('a', 'y')]));
    notDeepEqual(plain, await encode(subject, [file('b', 'x')]));
  }),
  behaviour('encode() makes no larger archive on a higher level', async (subject) => {
    const text = prose(300_000);
    const many = [file('a', 'text'), file('b', text)];
    const [quick, usual, small] = await Promise.all([1, 6, 9].map((level) => encode(subject, many, { level })));
    ok((small?.length ?? 0) <= (usual?.length ?? 0));
    ok((usual?.length ?? 0) <= (quick?.length ?? 0));
    for (const archive of [quick, small]) {
      const large = (await subject.unpack(archive ?? Buffer.alloc(0)))[1]?.content;
      ok(text.equals(large ?? Buffer.alloc(0)));
    }
  }),
];
