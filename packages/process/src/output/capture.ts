import { OutputEncoding } from './encoding.ts';
import type { OutputChunk } from './output-chunk.ts';
import { RingBuffer } from './ring-buffer.ts';
import type { StreamName } from './stream-name.ts';

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
  readonly #encoding: OutputEncoding;
  /** Runs of bytes in order of arrival: above 0 of stdout, below 0 of stderr. The ones before `#first` are over. */
  #runs: number[] = [];
  #first = 0;

  constructor(sizes: CaptureSizes, encoding: OutputEncoding = OutputEncoding.UTF8) {
    this.#encoding = encoding;
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
  *parts(): Iterable<OutputChunk> {
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

  /** What is kept, in order of arrival; no stream begins inside a character, as far as its encoding tells. */
  *wholeParts(): Iterable<OutputChunk> {
    const cut = new Map<StreamName, RingBuffer>();
    for (const [stream, { ring }] of this.#kept) if (ring.truncated) cut.set(stream, ring);
    for (const { stream, bytes } of this.parts()) {
      const ring = cut.get(stream);
      cut.delete(stream);
      yield { stream, bytes: ring === undefined ? bytes : this.#whole(bytes, ring) };
    }
  }

  /**
   * What is kept of one stream, or of both in order of arrival, as text: a character that arrived in two halves stands
   * where it was completed, and one that was never completed is left out.
   */
  text(only?: StreamName): string {
    const decoders = { stdout: this.#encoding.text(), stderr: this.#encoding.text() };
    const ring = only === undefined ? undefined : this.ring(only);
    if (only !== undefined) {
      if (ring === undefined) return '';
      const bytes = ring.bytes();
      return decoders[only].write(ring.truncated ? this.#whole(bytes, ring) : bytes);
    }
    let text = '';
    for (const { stream, bytes } of this.wholeParts()) text += decoders[stream].write(bytes);
    return text;
  }

  #whole(bytes: Uint8Array, ring: RingBuffer): Uint8Array {
    return bytes.subarray(this.#encoding.firstWhole(bytes, ring.totalWritten - ring.length));
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
