import { describe, expect, it } from '@jest/globals';

import { EngineError, Thread } from '../../src/thread/thread.ts';

const none = { modules: {} };
const echo = { ...none, source: 'async () => ({ bytes }) => ({ result: bytes, transfer: [bytes.buffer] })' };
const endless = { ...none, source: 'async () => () => { for (;;); }' };

describe('Thread', () => {
  describe('Good', () => {
    it('Thread.ask answers one request after the other, and moves bytes rather than copying them', async () => {
      await using thread = new Thread(echo);
      for (const first of [1, 2, 3]) {
        const bytes = Uint8Array.of(first, 2, 3);
        expect([...(await thread.ask<Uint8Array>({ bytes }, [bytes.buffer]))]).toEqual([first, 2, 3]);
        expect(bytes.length).toBe(0);
      }
    });

    it('Thread loads modules by their addresses, and is not told the environment', async () => {
      const source = `async ({ hashing }) => {
        const { default: xxhash } = await import(hashing);
        const { h32 } = await xxhash();
        return () => ({ result: [h32('x'), Object.keys(process.env), process.execArgv] });
      }`;
      await using thread = new Thread({ source, modules: { hashing: 'xxhash-wasm' } });
      expect(await thread.ask({})).toEqual([expect.any(Number), [], []]);
    });
  });

  describe('Bad', () => {
    it.each([
      ['says no', 'async () => () => { throw new Error("no") }', 'no'],
      ['says no later', 'async () => async () => { throw new Error("no") }', 'no'],
      ['does not start', 'async () => { throw new Error("cannot") }', 'cannot'],
      ['throws nothing in particular', 'async () => () => Promise.reject(undefined)', 'undefined'],
      ['ends', 'async () => () => process.exit(0)', 'its thread has ended'],
    ])('Thread.ask rejects where the engine %s', async (_, source, message) => {
      await using thread = new Thread({ ...none, source });
      await expect(thread.ask({})).rejects.toMatchObject({ name: 'EngineError', message });
      await expect(thread.ask({})).rejects.toBeInstanceOf(EngineError);
    });

    it('Thread.ask rejects where the engine cannot be read', async () => {
      await using thread = new Thread({ ...none, source: 'no code at all' });
      await expect(thread.ask({})).rejects.toMatchObject({ name: 'SyntaxError' });
    });
  });

  describe('Ugly', () => {
    it('Thread that is aborted in an endless loop rejects with the reason itself, and later requests too', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      await using thread = new Thread(endless, { signal: controller.signal });
      const asking = thread.ask({});
      controller.abort(reason);
      await expect(asking).rejects.toBe(reason);
      await expect(thread.ask({})).rejects.toBe(reason);
    });

    it('Thread with a signal that is aborted already does nothing', async () => {
      await using thread = new Thread(echo, { signal: AbortSignal.abort('no') });
      await expect(thread.ask({})).rejects.toBe('no');
    });

    it('Thread.close ends an endless loop, and whoever waits for it is told', async () => {
      const thread = new Thread(endless);
      const asking = expect(thread.ask({})).rejects.toBeInstanceOf(EngineError);
      await thread.close();
      await asking;
      await thread.close();
    });
  });
});
