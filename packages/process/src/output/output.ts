import type { Readable } from 'node:stream';

import { BatchSupply } from './batch-supply.ts';
import { Capture, type CaptureSizes } from './capture.ts';
import type { Courier } from './courier.ts';
import { drain } from './drain.ts';
import { LineEvents, type LineListener } from './line-events.ts';
import { LineSupply } from './line-supply.ts';
import type { LineBatch, OutputLine } from './lines.ts';
import type { OutputChunk } from './output-chunk.ts';
import { OutputReader, type OutputSink } from './output-reader.ts';
import type { LineFormat } from './splitter.ts';
import type { StreamName } from './stream-name.ts';
import { ChunkSupply, type Supply } from './supply.ts';

/** What a {@link ProcessOutput} is made from. */
export interface ProcessOutputOptions {
  readonly sizes: CaptureSizes;
  readonly format: LineFormat;
  readonly courier: Courier;
  /** Nothing is decoded for it where it is missing. */
  readonly listener?: LineListener | undefined;
}

/** Which output is read, and for how long. */
export interface ReadOptions {
  /** Only that of this stream. */
  readonly stream?: StreamName | undefined;
  /** Ends the iteration with its reason; the process runs on. */
  readonly signal?: AbortSignal | undefined;
}

const BOTH: readonly StreamName[] = ['stdout', 'stderr'];
/** Kept bytes are read again in chunks such as they came in. */
const REPLAYED_BYTES = 65_536;

/** Where the bytes of a process go: into the capture and to those who follow, a chunk at a time. */
export class ProcessOutput {
  readonly #capture: Capture;
  readonly #format: LineFormat;
  readonly #streams = new Map<StreamName, Readable>();
  readonly #sinks = new Set<OutputSink>();
  readonly #events: LineEvents | undefined;
  #isDraining = false;
  #isOver = false;

  constructor({ sizes, format, courier, listener }: ProcessOutputOptions) {
    this.#capture = new Capture(sizes, format.encoding);
    this.#format = format;
    if (listener === undefined) return;
    const onRoom = (): void => {
      this.#regulateAll();
    };
    this.#events = new LineEvents({ listener, courier, format, onRoom });
    this.#sinks.add(this.#events);
  }

  /** Follows a stream of the process; to be called in the same turn of the loop in which it was started. */
  attach(name: StreamName, stream: Readable | null): void {
    if (stream === null) return;
    this.#streams.set(name, stream);
    stream.on('error', () => undefined); // a reset pipe is the end of the stream and nothing else
    stream.on('data', (bytes: Uint8Array) => {
      this.#write(name, bytes);
    });
    this.#regulate(name);
  }

  /** What is kept of one stream, as text. */
  text(stream: StreamName): string {
    return this.#capture.text(stream);
  }

  /** What is kept of one stream. */
  bytes(stream: StreamName): Uint8Array {
    return this.#capture.ring(stream)?.bytes() ?? new Uint8Array();
  }

  /** What is kept of both in order of arrival, as text. */
  allText(): string {
    return this.#capture.text();
  }

  /** What is kept of both in order of arrival. */
  allBytes(): Uint8Array {
    return this.#capture.bytes();
  }

  /** Whether something of what was written is no longer kept. */
  get truncated(): boolean {
    return this.#capture.truncated;
  }

  /** The lines from the beginning, as far as it is kept, and then as they come. */
  lines(options: ReadOptions = {}): OutputReader<OutputLine> {
    return this.#follow(new LineSupply(streamsOf(options), this.#format), this.#capture.wholeParts(), options);
  }

  /** The same lines, all together that one chunk completes. */
  batches(options: ReadOptions = {}): OutputReader<LineBatch> {
    return this.#follow(new BatchSupply(streamsOf(options), this.#format), this.#capture.wholeParts(), options);
  }

  /** The bytes from the beginning, as far as it is kept, and then as they come. */
  chunks(options: ReadOptions = {}): OutputReader<OutputChunk> {
    return this.#follow(new ChunkSupply(streamsOf(options)), this.#capture.parts(), options);
  }

  /** The process has exited: takes what it left, however slow the readers are, and ends. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await drain([...this.#streams.values()]);
    this.end();
  }

  /** There is no more to come; the second time does nothing. */
  end(): void {
    this.#isOver = true;
    const sinks = [...this.#sinks];
    this.#sinks.clear();
    this.#streams.clear();
    for (const sink of sinks) sink.end();
  }

  /** Calls back when the listener was told everything; to be asked after the end. */
  whenTold(callback: () => void): void {
    if (this.#events === undefined) callback();
    else this.#events.whenTold(callback);
  }

  #write(stream: StreamName, bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#capture.write(stream, bytes);
    if (this.#sinks.size === 0) return;
    const chunk = { stream, bytes };
    for (const sink of this.#sinks) {
      if (sink.wants(stream)) sink.write(chunk);
    }
    this.#regulate(stream);
  }

  #follow<T>(supply: Supply<T>, kept: Iterable<OutputChunk>, { signal }: ReadOptions): OutputReader<T> {
    const onRoom = (reader: OutputReader<T>): void => {
      if (reader.isOver) this.#sinks.delete(reader);
      this.#regulateAll();
    };
    const reader = new OutputReader({ supply, signal, onRoom });
    for (const { stream, bytes } of kept) {
      if (!supply.wants(stream)) continue;
      for (let from = 0; from < bytes.length; from += REPLAYED_BYTES) {
        reader.write({ stream, bytes: bytes.subarray(from, from + REPLAYED_BYTES) });
      }
    }
    if (this.#isOver) reader.end();
    else this.#sinks.add(reader);
    this.#regulateAll();
    return reader;
  }

  #regulateAll(): void {
    for (const name of this.#streams.keys()) this.#regulate(name);
  }

  /** A stream flows unless one who follows it has enough; once the process has exited it flows whatever they say. */
  #regulate(name: StreamName): void {
    const stream = this.#streams.get(name);
    if (stream === undefined || this.#isDraining) return;
    const isEnough = this.#isEnough(name);
    if (isEnough === stream.isPaused()) return;
    if (isEnough) stream.pause();
    else stream.resume();
  }

  #isEnough(name: StreamName): boolean {
    for (const sink of this.#sinks) {
      if (sink.isFull && sink.wants(name)) return true;
    }
    return false;
  }
}

function streamsOf({ stream }: ReadOptions): readonly StreamName[] {
  return stream === undefined ? BOTH : [stream];
}
