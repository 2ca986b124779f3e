import type { ConformanceCase } from '../conformance.ts';
import { misuse, refuses, same, sameBytes } from '../expect.ts';
import { behaviour } from './behaviour.ts';

/** `open` and the handle that it gives. */
export const handles: readonly ConformanceCase[] = [
  behaviour('open() reads at any position into any part of a buffer', async (medium) => {
    await medium.write('f', '0123456789');
    await using handle = await medium.open('f');
    const buffer = Buffer.from('........');
    same(await handle.read(buffer, 2, 4, 3), 4);
    same(buffer.toString(), '..3456..');
    same(await handle.read(buffer, 0, 1, 9), 1);
    same(buffer.toString(), '9.3456..');
  }),
  behaviour('open() reads what is left at the end, and 0 from there on', async (medium) => {
    await medium.write('f', 'abc');
    await using handle = await medium.open('f');
    const buffer = Buffer.alloc(8);
    same([await handle.read(buffer, 0, 8, 1), buffer.toString('utf8', 0, 2)], [2, 'bc']);
    same([await handle.read(buffer, 0, 8, 3), await handle.read(buffer, 0, 8, 1_000)], [0, 0]);
  }),
  behaviour('open() reads nothing where nothing is asked for', async (medium) => {
    await medium.write('f', 'abc');
    await using handle = await medium.open('f');
    same(await handle.read(Buffer.alloc(4), 4, 0, 0), 0);
  }),
  behaviour('open() tells what the file is', async (medium) => {
    await medium.write('d/f', 'abc');
    await using handle = await medium.open('d/f');
    const { name, path, kind, size } = await handle.stat();
    same({ name, path, kind, size }, { name: 'f', path: 'd/f', kind: 'file', size: 3 });
  }),
  behaviour('open() tells as initialSize how long the file was, or nothing', async (medium) => {
    await medium.write('f', 'abc');
    await using handle = await medium.open('f');
    await medium.append('f', 'de');
    same(handle.initialSize ?? 3, 3);
    await medium.write('empty', '');
    await using empty = await medium.open('empty');
    same(empty.initialSize ?? 0, 0);
  }),
  behaviour('open() keeps the file readable when it is deleted or replaced', async (medium) => {
    await medium.write('f', 'the old content');
    await using first = await medium.open('f');
    await medium.write('f', 'new');
    await using second = await medium.open('f');
    await medium.delete('f');
    const buffer = Buffer.alloc(15);
    same([await first.read(buffer, 0, 15, 0), buffer.toString()], [15, 'the old content']);
    same([await second.read(buffer, 0, 15, 0), buffer.toString('utf8', 0, 3)], [3, 'new']);
  }),
  behaviour('open() reads at several positions at once', async (medium) => {
    const bytes = Uint8Array.from({ length: 4_096 }, (_, i) => i % 251);
    await medium.write('f', bytes);
    await using handle = await medium.open('f');
    const result = new Uint8Array(4_096);
    await Promise.all(Array.from({ length: 16 }, (_, i) => handle.read(result, i * 256, 256, i * 256)));
    sameBytes(result, bytes);
  }),
  behaviour('open() lets one handle be closed twice', async (medium) => {
    await medium.write('f', 'x');
    const handle = await medium.open('f');
    await Promise.all([handle.close(), handle.close()]);
    await handle.close();
  }),
  behaviour('open() gives handles that refuse with ERR_HANDLE_CLOSED once closed', async (medium) => {
    await medium.write('f', 'x');
    const handle = await medium.open('f');
    await handle.close();
    await refuses('ERR_HANDLE_CLOSED', handle.read(Buffer.alloc(1), 0, 1, 0));
    await refuses('ERR_HANDLE_CLOSED', handle.stat());
  }),
  behaviour('open() gives handles that finish a read before they close', async (medium) => {
    await medium.write('f', 'abc');
    const handle = await medium.open('f');
    const buffer = Buffer.alloc(3);
    const [read] = await Promise.all([handle.read(buffer, 0, 3, 0), handle.close()]);
    same([read, buffer.toString()], [3, 'abc']);
  }),
  behaviour('open() gives handles that refuse a range outside the buffer with RangeError', async (medium) => {
    await medium.write('f', 'abc');
    await using handle = await medium.open('f');
    const buffer = Buffer.alloc(4);
    for (const [offset, length, position] of [
      [-1, 1, 0],
      [0, 5, 0],
      [3, 2, 0],
      [0, 1, -1],
      [0.5, 1, 0],
    ] as const) {
      await misuse('RangeError', () => handle.read(buffer, offset, length, position));
    }
  }),
  behaviour('open() refuses a missing file with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.open('missing'));
  }),
  behaviour('open() refuses a directory with EISDIR', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', medium.open('d'));
    await refuses('EISDIR', medium.open(''));
  }),
  behaviour('open() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.open('f/below'));
  }),
];
