import { isCoreError, type Medium, type CancelOptions } from '@core/io';

import { sha256Of } from './content.ts';

/** Writes a value as JSON with a checksum before it, atomically. */
export async function writeSealed(
  medium: Medium,
  path: string,
  value: unknown,
  options: CancelOptions = {},
): Promise<void> {
  const body = JSON.stringify(value);
  await medium.write(path, `${sha256Of(body)}\n${body}\n`, options);
}

/** The value of such a file; `undefined` where there is none, or where it is not what was written. */
export async function readSealed(medium: Medium, path: string, options: CancelOptions = {}): Promise<unknown> {
  let text: string;
  try {
    text = await medium.read(path, options);
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ERR_INVALID_UTF8')) return undefined;
    throw error;
  }
  const [, seal, body = ''] = /^([0-9a-f]{64})\n(.*)\n$/s.exec(text) ?? [];
  return seal === sha256Of(body) ? (JSON.parse(body) as unknown) : undefined;
}
