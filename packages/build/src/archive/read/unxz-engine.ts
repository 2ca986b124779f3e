import type { Engine } from '../../thread/thread.ts';

/**
 * Unpacks streams, one after the other. A request brings some of the packed bytes as `input` and is `fed`: the first of
 * a stream is `fresh` too, the others answer to `wants`, and without any input there are no more. The library wants
 * them beyond their end. A request that is not fed asks for more of the content, a megabyte or so.
 */
const SOURCE = String.raw`async ({ xz }) => {
  const { XzReadableStream } = (await import(xz)).default;
  const ENOUGH_BYTES = 1 << 20;
  let reader;
  let reading;
  let hunger; // for packed bytes
  let give;

  const expectHunger = () => {
    hunger = {};
    hunger.felt = new Promise((resolve) => (hunger.tell = resolve));
  };

  const open = () => {
    expectHunger();
    const pull = (controller) =>
      new Promise((resolve) => {
        give = (bytes) => resolve(bytes === undefined ? controller.close() : controller.enqueue(bytes));
        hunger.tell('wants');
      });
    reading = undefined;
    reader = new XzReadableStream(new ReadableStream({ pull }, { highWaterMark: 0 })).getReader();
  };

  const feed = async (bytes) => {
    await hunger.felt;
    expectHunger();
    give(bytes);
  };

  const read = async () => {
    reading ??= reader.read();
    const step = await Promise.race([reading, hunger.felt]);
    if (step !== 'wants') reading = undefined;
    return step;
  };

  return async ({ fresh, fed, input }) => {
    if (fresh) open();
    if (fed) await feed(input);
    const parts = [];
    let length = 0;
    let state = 'more';
    while (state === 'more' && length < ENOUGH_BYTES) {
      const step = await read();
      if (step === 'wants') state = step;
      else if (step.done) state = 'done';
      else length += parts[parts.push(step.value) - 1].length;
    }
    const output = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      output.set(part, at);
      at += part.length;
    }
    return { result: { output, state }, transfer: [output.buffer] };
  };
}`;

/** LZMA2 in WebAssembly: it takes up to 64 MiB for a dictionary, and gives them back with its thread. */
export const UNXZ_ENGINE: Engine = { source: SOURCE, modules: { xz: 'xz-decompress' } };

/** What the engine answers. */
export interface UnxzAnswer {
  readonly output: Uint8Array<ArrayBuffer>;
  readonly state: 'done' | 'more' | 'wants';
}
