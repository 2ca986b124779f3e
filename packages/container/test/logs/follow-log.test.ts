import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { localMedium, type Medium } from '@core/io';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { readLog } from '../../src/logs/read-log.ts';
import { rotateLog } from '../../src/logs/rotate-log.ts';
import { Child } from '../state/support/child.ts';
import { tempDir } from '../state/support/temp-dir.ts';
import { allOf, textOf } from './support.ts';

jest.setTimeout(60_000); // programs are started, on a machine that may be busy

/** A promise that the test keeps. */
function promised(): { promise: Promise<void>; keep: () => void } {
  let keep: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (keep = resolve));
  return { promise, keep };
}

function newLog(content?: string): string {
  const log = join(tempDir(), 'console.log');
  if (content !== undefined) writeFileSync(log, content);
  return log;
}

const follow = true;

describe('Good', () => {
  it('readLog follows what is written until the machine has ended, and reads the rest then', async () => {
    const log = newLog('Booting\r\n');
    const { promise: ended, keep: end } = promised();
    const lines = readLog(localMedium(), log, { follow, ended }).lines()[Symbol.asyncIterator]();
    expect(await lines.next()).toEqual({ done: false, value: 'Booting' });
    const next = lines.next();
    appendFileSync(log, 'Wel');
    appendFileSync(log, 'come\r\nlogin: ');
    expect(await next).toEqual({ done: false, value: 'Welcome' });
    const last = lines.next();
    appendFileSync(log, 'root');
    end();
    expect(await last).toEqual({ done: false, value: 'login: root' });
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  it('readLog ends at once where the machine has ended, also where that was a failure', async () => {
    const log = newLog('all');
    expect(await textOf(readLog(localMedium(), log, { follow, ended: Promise.resolve() }))).toBe('all');
    expect(await textOf(readLog(localMedium(), log, { follow, ended: Promise.reject(new Error('x')) }))).toBe('all');
  });

  it('readLog waits for a log that is not there yet', async () => {
    const log = newLog();
    const lines = readLog(localMedium(), log, { follow }).lines()[Symbol.asyncIterator]();
    const first = lines.next();
    writeFileSync(log, 'first\n');
    expect(await first).toEqual({ done: false, value: 'first' });
    await lines.return?.(undefined);
  });

  it('readLog gives the last lines and then those that come; with 0, only those', async () => {
    const log = newLog('one\ntwo\nthree\n');
    const ends = [promised(), promised()] as const;
    const two = readLog(localMedium(), log, { follow, tail: 2, ended: ends[0].promise })
      .lines()
      [Symbol.asyncIterator]();
    expect([(await two.next()).value, (await two.next()).value]).toEqual(['two', 'three']);
    const none = readLog(localMedium(), log, { follow, tail: 0, ended: ends[1].promise })
      .lines()
      [Symbol.asyncIterator]();
    const [next, only] = [two.next(), none.next()];
    const given = { is: false };
    void only.then(() => (given.is = true));
    while (!given.is) {
      appendFileSync(log, 'more\n'); // again, as one of them may not have looked for the end yet
      await followers();
    }
    expect([(await next).value, (await only).value]).toEqual(['more', 'more']);
    for (const { keep } of ends) keep();
    for (const lines of [two, none]) for (let more = await lines.next(); more.done !== true; more = await lines.next());
  });

  it('readLog goes on into the next piece when a log is rotated', async () => {
    const log = newLog();
    const writer = new Child('logs/fixtures/writer.mjs', log);
    await writer.ask('write', 'one\n');
    const { promise: ended, keep: end } = promised();
    const lines = readLog(localMedium(), log, { follow, ended }).lines()[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('one');
    const switchFile = async (): Promise<void> => {
      await writer.ask('write', 'two\n'); // into the file that was put aside
      await writer.ask('reopen');
    };
    expect(await rotateLog(localMedium(), log, { maxBytes: 1, switchFile })).toBe(true);
    await writer.ask('write', 'three\n');
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual(['two', 'three']);
    end();
    expect((await lines.next()).done).toBe(true);
  });
});

/** Lets followers come to the end of what is there. */
async function followers(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('Bad', () => {
  it('readLog rejects with the reason of a signal while it waits, and lets go of everything', async () => {
    const { medium, open } = counting(localMedium());
    const log = newLog('one\n');
    const controller = new AbortController();
    const lines = readLog(medium, log, { follow, signal: controller.signal }).lines()[Symbol.asyncIterator]();
    await lines.next();
    const next = lines.next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(open).toEqual({ handles: 0, watches: 0 });
  });

  it('readLog lets go of everything when the loop is left', async () => {
    const { medium, open } = counting(localMedium());
    for await (const line of readLog(medium, newLog('one\ntwo\n'), { follow }).lines()) {
      expect([line, open]).toEqual(['one', { handles: 1, watches: 1 }]);
      break;
    }
    expect(open).toEqual({ handles: 0, watches: 0 });
  });
});

/** A medium, and what is open in it. */
function counting(inner: Medium): { medium: Medium; open: { handles: number; watches: number } } {
  const open = { handles: 0, watches: 0 };
  const medium = new Proxy(inner, {
    get(target, key) {
      if (key === 'open') {
        return async (...args: Parameters<Medium['open']>) => {
          const handle = await target.open(...args);
          open.handles += 1;
          const close = handle.close.bind(handle);
          handle.close = () => {
            open.handles -= 1;
            return close();
          };
          return handle;
        };
      }
      if (key === 'watch') {
        return async function* (...args: Parameters<Medium['watch']>) {
          open.watches += 1;
          try {
            yield* target.watch(...args);
          } finally {
            open.watches -= 1;
          }
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { medium, open };
}

describe('Ugly', () => {
  it('readLog gives each line once while a program writes them and the log is rotated under it', async () => {
    const log = newLog();
    const writer = new Child('logs/fixtures/writer.mjs', log);
    await writer.ask('lines', 1); // by then the file is there
    const { promise: ended, keep: end } = promised();
    const followers = Array.from({ length: 3 }, () => allOf(readLog(localMedium(), log, { follow, ended }).lines()));
    for (let round = 0; round < 8; round += 1) {
      const written = writer.ask('lines', 500);
      const switchFile = async (): Promise<void> => {
        await writer.ask('reopen');
      };
      const [rotated] = await Promise.all([
        rotateLog(localMedium(), log, { maxBytes: 0, keep: 100, switchFile }),
        written,
      ]);
      expect(rotated).toBe(true);
    }
    end();
    const wanted = Array.from({ length: 4001 }, (_, index) => `line ${String(index)}`);
    for (const lines of await Promise.all(followers)) expect(lines).toEqual(wanted);
    expect(await allOf(readLog(localMedium(), log).lines())).toEqual(wanted);
  });

  it('readLog gives all that a program wrote that was killed', async () => {
    const log = newLog();
    const writer = new Child('logs/fixtures/writer.mjs', log);
    const { promise: ended, keep: end } = promised();
    const lines = readLog(localMedium(), log, { follow, ended }).lines()[Symbol.asyncIterator]();
    const first = lines.next();
    void writer.ask('lines', 1_000_000);
    expect((await first).value).toBe('line 0');
    await writer.end();
    end();
    let count = 1;
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      expect(next.value).toBe(`line ${String(count)}`);
      count += 1;
    }
    expect(await textOf(readLog(localMedium(), log))).toHaveLength(
      Array.from({ length: count }, (_, index) => `line ${String(index)}\r\n`).join('').length,
    );
  });

  it('readLog goes on from the new beginning where somebody has emptied the file', async () => {
    const log = newLog('old old old\n');
    const { promise: ended, keep: end } = promised();
    const lines = readLog(localMedium(), log, { follow, ended }).lines()[Symbol.asyncIterator]();
    await lines.next();
    const next = lines.next();
    await followers();
    truncateSync(log);
    await followers();
    appendFileSync(log, 'new\n');
    expect((await next).value).toBe('new');
    end();
    expect((await lines.next()).done).toBe(true);
  });

  it('readLog ends where the directory of the machine is not there', async () => {
    const log = newLog();
    rmSync(join(log, '..'), { recursive: true });
    expect(await textOf(readLog(localMedium(), log, { follow }))).toBe('');
    mkdirSync(join(log, '..'));
  });

  it('readLog gives every byte once, in any order of writes, rotations and reads', async () => {
    const step = fc.oneof(
      fc.record({ write: fc.constantFrom('a', 'bc\n', 'ü', '\n') }),
      fc.record({ rotate: fc.constant(true) }),
      fc.record({ read: fc.constant(true) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const log = newLog('');
        const { promise: ended, keep: end } = promised();
        const bytes = readLog(localMedium(), log, { follow, ended })[Symbol.asyncIterator]();
        const given: Uint8Array[] = [];
        let pending: Promise<IteratorResult<Uint8Array>> | undefined;
        const take = (): void => {
          pending ??= bytes.next().then((next) => {
            pending = undefined;
            if (next.done !== true) given.push(next.value);
            return next;
          });
        };
        let whole = '';
        for (const each of steps) {
          if ('write' in each) {
            appendFileSync(log, each.write);
            whole += each.write;
          } else if ('rotate' in each) {
            const switchFile = async (): Promise<void> => {
              appendFileSync(log, '');
              await Promise.resolve();
            };
            await rotateLog(localMedium(), log, { maxBytes: 0, keep: 100, switchFile });
          } else take();
          await followers();
        }
        end();
        await pending;
        for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) given.push(next.value);
        expect(Buffer.concat(given).toString()).toBe(whole);
      }),
      { numRuns: 40 },
    );
  });
});
