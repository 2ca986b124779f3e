import { isCoreError } from '@core/io';

import type { Opener } from './run-files.ts';

/** The end of a file as text, from byte `start` on at the earliest; nothing where there is no file. */
export function tailOf(medium: Opener, path: string, bytes: number, start = 0): Promise<string> {
  return part(medium, path, (size) => ({ from: Math.max(start > size ? 0 : start, size - bytes), to: size }));
}

/** The beginning of a file as text; nothing where there is no file. */
export function headOf(medium: Opener, path: string, bytes: number): Promise<string> {
  return part(medium, path, (size) => ({ from: 0, to: Math.min(size, bytes) }));
}

async function part(
  medium: Opener,
  path: string,
  rangeOf: (size: number) => { readonly from: number; readonly to: number },
): Promise<string> {
  try {
    await using file = await medium.open(path);
    const { from, to } = rangeOf((await file.stat()).size);
    const buffer = new Uint8Array(to - from);
    const length = await file.read(buffer, 0, buffer.length, from);
    return Buffer.from(buffer.buffer, 0, length).toString('utf8');
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return '';
    throw error;
  }
}
