import type { StreamName } from './stream-name.ts';

/** Bytes that one stream of a process wrote, as they arrived. They are shared with others and must not be changed. */
export interface OutputChunk {
  readonly stream: StreamName;
  readonly bytes: Uint8Array;
}
