import type { Engine } from '../../thread/thread.ts';

/**
 * Unpacks pieces of frames: a header, a block or a checksum each. The library does not say when a piece is damaged, but
 * then it does not take in the next one: so the label of the piece before is answered as `damaged`.
 */
const SOURCE = String.raw`async ({ zstd }) => {
  globalThis.fetch = undefined; // the library would load its own code through it
  const { ZSTDDecoder } = await import(zstd);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let next;
  let isAsked = false;
  const source = {
    next: () => {
      isAsked = true;
      return next === undefined ? { done: true } : { done: false, value: next };
    },
  };
  const output = decoder.decodeStreaming({ [Symbol.iterator]: () => source });
  let label;

  // without a piece: the end
  const step = (piece) => {
    next = piece;
    isAsked = false;
    return output.next().value;
  };

  return ({ bytes, pieces }) => {
    const parts = [];
    let length = 0;
    let at = 0;
    let damaged;
    for (const piece of pieces) {
      const part = step(piece.size === 0 ? undefined : bytes.subarray(at, at + piece.size));
      if (!isAsked) {
        damaged = label;
        break;
      }
      at += piece.size;
      label = piece.label;
      if (part !== undefined) length += parts[parts.push(part) - 1].length;
    }
    const content = new Uint8Array(length);
    let filled = 0;
    for (const part of parts) {
      content.set(part, filled);
      filled += part.length;
    }
    return { result: { content, damaged }, transfer: [content.buffer] };
  };
}`;

/** zstd's own decoder in WebAssembly. It takes as much memory as the window, and gives it back with its thread. */
export const UNZSTD_ENGINE: Engine = { source: SOURCE, modules: { zstd: 'zstddec/stream' } };

/** What a piece is. */
export type ZstdLabel = 'block' | 'checksum' | 'end' | 'header';

/** What the engine answers. */
export interface UnzstdAnswer {
  readonly content: Uint8Array<ArrayBuffer>;
  /** What was damaged, if anything was. */
  readonly damaged?: ZstdLabel | undefined;
}
