import type { Engine } from '../../thread/thread.ts';

/** Makes an xz stream of one block. */
const SOURCE = String.raw`async ({ glue, wasm, binary }) => {
  const { readFile } = require('node:fs/promises');
  const CRC64 = 4;
  const SLICE_BYTES = 1 << 20;
  const [{ default: create }, { createXz, initModule }] = await Promise.all([import(glue), import(wasm)]);
  const wasmBinary = await readFile(new URL(binary));
  await initModule(() => create({ wasmBinary }));
  return async ({ block, preset }) => {
    const { readable, writable } = createXz({ preset, check: CRC64 });
    const fed = (async () => {
      const writer = writable.getWriter();
      for (let at = 0; at < block.length; at += SLICE_BYTES) await writer.write(block.subarray(at, at + SLICE_BYTES));
      await writer.close();
    })();
    fed.catch(() => {}); // the readable side fails too
    const parts = [];
    for await (const part of readable) parts.push(part);
    await fed;
    const result = new Uint8Array(Buffer.concat(parts));
    return { result, transfer: [result.buffer] };
  };
}`;

/** liblzma as WebAssembly: it runs everywhere. */
export const XZ_WASM_ENGINE: Engine = {
  source: SOURCE,
  modules: {
    glue: 'node-liblzma/wasm/liblzma.js',
    wasm: 'node-liblzma/wasm',
    binary: 'node-liblzma/wasm/liblzma.wasm',
  },
};
