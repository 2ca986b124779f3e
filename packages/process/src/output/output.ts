import type { Readable } from 'node:stream';

import type { StreamName } from './stream-name.ts';
import { Capture, type CaptureSizes } from './capture.ts';
import { drain } from './drain.ts';
import { LineReader, type OutputSink } from './line-reader.ts';
import { type OutputLine, LineSplitter } from './lines.ts';

/** Hears the lines of a chunk; it must not throw. */
export type LinesListener = (stream: StreamName, lines: readonly OutputLine[]) => void;

/** What a {@link ProcessOutput} is made from. */
export interface ProcessOutputOptions {
  readonly sizes: CaptureSizes;
  readonly maxLineBytes: number;
  /** Nothing is decoded for it where it is missing. */
  readonly onLines?: LinesListener | undefined;
}

const BOTH: readonly StreamName[] = ['stdout', 'stderr'];

/** Where the bytes of a process go: into the capture and to those who follow, a chunk at a time. */
export class ProcessOutput {
  readonly #capture: Capture;
  readonly #maxLineBytes: number;
  readonly #streams = new Map<StreamName, Readable>();
  readonly #sinks = new Set<OutputSink>();
  #isDraining = false;
  #isOver = false;

  constructor({ sizes, maxLineBytes, onLines }: ProcessOutputOptions) {
    this.#capture = new Capture(sizes);
    this.#maxLineBytes = maxLineBytes;
    if (onLines !== undefined) this.#sinks.add(new LineEvents(onLines, maxLineBytes));
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
    return this.#capture.ring(stream)?.toString() ?? '';
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
  lines(only?: StreamName, signal?: AbortSignal): LineReader {
    const reader = new LineReader({
      streams: only === undefined ? BOTH : [only],
      maxLineBytes: this.#maxLineBytes,
      signal,
      onRoom: () => {
        if (reader.isOver) this.#sinks.delete(reader);
        this.#regulateAll();
      },
    });
    this.#replay(reader);
    if (this.#isOver) reader.end();
    else this.#sinks.add(reader);
    this.#regulateAll();
    return reader;
  }

  /** The process has exited: takes what it left, however slow the readers are, and ends. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await drain([...this.#streams.values()]);
    this.end();
  }

  /** There is no more to come. */
  end(): void {
    this.#isOver = true;
    for (const sink of this.#sinks) sink.end();
    this.#sinks.clear();
  }

  #write(stream: StreamName, bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#capture.write(stream, bytes);
    for (const sink of this.#sinks) {
      if (sink.wants(stream)) sink.write(stream, bytes);
    }
    this.#regulate(stream);
  }

  #replay(reader: LineReader): void {
    for (const { stream, bytes } of this.#capture.wholeParts()) {
      if (reader.wants(stream)) reader.write(stream, bytes);
    }
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

/** Hands lines to a listener as they come; it is never full. */
class LineEvents implements OutputSink {
  readonly isFull = false;
  readonly #onLines: LinesListener;
  readonly #splitters: Readonly<Record<StreamName, LineSplitter>>;

  constructor(onLines: LinesListener, maxLineBytes: number) {
    this.#onLines = onLines;
    this.#splitters = {
      stdout: new LineSplitter('stdout', maxLineBytes),
      stderr: new LineSplitter('stderr', maxLineBytes),
    };
  }

  wants(): boolean {
    return true;
  }

  write(stream: StreamName, bytes: Uint8Array): void {
    this.#tell(stream, this.#splitters[stream].push(bytes));
  }

  end(): void {
    for (const stream of BOTH) this.#tell(stream, this.#splitters[stream].end());
  }

  #tell(stream: StreamName, lines: readonly OutputLine[]): void {
    if (lines.length > 0) this.#onLines(stream, lines);
  }
}
