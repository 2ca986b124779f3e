import { isUtf8 } from 'node:buffer';

import { ErrnoSignal } from './errno.ts';
import type { Content } from './medium.ts';
import { describe } from './path.ts';

/** The bytes of a content: text as UTF-8, bytes as they are (not copied). */
export function encode(content: Content): Uint8Array {
  if (typeof content === 'string') {
    if (!content.isWellFormed()) {
      throw new TypeError(
        'The content must be well-formed text: it holds half of a surrogate pair, which UTF-8 cannot spell',
      );
    }
    return Buffer.from(content, 'utf8');
  }
  if (content instanceof Uint8Array) return content;
  throw new TypeError(`The content must be a string or a Uint8Array, not ${describe(content)}`);
}

/** The text of bytes: UTF-8, refused with `ERR_INVALID_UTF8` rather than damaged. A byte order mark stays. */
export function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new ErrnoSignal('ERR_INVALID_UTF8', { hint: 'Read it with readBytes().' });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
