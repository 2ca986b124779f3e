import type { ConformanceCase } from '../conformance.ts';
import { misuse, refuses, same, sameBytes, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withModes = given('mode');

/** `append`. */
export const appending: readonly ConformanceCase[] = [
  behaviour('append() adds to the end', async (medium) => {
    await medium.write('f', 'one');
    await medium.append('f', ' two');
    await medium.append('f', ' three');
    same(await medium.read('f'), 'one two three');
  }),
  behaviour('append() makes the file and its parents', async (medium) => {
    await medium.append('a/b/f', 'x');
    same(await medium.read('a/b/f'), 'x');
  }),
  behaviour('append() with durable adds the same', async (medium) => {
    await medium.append('d/f', 'one ', { durable: true });
    await medium.append('d/f', '', { durable: true });
    await medium.append('d/f', 'two', { durable: true });
    same(await medium.read('d/f'), 'one two');
  }),
  behaviour('append() of nothing makes an empty file and changes none', async (medium) => {
    await medium.append('f', '');
    same((await medium.stat('f')).size, 0);
    await medium.write('f', 'x');
    await medium.append('f', '');
    same(await medium.read('f'), 'x');
  }),
  behaviour('append() keeps every byte', async (medium) => {
    await medium.append('f', Uint8Array.of(0, 255));
    await medium.append('f', Uint8Array.of(128, 0));
    sameBytes(await medium.readBytes('f'), Uint8Array.of(0, 255, 128, 0));
  }),
  behaviour("append() does not hold on to the caller's bytes", async (medium) => {
    const bytes = Uint8Array.of(1, 2);
    await medium.append('f', bytes);
    bytes.fill(9);
    await medium.append('f', bytes.subarray(1));
    sameBytes(await medium.readBytes('f'), Uint8Array.of(1, 2, 9));
  }),
  behaviour('append() by several at once loses and mixes nothing', async (medium) => {
    const lines = Array.from({ length: 24 }, (_, i) => `${String(i).padStart(2, '0').repeat(2_000)}\n`);
    await Promise.all(lines.map((line) => medium.append('d/f', line)));
    same((await medium.read('d/f')).split('\n').sort().join('\n').trim(), lines.join('').trim());
  }),
  behaviour('append() one after the other keeps the order', async (medium) => {
    for (let i = 0; i < 50; i += 1) await medium.append('f', `${String(i)},`);
    same(await medium.read('f'), Array.from({ length: 50 }, (_, i) => `${String(i)},`).join(''));
  }),
  withModes('append() keeps the mode of the file', async (medium) => {
    await medium.write('f', 'x', { mode: 0o640 });
    await medium.append('f', 'y');
    same((await medium.stat('f')).mode, 0o640);
  }),
  behaviour('append() refuses a directory with EISDIR', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', medium.append('d', 'x'));
    same(await tree(medium), ['d']);
  }),
  behaviour('append() refuses the root with EISDIR', async (medium) => {
    await refuses('EISDIR', medium.append('', 'x'));
  }),
  behaviour('append() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.append('f/below', 'y'));
    same(await medium.read('f'), 'x');
  }),
  behaviour('append() refuses a content that is neither text nor bytes with TypeError', async (medium) => {
    await misuse('TypeError', () => medium.append('f', 1 as unknown as string));
    await misuse('TypeError', () => medium.append('f', '\uDFFF'));
    same(await tree(medium), []);
  }),
];
