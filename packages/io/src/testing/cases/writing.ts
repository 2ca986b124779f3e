import type { ConformanceCase } from '../conformance.ts';
import { fail, misuse, refuses, rejectsWith, same, sameBytes, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withModes = given('mode');

const OLD = 'o'.repeat(200_000);
const NEW = 'n'.repeat(300_000);

/** `write`. */
export const writing: readonly ConformanceCase[] = [
  behaviour('write() makes a file', async (medium) => {
    await medium.write('f', 'x');
    same(await medium.read('f'), 'x');
  }),
  behaviour('write() makes missing parent directories', async (medium) => {
    await medium.write('a/b/c/f', 'x');
    same(await tree(medium), ['a', 'a/b', 'a/b/c', 'a/b/c/f']);
  }),
  behaviour('write() replaces a file, and nothing of a longer one stays', async (medium) => {
    await medium.write('f', 'a long content');
    await medium.write('f', 'short');
    same(await medium.read('f'), 'short');
  }),
  behaviour('write() stores text as UTF-8', async (medium) => {
    await medium.write('f', '€😀');
    sameBytes(await medium.readBytes('f'), Buffer.from('€😀', 'utf8'));
  }),
  behaviour('write() makes an empty file', async (medium) => {
    await medium.write('f', '');
    same((await medium.stat('f')).size, 0);
  }),
  behaviour('write() stores a part of a larger buffer', async (medium) => {
    await medium.write('f', new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 4));
    sameBytes(await medium.readBytes('f'), Uint8Array.of(2, 3, 4));
  }),
  behaviour("write() does not hold on to the caller's bytes", async (medium) => {
    const bytes = Uint8Array.of(1, 2, 3);
    await medium.write('f', bytes);
    bytes.fill(9);
    sameBytes(await medium.readBytes('f'), Uint8Array.of(1, 2, 3));
  }),
  behaviour('write() leaves nothing beside the file', async (medium) => {
    await medium.write('d/f', 'one');
    await medium.write('d/f', 'two');
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('write() replaces a file atomically: readers see the old content or the new, whole', async (medium) => {
    await medium.write('f', OLD);
    for (let round = 0; round < 20; round += 1) {
      const work = medium.write('f', round % 2 === 0 ? NEW : OLD);
      const seen = await Promise.all([medium.read('f'), medium.read('f'), medium.read('f')]);
      await work;
      for (const text of seen) if (text !== OLD && text !== NEW) fail('a reader saw a part', text.length, OLD.length);
    }
  }),
  behaviour('write() by several at once leaves the content of one of them, whole', async (medium) => {
    const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(50_000 + i));
    await Promise.all(contents.map((content) => medium.write('d/f', content)));
    same(contents.includes(await medium.read('d/f')), true, 'whether one content is there, whole');
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('write() of several files into one new directory at once makes them all', async (medium) => {
    const paths = Array.from({ length: 8 }, (_, i) => `a/b/f${String(i)}`);
    await Promise.all(paths.map((path) => medium.write(path, path)));
    same(await tree(medium), ['a', 'a/b', ...paths]);
  }),
  withModes('write() keeps the mode of a file it replaces', async (medium) => {
    await medium.write('f', 'x', { mode: 0o640 });
    await medium.write('f', 'y');
    same((await medium.stat('f')).mode, 0o640);
  }),
  withModes('write() sets the exact mode of a new file', async (medium) => {
    for (const mode of [0o600, 0o755, 0o666, 0o444]) {
      await medium.write(`f${mode.toString(8)}`, 'x', { mode });
      same((await medium.stat(`f${mode.toString(8)}`)).mode, mode);
    }
  }),
  withModes('write() sets the exact mode of a file it replaces', async (medium) => {
    await medium.write('f', 'x', { mode: 0o600 });
    await medium.write('f', 'x', { mode: 0o755 });
    same((await medium.stat('f')).mode, 0o755);
  }),
  given('mtime')('write() gives the file a new mtime', async (medium) => {
    const past = new Date('2001-02-03T04:05:06.000Z');
    await medium.write('f', 'x');
    await medium.utimes('f', past, past);
    await medium.write('f', 'x');
    same((await medium.stat('f')).mtime > past, true, 'whether the mtime is later than before');
  }),
  behaviour('write() with exclusive makes a file', async (medium) => {
    await medium.write('d/f', 'x', { exclusive: true });
    same(await medium.read('d/f'), 'x');
  }),
  behaviour('write() with exclusive refuses a path that exists with EEXIST and leaves it', async (medium) => {
    await medium.write('d/f', 'old');
    await refuses('EEXIST', medium.write('d/f', 'new', { exclusive: true }));
    await refuses('EEXIST', medium.write('d', 'new', { exclusive: true }));
    same(await medium.read('d/f'), 'old');
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('write() with exclusive by several at once lets exactly one through', async (medium) => {
    const tries = Array.from({ length: 8 }, (_, i) => medium.write('f', String(i), { exclusive: true }));
    const results = await Promise.allSettled(tries);
    const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i)] : []));
    same(winners, [await medium.read('f')], 'the winners');
    for (const [i, work] of tries.entries()) if (results[i]?.status === 'rejected') await refuses('EEXIST', work);
  }),
  behaviour('write() with durable writes the same', async (medium) => {
    await medium.write('d/f', 'old');
    await medium.write('d/f', 'new', { durable: true });
    same(await medium.read('d/f'), 'new');
  }),
  behaviour('write() refuses a directory with EISDIR and leaves it', async (medium) => {
    await medium.write('d/f', 'x');
    await refuses('EISDIR', medium.write('d', 'y'));
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('write() refuses an empty directory with EISDIR', async (medium) => {
    await medium.ensureDir('d');
    await refuses('EISDIR', medium.write('d', 'y'));
    same(await medium.isDir('d'), true);
  }),
  behaviour('write() refuses the root with EISDIR', async (medium) => {
    for (const root of ['', '/', '.', 'a/..']) await refuses('EISDIR', medium.write(root, 'x'));
  }),
  behaviour('write() refuses a path below a file with ENOTDIR and leaves the file', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.write('f/below', 'y'));
    await refuses(['ENOTDIR', 'EEXIST'], medium.write('f/far/below', 'y'));
    same(await medium.read('f'), 'x');
  }),
  behaviour(
    'write() that is aborted under way leaves the old content or the new, and nothing beside',
    async (medium) => {
      await medium.write('f', OLD);
      for (let round = 0; round < 5; round += 1) {
        const controller = new AbortController();
        const work = medium.write('f', NEW, { signal: controller.signal });
        for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        controller.abort(new Error('stop'));
        const done = await work.then(
          () => true,
          () => false,
        );
        if (!done) await rejectsWith(controller.signal.reason, work);
        same((await medium.read('f')) === (done ? NEW : OLD), true, 'whether the content is whole');
        same(await tree(medium), ['f']);
        await medium.write('f', OLD);
      }
    },
  ),
  behaviour('write() refuses a content that is neither text nor bytes with TypeError', async (medium) => {
    for (const content of [undefined, null, 1, {}, [1]]) {
      await misuse('TypeError', () => medium.write('f', content as string));
    }
    same(await tree(medium), []);
  }),
  behaviour('write() refuses text that UTF-8 cannot spell with TypeError', async (medium) => {
    await misuse('TypeError', () => medium.write('f', 'a\uD800b'));
    same(await tree(medium), []);
  }),
  behaviour('write() refuses a mode that is no permission bits with RangeError', async (medium) => {
    for (const mode of [-1, 0o10000, 1.5, Number.NaN]) {
      await misuse('RangeError', () => medium.write('f', 'x', { mode }));
    }
    same(await tree(medium), []);
  }),
];
