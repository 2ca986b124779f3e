import type { ConformanceCase } from '../conformance.ts';
import { refuses, same, sameBytes } from '../expect.ts';
import { behaviour } from './behaviour.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

/** `read` and `readBytes`. */
export const reading: readonly ConformanceCase[] = [
  behaviour('read() gives the whole file as text', async (medium) => {
    await medium.write('a.txt', 'one\ntwo\n');
    same(await medium.read('a.txt'), 'one\ntwo\n');
  }),
  behaviour('read() decodes UTF-8 of every length', async (medium) => {
    await medium.write('a.txt', Buffer.from('z ß € 😀', 'utf8'));
    same(await medium.read('a.txt'), 'z ß € 😀');
  }),
  behaviour('read() keeps a byte order mark', async (medium) => {
    await medium.write('a.txt', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
    same(await medium.read('a.txt'), '\uFEFFa');
  }),
  behaviour('read() gives an empty text for an empty file', async (medium) => {
    await medium.write('a.txt', '');
    same(await medium.read('a.txt'), '');
  }),
  behaviour('read() refuses a missing file with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.read('missing'));
  }),
  behaviour('read() refuses a file in a missing directory with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.read('missing/a.txt'));
  }),
  behaviour('read() refuses a directory with EISDIR', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', medium.read('d'));
  }),
  behaviour('read() refuses the root with EISDIR', async (medium) => {
    await refuses('EISDIR', medium.read(''));
  }),
  behaviour('read() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.read('f/below'));
  }),
  behaviour('read() refuses a path far below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.read('f/far/below'));
  }),
  behaviour('read() refuses invalid UTF-8 with ERR_INVALID_UTF8', async (medium) => {
    for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      await medium.write('a.bin', Uint8Array.from(bytes));
      await refuses('ERR_INVALID_UTF8', medium.read('a.bin'));
    }
  }),
  behaviour('readBytes() gives every byte as it was written', async (medium) => {
    await medium.write('a.bin', EVERY_BYTE);
    sameBytes(await medium.readBytes('a.bin'), EVERY_BYTE);
  }),
  behaviour("readBytes() gives the caller's own copy", async (medium) => {
    await medium.write('a.bin', EVERY_BYTE);
    (await medium.readBytes('a.bin')).fill(0);
    sameBytes(await medium.readBytes('a.bin'), EVERY_BYTE);
  }),
  behaviour('readBytes() gives no bytes for an empty file', async (medium) => {
    await medium.write('a.bin', new Uint8Array());
    same((await medium.readBytes('a.bin')).length, 0);
  }),
  behaviour('readBytes() gives a file of several megabytes', async (medium) => {
    const bytes = Buffer.alloc(3_000_001, 'core');
    await medium.write('a.bin', bytes);
    sameBytes(await medium.readBytes('a.bin'), bytes);
  }),
  behaviour('readBytes() refuses a missing file with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.readBytes('missing'));
  }),
  behaviour('readBytes() refuses a directory with EISDIR', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', medium.readBytes('d'));
  }),
  behaviour('readBytes() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.readBytes('f/below'));
  }),
];
