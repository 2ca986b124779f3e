import { MemoryMedium } from '@core/io';

import { Binary } from '../../../../../src/builders/node/executable/binary.ts';

/** A binary of these bytes. */
export function opened(bytes: Uint8Array): Promise<Binary> {
  return Binary.open(new MemoryMedium({ node: bytes }), 'node', {});
}

export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
