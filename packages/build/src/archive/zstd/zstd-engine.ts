import type { Engine } from '../../thread/thread.ts';

/** Makes a frame of each block; the library leaves out the checksum, so it is added: the low half of an XXH64. */
const SOURCE = String.raw`async ({ zstd, xxhash }) => {
  const [library, hashing] = await Promise.all([import(zstd), import(xxhash)]);
  const { compress, init } = library.default;
  const [{ h64Raw }] = await Promise.all([hashing.default(), init()]);
  const CHECKSUM_FLAG = 4;
  return async ({ block, level }) => {
    const frame = compress(block, level);
    const result = new Uint8Array(frame.length + 4);
    result.set(frame);
    result[4] |= CHECKSUM_FLAG;
    new DataView(result.buffer).setUint32(frame.length, Number(h64Raw(block) & 0xffffffffn), true);
    return { result, transfer: [result.buffer] };
  };
}`;

/** The one encoder on every Node and machine, so that the bytes are the same. */
export const ZSTD_ENGINE: Engine = {
  source: SOURCE,
  modules: { zstd: '@bokuweb/zstd-wasm', xxhash: 'xxhash-wasm' },
};
