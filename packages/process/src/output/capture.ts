import { StringDecoder } from 'node:string_decoder';

import type { StreamName } from './stream-name.ts';
import { RingBuffer } from './ring-buffer.ts';
import { firstWhole } from './utf8.ts';

/** A part of the output: bytes that one stream wrote in one go. */
export interface OutputPart {
  readonly stream: StreamName;
  readonly bytes: Uint8Array;
}

/** How many bytes of each stream are kept; 0 keeps none. */
export type CaptureSizes = Readonly<Record<StreamName, number>>;

/** One stream's kept bytes, and how many of all its bytes the order list has let go of. */
interface Kept {
  readonly ring: RingBuffer;
  forgotten: number;
}

/**
 * The end of what a process wrote: each stream in a buffer of its own, so that a chatty one does not push out the
 * other, and the order in which the two arrived beside them.
 */
export class Capture {
  readonly #kept: ReadonlyMap<StreamName, Kept>;
  /** Runs of bytes in order of arrival: above 0 of stdout, below 0 of stderr. The ones before `#first` are over. */
  #runs: number[] = [];
  #first = 0;

  constructor(sizes: CaptureSizes) {
    const kept = new Map<StreamName, Kept>();
    for (const stream of ['stdout', 'stderr'] as const) {
      if (sizes[stream] > 0) kept.set(stream, { ring: new RingBuffer(sizes[stream]), forgotten: 0 });
    }
    this.#kept = kept;
  }

  /** The buffer of one stream; `undefined` where it is not kept. */
  ring(stream: StreamName): RingBuffer | undefined {
    return this.#kept.get(stream)?.ring;
  }

  /** Whether bytes of either stream had to make room for newer ones. */
  get truncated(): boolean {
    return [...this.#kept.values()].some(({ ring }) => ring.truncated);
  }

  write(stream: StreamName, bytes: Uint8Array): void {
    const kept = this.#kept.get(stream);
    if (kept === undefined || bytes.length === 0) return;
    kept.ring.write(bytes);
    this.#note(stream === 'stdout' ? bytes.length : -bytes.length);
    this.#forget();
  }

  /** What is kept, in order of arrival. */
  *parts(): Iterable<OutputPart> {
    const bytes = new Map<StreamName, Uint8Array>();
    const at = new Map<StreamName, number>();
    for (const [stream, { ring, forgotten }] of this.#kept) {
      bytes.set(stream, ring.bytes());
      at.set(stream, forgotten - (ring.totalWritten - ring.length)); // below 0: older than the oldest byte kept
    }
    for (const run of this.#runs.slice(this.#first)) {
      const stream = streamOf(run);
      const from = at.get(stream) ?? 0;
      const to = from + Math.abs(run);
      at.set(stream, to);
      const part = bytes.get(stream)?.subarray(Math.max(from, 0), Math.max(to, 0));
      if (part !== undefined && part.length > 0) yield { stream, bytes: part };
    }
  }

  /** What is kept of both streams, in order of arrival. */
  bytes(): Uint8Array {
    return Buffer.concat([...this.parts()].map(({ bytes }) => bytes));
  }

  /** What is kept, in order of arrival; no stream begins inside a character. */
  *wholeParts(): Iterable<OutputPart> {
    const cut = new Set([...this.#kept.keys()].filter((stream) => this.ring(stream)?.truncated));
    for (const { stream, bytes } of this.parts()) {
      yield { stream, bytes: cut.delete(stream) ? bytes.subarray(firstWhole(bytes)) : bytes };
    }
  }

  /** What is kept of both streams as UTF-8: a character that arrived in two halves stands where it was completed. */
  text(): string {
    const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
    let text = '';
    for (const { stream, bytes } of this.wholeParts()) text += decoders[stream].write(Buffer.from(bytes));
    return text;
  }

  #note(run: number): void {
    const last = this.#runs.length - 1;
    const before = this.#runs[last];
    if (before !== undefined && last >= this.#first && before > 0 === run > 0) this.#runs[last] = before + run;
    else this.#runs.push(run);
  }

  /** Drops the runs at the beginning of which no byte is kept any more. */
  #forget(): void {
    for (; this.#first < this.#runs.length; this.#first += 1) {
      const run = this.#runs[this.#first] ?? 0;
      const kept = this.#kept.get(streamOf(run));
      if (kept === undefined) continue;
      const end = kept.forgotten + Math.abs(run);
      if (end > kept.ring.totalWritten - kept.ring.length) break;
      kept.forgotten = end;
    }
    if (this.#first < 1024 || this.#first * 2 < this.#runs.length) return;
    this.#runs = this.#runs.slice(this.#first);
    this.#first = 0;
  }
}

function streamOf(run: number): StreamName {
  return run > 0 ? 'stdout' : 'stderr';
}
