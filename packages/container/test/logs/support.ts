import { MemoryMedium } from '@core/io';

import { rotateLog } from '../../src/logs/rotate-log.ts';

/** All that comes, as text. */
export async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** All lines that come. */
export async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

/** A log of these pieces, the last of which is being written. */
export async function logOf(...pieces: readonly string[]): Promise<MemoryMedium> {
  const medium = new MemoryMedium();
  for (const [index, piece] of pieces.entries()) {
    await medium.write('vm/console.log', piece);
    if (index < pieces.length - 1) await rotateLog(medium, 'vm/console.log', { maxBytes: 0, keep: 1000 });
  }
  return medium;
}
