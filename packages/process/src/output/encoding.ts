import { StringDecoder } from 'node:string_decoder';

import { firstWhole } from './utf8.ts';

/** Turns the bytes of one stream into text, a chunk at a time: a character may begin in one and end in the next. */
export interface TextStream {
  write(bytes: Uint8Array): string;
  /** What an unfinished character comes to. */
  end(): string;
}

/** Node's names: the first two are labels of the Encoding Standard for something else, or not at all. */
const NODE_NAMES: Readonly<Record<string, string>> = { latin1: 'latin1', binary: 'latin1', utf16le: 'utf-16le' };
const NEWLINE = 0x0a;

/** 0x80 to 0x9F of windows-1252, which the `TextDecoder` of Node 20 takes for control characters. */
const WINDOWS_1252 =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

/** How the bytes of a process are text. */
export class OutputEncoding {
  static readonly UTF8: OutputEncoding = new OutputEncoding('utf-8');

  /** `utf-8`, `latin1`, or the Encoding Standard's own name. */
  readonly name: string;
  /** The bytes of which every character is made of a whole number. */
  readonly #unit: number;

  private constructor(name: string) {
    this.name = name;
    this.#unit = name.startsWith('utf-16') ? 2 : 1;
  }

  /**
   * The encoding of this name, in letters of any size: `latin1` means that each byte is the character of its number,
   * everything else is what the Encoding Standard means by it; `undefined` for a name of nothing.
   */
  static of(label: string): OutputEncoding | undefined {
    const nodeName = NODE_NAMES[label.toLowerCase()];
    if (nodeName !== undefined) return new OutputEncoding(nodeName);
    try {
      return new OutputEncoding(new TextDecoder(label).encoding);
    } catch {
      return undefined;
    }
  }

  get isUtf8(): boolean {
    return this.name === 'utf-8';
  }

  /** A byte order mark is a character like any other. */
  text(): TextStream {
    if (this.isUtf8) return utf8();
    if (this.name === 'latin1') return { write: latin1, end: () => '' };
    if (this.name === 'windows-1252') return { write: windows1252, end: () => '' };
    const decoder = new TextDecoder(this.name, { ignoreBOM: true });
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }

  /**
   * Where the first whole character begins in bytes that come after `offset` others. In a legacy encoding of several
   * bytes a character there is no telling, and it is 0.
   */
  firstWhole(bytes: Uint8Array, offset: number): number {
    if (this.isUtf8) return firstWhole(bytes);
    const aligned = offset % this.#unit;
    if (this.#unit === 1) return 0;
    const high = bytes[aligned + (this.name === 'utf-16le' ? 1 : 0)] ?? 0;
    return high >= 0xdc && high <= 0xdf ? aligned + 2 : aligned;
  }

  /** Whether bytes that come after `offset` others end with a line end. */
  endsLine(bytes: Uint8Array, offset: number): boolean {
    const last = bytes.length - this.#unit;
    if (this.#unit === 1) return bytes[last] === NEWLINE;
    return last >= 0 && (offset + last) % 2 === 0 && this.#isNewline(bytes, last);
  }

  /** Where the second line begins in bytes that come after `offset` others; -1 where it is not among them. */
  secondLine(bytes: Uint8Array, offset: number): number {
    if (this.#unit === 1) {
      const end = bytes.indexOf(NEWLINE);
      return end < 0 ? -1 : end + 1;
    }
    for (let at = offset % 2; at + 1 < bytes.length; at += 2) if (this.#isNewline(bytes, at)) return at + 2;
    return -1;
  }

  /** Of two bytes. */
  #isNewline(bytes: Uint8Array, at: number): boolean {
    const low = this.name === 'utf-16le' ? at : at + 1;
    return bytes[low] === NEWLINE && bytes[low === at ? at + 1 : at] === 0;
  }
}

function utf8(): TextStream {
  const decoder = new StringDecoder('utf8');
  return { write: (bytes) => decoder.write(asBuffer(bytes)), end: () => decoder.end() };
}

function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

function windows1252(bytes: Uint8Array): string {
  return latin1(bytes).replaceAll(
    /[\u0080-\u009f]/g,
    (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? '',
  );
}

/** The same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
