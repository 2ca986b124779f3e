import { deepEqual, equal, ok } from 'node:assert/strict';

import { BLOCK_BYTES } from '../../archive/blocks.ts';
import type { FileEntry } from '../../archive/encoder.ts';
import type { ArchiveConformanceCase } from '../archive-conformance.ts';
import { behaviour, file, MTIME, noise, roundTrip } from './encoding.ts';

/** What comes out is what went in. */
export const contents: readonly ArchiveConformanceCase[] = [
  behaviour('encode() keeps every byte of a file', async (subject) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const [entry] = await roundTrip(subject, [file('f', bytes)]);
    deepEqual(Buffer.from(entry?.content ?? []), Buffer.from(bytes));
  }),
  behaviour('encode() keeps an empty file', async (subject) => {
    const [entry] = await roundTrip(subject, [file('empty')]);
    equal(entry?.kind, 'file');
    equal(entry.content.length, 0);
  }),
  behaviour('encode() keeps files that end at, before and after the border of a block', async (subject) => {
    const sizes = [BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES];
    const unpacked = await roundTrip(
      subject,
      sizes.map((size, i) => file(`f${String(i)}`, noise(size, i + 1), 100_000)),
      { level: 1 },
    );
    for (const [i, size] of sizes.entries()) ok(noise(size, i + 1).equals(unpacked[i]?.content ?? Buffer.alloc(0)));
  }),
  behaviour(
    'encode() keeps the bytes of a chunk that is overwritten when the next one is asked for',
    async (subject) => {
      const shared = Buffer.alloc(BLOCK_BYTES / 4);
      const overwritten = (name: string, chunks: number): FileEntry => ({
        ...file(name),
        size: chunks * shared.length,
        async *content() {
          for (let chunk = 1; chunk <= chunks; chunk += 1) yield await Promise.resolve(shared.fill(chunk));
          shared.fill(0xff);
        },
      });
      const unpacked = await roundTrip(subject, [overwritten('one', 1), overwritten('many', 7)], { level: 1 });
      for (const { content } of unpacked) {
        for (let at = 0; at < content.length; at += shared.length) equal(content[at], 1 + at / shared.length);
      }
    },
  ),
  behaviour('encode() keeps the order of the entries', async (subject) => {
    const order = ['b', 'a', 'c/z', 'c/y'];
    const unpacked = await roundTrip(
      subject,
      order.map((name) => file(name, name)),
    );
    deepEqual(
      unpacked.map(({ name }) => name),
      order,
    );
    deepEqual(
      unpacked.map(({ content }) => Buffer.from(content).toString()),
      order,
    );
  }),
  behaviour('encode() of nothing makes an archive of nothing', async (subject) => {
    deepEqual(await roundTrip(subject, []), []);
  }),
  behaviour('encode() keeps a thousand files', async (subject) => {
    const entries = Array.from({ length: 1000 }, (_, i) => file(`f${String(i)}`, String(i)));
    const unpacked = await roundTrip(subject, entries);
    deepEqual(
      unpacked.map(({ content }) => Buffer.from(content).toString()),
      entries.map((_, i) => String(i)),
    );
  }),
  behaviour(
    'encode() keeps who may execute',
    async (subject) => {
      const unpacked = await roundTrip(subject, [{ ...file('run', '#!'), executable: true }, file('text', 'x')]);
      deepEqual(
        unpacked.map(({ executable }) => executable),
        [true, false],
      );
    },
    ['executable'],
  ),
  behaviour(
    'encode() keeps directories, also empty ones',
    async (subject) => {
      const unpacked = await roundTrip(subject, [
        { kind: 'dir', name: 'd' },
        { kind: 'dir', name: 'd/e' },
        file('d/f'),
      ]);
      deepEqual(
        unpacked.map(({ kind }) => kind),
        ['dir', 'dir', 'file'],
      );
      deepEqual(
        unpacked.map(({ name }) => name),
        ['d', 'd/e', 'd/f'],
      );
    },
    ['dir'],
  ),
  behaviour(
    'encode() keeps links as links',
    async (subject) => {
      const target = 'f/ünï/'.repeat(30) + 'x';
      const unpacked = await roundTrip(subject, [
        file('f'),
        { kind: 'symlink', name: 'l', target: 'f' },
        { kind: 'symlink', name: 'm', target },
      ]);
      deepEqual(
        unpacked.map(({ kind }) => kind),
        ['file', 'symlink', 'symlink'],
      );
      deepEqual(
        unpacked.map((entry) => entry.target),
        ['', 'f', target],
      );
    },
    ['symlink'],
  ),
  behaviour(
    'encode() gives every entry the time that it is told',
    async (subject) => {
      const unpacked = await roundTrip(subject, [file('a'), file('b')]);
      deepEqual(
        unpacked.map(({ mtime }) => mtime),
        [MTIME, MTIME],
      );
    },
    ['mtime'],
  ),
];
