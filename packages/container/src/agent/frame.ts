// eslint-disable-next-line n/no-unsupported-features/node-builtins -- in 20.15 and from 22.2 on: all that still lives
import { crc32 } from 'node:zlib';

/** Bytes before the payload of a frame. */
export const HEADER_SIZE = 24;
/** Bytes that the payload of a frame may have. */
export const MAX_PAYLOAD: number = 32 * 1024;

const MAGIC = Buffer.from('CORE');
const NOTHING = Buffer.alloc(0);

/** What a frame says, by its number in the protocol. */
export const FRAME = {
  hello: 1,
  ping: 2,
  pong: 3,
  request: 4,
  run: 5,
  stdin: 6,
  stdinEnd: 7,
  stdinClosed: 8,
  stdout: 9,
  stderr: 10,
  window: 11,
  kill: 12,
  resize: 13,
  exited: 14,
  failed: 15,
} as const;

/** One message between host and guest. */
export interface Frame {
  /** Tells the frames of one connection from those of an earlier one. */
  readonly session: number;
  /** The command that it is about; 0 for the connection itself. */
  readonly channel: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** The frame as bytes; the format is in `docs/agent-protocol.md`. */
export function encodeFrame({ session, channel, type, payload }: Frame): Buffer {
  if (payload.length > MAX_PAYLOAD) throw new RangeError(`payload must have ${String(MAX_PAYLOAD)} bytes at most`);
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + payload.length);
  MAGIC.copy(bytes);
  bytes.writeUInt32BE(session, 4);
  bytes.writeUInt32BE(channel, 8);
  bytes.writeUInt8(type, 12);
  bytes.writeUIntBE(payload.length, 13, 3);
  bytes.writeUInt32BE(crc32(payload), 16);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 20)), 20);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}

/** Finds the frames in bytes, however they are cut, and whatever stands between them. */
export class FrameParser {
  #rest: Buffer = NOTHING;

  /** The frames that are whole now. Their payloads are views of `chunk` or of bytes that are kept. */
  push(chunk: Uint8Array): Frame[] {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#rest.length === 0 ? view : Buffer.concat([this.#rest, view]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER_SIZE) {
      const length = payloadLength(bytes, at);
      if (length === undefined) {
        at = nextMagic(bytes, at + 1);
        continue;
      }
      const end = at + HEADER_SIZE + length;
      if (end > bytes.length) break;
      const payload = bytes.subarray(at + HEADER_SIZE, end);
      if (crc32(payload) !== bytes.readUInt32BE(at + 16)) {
        at = nextMagic(bytes, at + 1);
        continue;
      }
      const [session, channel] = [bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)];
      frames.push({ session, channel, type: bytes.readUInt8(at + 12), payload });
      at = end;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    return frames;
  }
}

/** The length of the payload where a header begins here. */
function payloadLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0) return undefined;
  if (bytes.readUInt32BE(at + 20) !== crc32(bytes.subarray(at, at + 20))) return undefined;
  const length = bytes.readUIntBE(at + 13, 3);
  return length <= MAX_PAYLOAD ? length : undefined;
}

/** Where the next header may begin: also where only its first bytes have come. */
function nextMagic(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(MAGIC, from);
  return at < 0 ? Math.max(from, bytes.length - MAGIC.length + 1) : at;
}
