import type { ReadHandle } from '@core/io';

import type { LogChain } from './log-chain.ts';
import type { LogEvents } from './log-events.ts';
import type { LogPlace } from './log-tail.ts';

const BLOCK_BYTES = 65_536;

/** Which bytes of a chain are wanted: those from a place on, to another one, or with events those that come. */
interface ChainPart {
  readonly from: LogPlace;
  readonly end?: LogPlace | undefined;
  readonly events?: LogEvents | undefined;
}

/** The bytes of a part of a chain, each once. */
export async function* readChain(chain: LogChain, part: ChainPart): AsyncGenerator<Uint8Array, void, undefined> {
  let from = part.from;
  while (yield* readPiece(chain, { ...part, from })) {
    from = { number: await chain.numberAfter(from.number), position: 0 };
  }
}

/**
 * A piece to its end; returns whether there is another one after it. Whether more can come is found out before the piece
 * is read, so that nothing falls between.
 */
async function* readPiece(
  chain: LogChain,
  { from: { number, position }, end, events }: ChainPart,
): AsyncGenerator<Uint8Array, boolean, undefined> {
  const isEnd = end !== undefined && number >= end.number;
  let at = position;
  let handle: ReadHandle | undefined;
  try {
    for (;;) {
      const isLast = events?.isEnded ?? true;
      const isComplete = !isEnd && (await chain.isComplete(number));
      handle ??= await chain.open(number);
      const size = Math.min((await handle?.stat())?.size ?? 0, isEnd ? end.position : Infinity);
      if (size < at) at = 0; // somebody has emptied the file: what comes is at its beginning
      for await (const block of handle === undefined ? [] : blocksOf(handle, at, size)) {
        chain.throwIfAborted();
        at += block.length;
        yield block;
      }
      if (isComplete || isLast) return isComplete;
      await events?.next();
    }
  } finally {
    await handle?.close();
  }
}

/** The bytes of a piece from one position to another. */
async function* blocksOf(handle: ReadHandle, from: number, to: number): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(Math.min(BLOCK_BYTES, to - from));
  for (let at = from; at < to;) {
    const length = await handle.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (length === 0) return;
    at += length;
    yield buffer.slice(0, length);
  }
}
