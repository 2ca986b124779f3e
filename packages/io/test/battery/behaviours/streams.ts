import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';

import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

async function text(stream: Readable): Promise<string> {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array | string);
  return chunks.map((chunk) => (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).join('');
}

async function finish(stream: Writable, ...chunks: (string | Buffer)[]): Promise<void> {
  const done = finished(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await done;
}

export const streams: readonly Behaviour[] = [
  behaviour('createReadStream gives the file', async (fs, at, { fs: { createReadStream } }) => {
    await fs.writeFile(at('f'), 'hello €');
    const stream = createReadStream(at('f'));
    return [await text(stream), stream.bytesRead, stream.path];
  }),
  behaviour('createReadStream from start to end', async (fs, at, { fs: { createReadStream } }) => {
    await fs.writeFile(at('f'), '0123456789');
    const ranges = [{ start: 2, end: 5 }, { start: 8 }, { end: 0 }, { start: 8, end: 99 }, { start: 20 }];
    return Promise.all(ranges.map((range) => text(createReadStream(at('f'), range))));
  }),
  behaviour('createReadStream in an encoding', async (fs, at, { fs: { createReadStream } }) => {
    await fs.writeFile(at('f'), '€€€');
    const whole = await text(createReadStream(at('f'), 'utf8'));
    return [whole, await text(createReadStream(at('f'), { encoding: 'hex', highWaterMark: 2 }))];
  }),
  behaviour('createReadStream in chunks', async (fs, at, { fs: { createReadStream } }) => {
    await fs.writeFile(at('f'), 'x'.repeat(250));
    const sizes = [];
    for await (const chunk of createReadStream(at('f'), { highWaterMark: 100 })) sizes.push((chunk as Buffer).length);
    return sizes;
  }),
  behaviour(
    'createReadStream tells open, ready, end and close in order',
    async (fs, at, { fs: { createReadStream } }) => {
      await fs.writeFile(at('f'), 'x');
      const events: string[] = [];
      const stream = createReadStream(at('f'));
      for (const event of ['open', 'ready', 'data', 'end', 'close']) stream.on(event, () => events.push(event));
      await once(stream, 'close');
      return events;
    },
  ),
  behaviour('createReadStream where it cannot', async (fs, at, { fs: { createReadStream } }) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['missing', 'd', 'f/x'].map((path) => refusal(text(createReadStream(at(path))))));
  }),
  behaviour('createReadStream left early', async (fs, at, { fs: { createReadStream } }) => {
    await fs.writeFile(at('f'), 'x'.repeat(1_000));
    for await (const chunk of createReadStream(at('f'), { highWaterMark: 10 })) return (chunk as Buffer).length;
    return undefined;
  }),
  behaviour('createReadStream with an aborted signal', async (fs, at, { fs: { createReadStream } }) => {
    await fs.writeFile(at('f'), 'x');
    const { refused } = (await refusal(text(createReadStream(at('f'), { signal: AbortSignal.abort() })))) as {
      refused: { name: string; code: string };
    };
    return [refused.name, refused.code];
  }),
  behaviour('createWriteStream makes a file', async (_fs, at, { fs: { createWriteStream } }) => {
    const stream = createWriteStream(at('f'));
    await finish(stream, 'one ', Buffer.from('two '), 'three €');
    return [stream.bytesWritten, stream.path];
  }),
  behaviour('createWriteStream replaces a file and keeps its mode', async (fs, at, { fs: { createWriteStream } }) => {
    await fs.writeFile(at('f'), 'a long old content');
    await fs.chmod(at('f'), 0o640);
    await finish(createWriteStream(at('f'), { mode: 0o777 }), 'new');
    await finish(createWriteStream(at('new'), { mode: 0o777 }), 'new');
  }),
  behaviour('createWriteStream with a, r+ and start', async (fs, at, { fs: { createWriteStream } }) => {
    for (const name of ['a', 'r+', 'start']) await fs.writeFile(at(name), '0123456789');
    await finish(createWriteStream(at('a'), { flags: 'a' }), 'ab', 'cd');
    await finish(createWriteStream(at('r+'), { flags: 'r+' }), 'ab', 'cd');
    await finish(createWriteStream(at('start'), { flags: 'r+', start: 4 }), 'ab', 'cd');
    await finish(createWriteStream(at('new'), { flags: 'a' }), 'ab');
  }),
  behaviour('createWriteStream with start and w begins anew', async (fs, at, { fs: { createWriteStream } }) => {
    await fs.writeFile(at('f'), '0123456789');
    await finish(createWriteStream(at('f'), { start: 8 }), 'abc');
    return refusal(finish(createWriteStream(at('missing'), { start: 1 }), 'x'));
  }),
  behaviour('createWriteStream with wx', async (_fs, at, { fs: { createWriteStream } }) => {
    await finish(createWriteStream(at('f'), { flags: 'wx' }), 'x');
    return refusal(finish(createWriteStream(at('f'), { flags: 'wx' }), 'y'));
  }),
  behaviour('createWriteStream in an encoding', async (_fs, at, { fs: { createWriteStream } }) => {
    await finish(createWriteStream(at('f'), 'hex'), '00ff');
    await finish(createWriteStream(at('g'), { encoding: 'latin1' }), 'ä');
  }),
  behaviour(
    'createWriteStream tells open, ready, finish and close in order',
    async (_fs, at, { fs: { createWriteStream } }) => {
      const events: string[] = [];
      const stream = createWriteStream(at('f'));
      for (const event of ['open', 'ready', 'finish', 'close']) stream.on(event, () => events.push(event));
      stream.end('x');
      await once(stream, 'close');
      return events;
    },
  ),
  behaviour('createWriteStream where it cannot', async (fs, at, { fs: { createWriteStream } }) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    const paths = ['d', 'f/x', 'missing/f', 'f/'];
    return Promise.all(paths.map((path) => refusal(finish(createWriteStream(at(path)), 'y'))));
  }),
  behaviour('createWriteStream through a link', async (fs, at, { fs: { createWriteStream } }) => {
    await fs.writeFile(at('f'), 'old');
    await fs.symlink('f', at('link'));
    await fs.symlink('made', at('dangling'));
    await finish(createWriteStream(at('link')), 'new');
    await finish(createWriteStream(at('dangling')), 'new');
  }),
  behaviour('pipeline from one to another', async (fs, at, { fs: { createReadStream, createWriteStream } }) => {
    const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => i % 251));
    await fs.writeFile(at('a'), bytes);
    await pipeline(createReadStream(at('a')), createWriteStream(at('b')));
    const equal = bytes.equals(await fs.readFile(at('b')));
    await Promise.all(['a', 'b'].map((name) => fs.unlink(at(name)))); // not into the report
    return equal;
  }),
];
