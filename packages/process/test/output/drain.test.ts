import { Readable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { drain } from '../../src/output/drain.ts';

/** A stream whose other end somebody keeps open; `writesOn` makes it write in every turn of the loop. */
const held = (chunks: readonly string[], writesOn = false): { stream: Readable; read: () => string } => {
  const left = [...chunks];
  let read = '';
  const stream = new Readable({
    read() {
      const chunk = left.shift() ?? (writesOn ? 'more' : undefined);
      if (chunk !== undefined) setImmediate(() => this.push(chunk));
    },
  });
  stream.on('data', (chunk: Buffer) => (read += chunk.toString()));
  return { stream, read: () => read };
};

describe('Good', () => {
  it('drain ends when the streams have ended', async () => {
    const stream = Readable.from([Buffer.from('a'), Buffer.from('b')]);
    let read = '';
    stream.on('data', (chunk: Buffer) => (read += chunk.toString()));
    await drain([stream]);
    expect([read, stream.destroyed]).toEqual(['ab', true]);
  });

  it('drain reads what comes turn by turn from a stream that never ends, then closes it', async () => {
    const { stream, read } = held(['a', 'b', 'c']);
    await drain([stream]);
    expect([read(), stream.destroyed]).toEqual(['abc', true]);
  });

  it('drain makes a paused stream flow', async () => {
    const { stream, read } = held(['a']);
    stream.pause();
    await drain([stream]);
    expect(read()).toBe('a');
  });
});

describe('Bad', () => {
  it('drain has nothing to do without streams', async () => {
    await expect(drain([])).resolves.toBeUndefined();
  });
});

describe('Ugly', () => {
  it('drain does not wait for a stream on which somebody writes for ever', async () => {
    const { stream, read } = held([], true);
    await drain([stream]);
    expect(stream.destroyed).toBe(true);
    expect(read().length).toBeGreaterThan(0);
  });

  it('drain does not wait for a stream that was destroyed', async () => {
    const { stream } = held(['a']);
    stream.destroy();
    await expect(drain([stream])).resolves.toBeUndefined();
  });
});
