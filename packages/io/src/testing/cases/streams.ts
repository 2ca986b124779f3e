import { pipeline } from 'node:stream/promises';

import type { ConformanceCase } from '../conformance.ts';
import { collect, destroy, fail, finish, misuse, put, refuses, rejectsWith, same, sameBytes, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withModes = given('mode');

const BYTES = Buffer.from(Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7) % 253));

/** `readStream`. */
const readStream: readonly ConformanceCase[] = [
  behaviour('readStream() gives every byte', async (medium) => {
    await medium.write('f', BYTES);
    sameBytes(await collect(medium.readStream('f')), BYTES);
  }),
  behaviour('readStream() gives the bytes from start to end, both included', async (medium) => {
    await medium.write('f', '0123456789');
    same((await collect(medium.readStream('f', { start: 2, end: 5 }))).toString(), '2345');
    same((await collect(medium.readStream('f', { start: 8 }))).toString(), '89');
    same((await collect(medium.readStream('f', { end: 0 }))).toString(), '0');
    same((await collect(medium.readStream('f', { start: 7, end: 100 }))).toString(), '789');
  }),
  behaviour('readStream() gives nothing from behind the end and of an empty file', async (medium) => {
    await medium.write('f', 'abc');
    await medium.write('empty', '');
    same((await collect(medium.readStream('f', { start: 3 }))).length, 0);
    same((await collect(medium.readStream('empty'))).length, 0);
  }),
  behaviour('readStream() gives chunks of highWaterMark bytes at most', async (medium) => {
    await medium.write('f', BYTES.subarray(0, 10_000));
    for await (const chunk of medium.readStream('f', { highWaterMark: 1_000 })) {
      const { length } = chunk as Uint8Array;
      if (length > 1_000) fail('the chunk is too large', length, 1_000);
    }
  }),
  behaviour('readStream() can be left early', async (medium) => {
    await medium.write('f', BYTES);
    for await (const chunk of medium.readStream('f', { highWaterMark: 10 })) {
      same((chunk as Uint8Array).length > 0, true);
      break;
    }
    await destroy(medium.readStream('f'));
    await medium.delete('f');
  }),
  behaviour('readStream() refuses a missing file with ENOENT as the error of the stream', async (medium) => {
    await refuses('ENOENT', collect(medium.readStream('missing')));
  }),
  behaviour('readStream() refuses a directory with EISDIR as the error of the stream', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', collect(medium.readStream('d')));
  }),
  behaviour('readStream() ends with the reason when the signal is aborted', async (medium) => {
    await medium.write('f', BYTES);
    const controller = new AbortController();
    const reason = new Error('enough');
    const stream = medium.readStream('f', { signal: controller.signal, highWaterMark: 100 });
    stream.once('data', () => {
      controller.abort(reason);
    });
    await rejectsWith(reason, new Promise((resolve, reject) => stream.on('error', reject).on('end', resolve)));
  }),
  behaviour('readStream() refuses a range that is none with RangeError', async (medium) => {
    await misuse('RangeError', () => medium.readStream('f', { start: -1 }));
    await misuse('RangeError', () => medium.readStream('f', { start: 5, end: 4 }));
    await misuse('RangeError', () => medium.readStream('f', { start: 0.5 }));
  }),
];

/** `writeStream`. */
const writeStream: readonly ConformanceCase[] = [
  behaviour('writeStream() writes all chunks in order', async (medium) => {
    await finish(medium.writeStream('f'), 'one ', Buffer.from('two '), 'three €');
    same(await medium.read('f'), 'one two three €');
  }),
  behaviour('writeStream() makes missing parent directories', async (medium) => {
    await finish(medium.writeStream('a/b/f'), 'x');
    same(await tree(medium), ['a', 'a/b', 'a/b/f']);
  }),
  behaviour('writeStream() without a chunk makes an empty file', async (medium) => {
    await finish(medium.writeStream('f'));
    same(await medium.read('f'), '');
  }),
  behaviour('writeStream() shows the new content only when the stream finishes', async (medium) => {
    await medium.write('f', 'old');
    const stream = medium.writeStream('f');
    await put(stream, 'new');
    same(await medium.read('f'), 'old');
    await finish(stream);
    same([await medium.read('f'), await tree(medium)], ['new', ['f']]);
  }),
  behaviour('writeStream() that is destroyed leaves the old file and nothing beside', async (medium) => {
    await medium.write('f', 'old');
    const stream = medium.writeStream('f');
    await put(stream, 'new');
    await destroy(stream);
    same([await medium.read('f'), await tree(medium)], ['old', ['f']]);
  }),
  behaviour('writeStream() that is destroyed makes no file', async (medium) => {
    await medium.ensureDir('d');
    const stream = medium.writeStream('d/f');
    await put(stream, 'new');
    await destroy(stream);
    same(await tree(medium), ['d']);
  }),
  behaviour(
    'writeStream() ends with the reason when the signal is aborted, and leaves the old file',
    async (medium) => {
      await medium.write('f', 'old');
      const controller = new AbortController();
      const reason = new Error('enough');
      const stream = medium.writeStream('f', { signal: controller.signal });
      await put(stream, 'new');
      const ended = new Promise((_, reject) => stream.once('error', reject));
      const closed = new Promise((resolve) => stream.once('close', resolve));
      controller.abort(reason);
      await rejectsWith(reason, ended);
      await closed;
      same([await medium.read('f'), await tree(medium)], ['old', ['f']]);
    },
  ),
  behaviour('writeStream() takes what readStream() gives', async (medium) => {
    await medium.write('a', BYTES);
    await pipeline(medium.readStream('a'), medium.writeStream('b'));
    sameBytes(await medium.readBytes('b'), BYTES);
  }),
  behaviour('writeStream() can replace the file that it reads', async (medium) => {
    await medium.write('f', BYTES);
    await pipeline(medium.readStream('f', { start: 1 }), medium.writeStream('f'));
    sameBytes(await medium.readBytes('f'), BYTES.subarray(1));
  }),
  behaviour('writeStream() with exclusive refuses a path that exists with EEXIST and leaves it', async (medium) => {
    await medium.write('f', 'old');
    await refuses('EEXIST', finish(medium.writeStream('f', { exclusive: true }), 'new'));
    same([await medium.read('f'), await tree(medium)], ['old', ['f']]);
    await finish(medium.writeStream('g', { exclusive: true }), 'new');
    same(await medium.read('g'), 'new');
  }),
  behaviour('writeStream() refuses a directory with EISDIR as the error of the stream', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', finish(medium.writeStream('d'), 'x'));
    await refuses('EISDIR', finish(medium.writeStream(''), 'x'));
    same(await tree(medium), ['d']);
  }),
  behaviour('writeStream() refuses a path below a file with ENOTDIR as the error of the stream', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', finish(medium.writeStream('f/below'), 'x'));
    same(await medium.read('f'), 'x');
  }),
  withModes('writeStream() keeps the mode of a file it replaces, or sets the mode asked for', async (medium) => {
    await medium.write('f', 'x', { mode: 0o640 });
    await finish(medium.writeStream('f'), 'y');
    same((await medium.stat('f')).mode, 0o640);
    await finish(medium.writeStream('f', { mode: 0o755 }), 'z');
    same((await medium.stat('f')).mode, 0o755);
  }),
];

/** `appendStream`. */
const appendStream: readonly ConformanceCase[] = [
  behaviour('appendStream() adds all chunks to the end in order', async (medium) => {
    await medium.write('f', 'one ');
    await finish(medium.appendStream('f'), 'two ', Buffer.from('three'));
    same(await medium.read('f'), 'one two three');
  }),
  behaviour('appendStream() makes the file and its parents', async (medium) => {
    await finish(medium.appendStream('a/b/f'));
    same(await medium.read('a/b/f'), '');
  }),
  behaviour('appendStream() keeps what was written when it is destroyed', async (medium) => {
    const stream = medium.appendStream('f');
    await put(stream, 'kept');
    await destroy(stream);
    same(await medium.read('f'), 'kept');
  }),
  behaviour('appendStream() twice at once mixes chunks but tears none', async (medium) => {
    const streams = [medium.appendStream('f'), medium.appendStream('f')];
    const lines = (i: number): string[] => Array.from({ length: 20 }, () => `${String(i).repeat(1_000)}\n`);
    await Promise.all(streams.map((stream, i) => finish(stream, ...lines(i))));
    same((await medium.read('f')).split('\n').sort().join('\n').trim(), [...lines(0), ...lines(1)].join('').trim());
  }),
  behaviour('appendStream() refuses a directory with EISDIR as the error of the stream', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', finish(medium.appendStream('d'), 'x'));
  }),
];

/** `readStream`, `writeStream` and `appendStream`. */
export const streams: readonly ConformanceCase[] = [...readStream, ...writeStream, ...appendStream];
