import { BatchCutter } from './batch-cutter.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { Courier, Teller } from './courier.ts';
import type { LineBatch } from './lines.ts';
import type { OutputChunk } from './output-chunk.ts';
import type { OutputSink } from './output-reader.ts';
import { type LineFormat, type Splitter, splitterOf } from './splitter.ts';
import type { StreamName } from './stream-name.ts';

/** Who hears the lines of a process as they come; neither may throw. */
export interface LineListener {
  /** Lines of one chunk, which arrived then. */
  readonly hear: (batch: LineBatch, at: Date) => void;
  /** Nothing is decoded or kept while it is not so. */
  readonly wants: () => boolean;
}

/** What {@link LineEvents} are made from. */
export interface LineEventsOptions {
  readonly listener: LineListener;
  readonly courier: Courier;
  readonly format: LineFormat;
  /** Called when it was full and has room again. */
  readonly onRoom: () => void;
}

interface TimedChunk extends OutputChunk {
  readonly at: Date;
}

/** Where one stream stands. */
interface Track {
  /** `undefined` while nobody listens, and then up to the first whole line. */
  splitter: Splitter | undefined;
  /** The bytes before this moment. */
  offset: number;
  /** The last of them ended a line. */
  isAtLine: boolean;
}

/** Lines that one call of the listener was too short for. */
interface Rest {
  /** At least one, which came at the same time. */
  readonly batches: readonly LineBatch[];
  readonly at: Date;
  /** The first line of the first batch that is still to be told. */
  readonly next: number;
}

const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/**
 * Tells the lines of a process to a listener, who may be slow: what waits is bounded, because the process has to wait.
 *
 * Who begins to listen in the middle hears whole lines from the next one on; what was not told to the last who
 * listened is forgotten.
 */
export class LineEvents implements OutputSink, Teller {
  readonly #listener: LineListener;
  readonly #courier: Courier;
  readonly #format: LineFormat;
  readonly #onRoom: () => void;
  readonly #tracks: Readonly<Record<StreamName, Track>> = {
    stdout: { splitter: undefined, offset: 0, isAtLine: true },
    stderr: { splitter: undefined, offset: 0, isAtLine: true },
  };
  readonly #queue = new ChunkQueue<TimedChunk>();
  readonly #cutter = new BatchCutter();
  #rest: Rest | undefined;
  #wasFull = false;
  #hasEnded = false;
  /** Those that have still to give their last line. */
  #unended: StreamName[] = [];
  #whenTold: () => void = () => undefined;
  #isTold = false;

  constructor({ listener, courier, format, onRoom }: LineEventsOptions) {
    this.#listener = listener;
    this.#courier = courier;
    this.#format = format;
    this.#onRoom = onRoom;
  }

  get isFull(): boolean {
    return this.#queue.isFull;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  wants(): boolean {
    return true;
  }

  write({ stream, bytes }: OutputChunk): void {
    const track = this.#tracks[stream];
    if (this.#listener.wants()) this.#take(stream, track, bytes);
    else this.#forget();
    if (bytes.length > 0) track.isAtLine = this.#format.encoding.endsLine(bytes, track.offset);
    track.offset += bytes.length;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unended = [...STREAMS];
    this.#courier.hurry(this);
  }

  /** Calls back when everything was told, at once where it was: to be asked after the end, by one. */
  whenTold(callback: () => void): void {
    if (this.#isTold) callback();
    else this.#whenTold = callback;
  }

  tell(most: number): number {
    if (!this.#listener.wants()) this.#forget();
    const rest = this.#rest ?? this.#cut();
    if (rest === undefined) {
      this.#finish();
      return 0;
    }
    const part = partOf(rest, most);
    this.#rest = after(rest, part.lines.length);
    this.#listener.hear(part, rest.at);
    return part.lines.length;
  }

  /** Somebody listens. */
  #take(stream: StreamName, track: Track, bytes: Uint8Array): void {
    let from = 0;
    if (track.splitter === undefined) {
      from = track.isAtLine ? 0 : this.#format.encoding.secondLine(bytes, track.offset);
      if (from < 0) return;
      track.splitter = splitterOf(stream, this.#format);
    }
    if (from === bytes.length) return;
    this.#queue.push({ stream, bytes: from === 0 ? bytes : bytes.subarray(from), at: new Date() });
    this.#wasFull = this.#queue.isFull;
    this.#courier.add(this);
  }

  /** The lines of the next chunk that completes any. */
  #cut(): Rest | undefined {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk === undefined) return this.#lastLine();
      this.#makeRoom();
      const { stream, bytes, at } = chunk;
      const batches = this.#cutter.all(this.#tracks[stream].splitter?.push(bytes) ?? []);
      if (batches.length > 0) return { batches, at, next: 0 };
    }
  }

  #lastLine(): Rest | undefined {
    for (let stream = this.#unended.shift(); stream !== undefined; stream = this.#unended.shift()) {
      const batches = this.#cutter.all(this.#tracks[stream].splitter?.end() ?? []);
      if (batches.length > 0) return { batches, at: new Date(), next: 0 };
    }
    return undefined;
  }

  #makeRoom(): void {
    if (!this.#wasFull || this.#queue.isFull) return;
    this.#wasFull = false;
    this.#onRoom();
  }

  /** Nobody listens any more. */
  #forget(): void {
    for (const stream of STREAMS) this.#tracks[stream].splitter = undefined;
    this.#rest = undefined;
    this.#queue.clear();
    this.#makeRoom();
  }

  #finish(): void {
    if (!this.#hasEnded || this.#isTold) return;
    this.#isTold = true;
    this.#whenTold();
  }
}

/** As many of its lines as one call takes. */
function partOf({ batches: [batch], next }: Rest, most: number): LineBatch {
  if (batch === undefined) throw new RangeError('there is no rest without a batch');
  const { stream, lines } = batch;
  if (next === 0 && lines.length <= most) return batch;
  const part = { stream, lines: lines.slice(next, next + most) };
  return batch.partial === true && next + most >= lines.length ? { ...part, partial: true } : part;
}

/** What is left when so many lines were told. */
function after({ batches, at, next }: Rest, told: number): Rest | undefined {
  if (next + told < (batches[0]?.lines.length ?? 0)) return { batches, at, next: next + told };
  return batches.length > 1 ? { batches: batches.slice(1), at, next: 0 } : undefined;
}
