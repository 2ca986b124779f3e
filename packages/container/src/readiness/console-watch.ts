import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { rest } from '../machine/rest.ts';

/** What the console's log is looked through for. */
export interface ConsoleWatch extends CancelOptions {
  readonly pattern: RegExp | string;
  /** The first byte that counts: earlier ones are of an earlier run. */
  readonly start: number;
}

const LOOK_MS = 20;
const PIECE_BYTES = 65_536;
/** More of a line that has no end is not kept. */
const LONGEST_LINE = 65_536;

/**
 * Waits until a line of the console shows it; also one that has no end yet, as a prompt has none. Rejects with the
 * reason of the signal.
 */
export async function untilConsoleShows(medium: Medium, path: string, watch: ConsoleWatch): Promise<void> {
  const shows = testOf(watch.pattern);
  const decoder = new TextDecoder();
  let line = '';
  let position = watch.start;
  for (;;) {
    const piece = await pieceAt(medium, path, position);
    if (piece === undefined) position = 0;
    else if (piece.length === 0) await rest(LOOK_MS, watch);
    else {
      watch.signal?.throwIfAborted();
      position += piece.length;
      const lines = (line + decoder.decode(piece, { stream: true })).split('\n');
      if (lines.some((one) => shows(one.replace(/\r$/, '')))) return;
      line = (lines.at(-1) ?? '').slice(-LONGEST_LINE);
    }
  }
}

/** Without the memory of where it matched last. */
function testOf(pattern: RegExp | string): (line: string) => boolean {
  if (typeof pattern === 'string') return (line) => line.includes(pattern);
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (line) => stateless.test(line);
}

/** Some bytes of a file; none where it has no more, `undefined` where it was made shorter meanwhile. */
async function pieceAt(medium: Medium, path: string, position: number): Promise<Uint8Array | undefined> {
  try {
    await using file = await medium.open(path);
    if ((await file.stat()).size < position) return undefined;
    const buffer = new Uint8Array(PIECE_BYTES);
    return buffer.subarray(0, await file.read(buffer, 0, buffer.length, position));
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return new Uint8Array();
    throw error;
  }
}
