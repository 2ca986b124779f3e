import type { Packer } from '../pack-blocks.ts';
import { ThreadPacker } from '../thread-packer.ts';
import { NativeXzPacker, type XzPacking } from './native-xz-packer.ts';
import { XZ_WASM_ENGINE } from './xz-wasm-engine.ts';

/** Who packs blocks with liblzma; the bytes are the same. */
export type XzPackerSource = (packing: XzPacking) => Packer | Promise<Packer>;

/** Machine code, where there is any for this system and nobody has to wait for it; else WebAssembly. */
export async function xzPacker(packing: XzPacking): Promise<Packer> {
  return (await NativeXzPacker.create(packing)) ?? wasmXzPacker(packing);
}

/** WebAssembly, in a thread. */
export function wasmXzPacker({ preset, signal }: XzPacking): Packer {
  return new ThreadPacker({ engine: XZ_WASM_ENGINE, settings: { preset }, signal });
}
