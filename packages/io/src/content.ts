import { isUtf8 } from 'node:buffer';
import { types } from 'node:util';

import { ErrnoSignal } from './errno.ts';
import type { Content } from './medium.ts';
import { describe } from './path.ts';

/** Refuses what cannot be stored: what is neither text nor bytes, and text that UTF-8 cannot spell. */
export function checkContent(content: Content): void {
  if (typeof content !== 'string') {
    if (types.isUint8Array(content)) return;
    throw new TypeError(`The content must be a string or a Uint8Array, not ${describe(content)}`);
  }
  if (content.isWellFormed()) return;
  throw new TypeError(
    'The content must be well-formed text: it holds half of a surrogate pair, which UTF-8 cannot spell',
  );
}

/** The bytes of a content: text as UTF-8, bytes as they are (not copied). */
export function encode(content: Content): Uint8Array {
  checkContent(content);
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/** The text of bytes: UTF-8, refused with `ERR_INVALID_UTF8` rather than damaged. A byte order mark stays. */
export function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new ErrnoSignal('ERR_INVALID_UTF8', { hint: 'Read it with readBytes().' });
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}
