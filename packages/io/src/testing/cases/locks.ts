import type { ConformanceCase } from '../conformance.ts';
import { misuse, refuses, rejectsWith, same } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withLocks = given('lock');

/** `lock`. */
export const locks: readonly ConformanceCase[] = [
  withLocks('lock() lets one caller in at a time', async (medium) => {
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<void> => {
      const lock = await medium.lock('f');
      inside += 1;
      most = Math.max(most, inside);
      await medium.write('f', 'x');
      inside -= 1;
      await lock.close();
    };
    await Promise.all(Array.from({ length: 8 }, enter));
    same([inside, most], [0, 1], 'how many are inside now, and were at most');
  }),
  withLocks('lock() waits until the holder closes', async (medium) => {
    const events: string[] = [];
    const first = await medium.lock('f');
    const second = medium.lock('f').then(async (lock) => {
      events.push('second is in');
      await lock.close();
    });
    await medium.write('other', 'x');
    events.push('first leaves');
    await first.close();
    await second;
    same(events, ['first leaves', 'second is in']);
  }),
  withLocks('lock() of another path does not wait', async (medium) => {
    const locks = [await medium.lock('d/a'), await medium.lock('d/b'), await medium.lock('d')];
    for (const lock of locks) await lock.close();
  }),
  withLocks('lock() takes every spelling of a path for the same', async (medium) => {
    const held = await medium.lock('d/f');
    await refuses('ERR_LOCK_TIMEOUT', medium.lock('/d/./x/../f', { timeoutMs: 1 }));
    await held.close();
  }),
  withLocks('lock() needs no file and leaves none under its path', async (medium) => {
    await (await medium.lock('f')).close();
    same(await medium.exists('f'), false);
  }),
  withLocks('lock() does not keep anybody from reading and writing', async (medium) => {
    const held = await medium.lock('f');
    await medium.write('f', 'x');
    same(await medium.read('f'), 'x');
    await medium.delete('f');
    await held.close();
  }),
  withLocks('lock() can be had again after it was closed, and the second close does nothing', async (medium) => {
    const first = await medium.lock('f');
    await first.close();
    const second = await medium.lock('f');
    await first.close();
    await refuses('ERR_LOCK_TIMEOUT', medium.lock('f', { timeoutMs: 1 }));
    await second.close();
  }),
  withLocks('lock() refuses with ERR_LOCK_TIMEOUT when the holder does not leave in time', async (medium) => {
    const held = await medium.lock('f');
    await refuses('ERR_LOCK_TIMEOUT', medium.lock('f', { timeoutMs: 5 }));
    await refuses('ERR_LOCK_TIMEOUT', medium.lock('f', { timeoutMs: 0 }));
    await held.close();
  }),
  withLocks('lock() is left at the end of an `await using`', async (medium) => {
    await (await medium.lock('f'))[Symbol.asyncDispose]();
    await (await medium.lock('f')).close();
  }),
  withLocks('lock() stops waiting with the reason when the signal is aborted', async (medium) => {
    const held = await medium.lock('f');
    const controller = new AbortController();
    const reason = new Error('no longer');
    const waiting = rejectsWith(reason, medium.lock('f', { signal: controller.signal }));
    const next = medium.lock('f');
    controller.abort(reason);
    await waiting;
    await held.close();
    await (await next).close();
  }),
  behaviour('lock() refuses a time that is none with RangeError', async (medium) => {
    await misuse('RangeError', () => medium.lock('f', { timeoutMs: -1 }));
    await misuse('RangeError', () => medium.lock('f', { stale: Number.NaN }));
  }),
];
