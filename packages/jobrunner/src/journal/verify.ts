import { hashesOf } from './entry-line.ts';
import type { JournalLine } from './journal-entry.ts';
import type { Partition } from './partition.ts';
import type { RawLine } from './raw-lines.ts';

/** The first line that is not what was written. */
export interface BrokenLine {
  /** Below the journal's folder. */
  readonly path: string;
  /** The first line of a file is 1. */
  readonly line: number;
  readonly reason: string;
}

/** What became of a journal. */
export interface JournalReport {
  /** Every line is as it was written, and none is missing between those of its node. */
  readonly ok: boolean;
  readonly files: number;
  readonly lines: number;
  /** Ends of lines that a crash has cut off. Nobody was told that they were kept. */
  readonly torn: number;
  readonly broken?: BrokenLine;
}

/** What was cut off never had its hash. So what has one, and cannot be read, was changed: in one of these two, not in both. */
const WHOLE = [/"hash":"[0-9a-f]{64}/, /"prev":"[0-9a-f]*".{1,12}[0-9a-f]{64}/];

interface Last {
  readonly seq: number;
  readonly hash: string;
}

/** Follows the chains of all nodes through one file. */
export class ChainCheck {
  readonly #partition: Partition;
  readonly #nodes = new Map<string, Last>();
  readonly #hashes = new Set<string>();
  lines: number = 0;
  torn: number = 0;

  constructor(partition: Partition) {
    this.#partition = partition;
  }

  /** Why a line is not what was written, or `undefined`. */
  take({ text, line, torn }: RawLine): string | undefined {
    if (torn !== '') {
      if (WHOLE.some((end) => end.test(torn))) return 'it is no JSON of a journal any more';
      this.torn += 1;
    }
    if (line === undefined) return undefined;
    this.lines += 1;
    const why = this.#wrongAlone(text, line) ?? this.#wrongInChain(line);
    this.#nodes.set(line.node, { seq: line.seq, hash: line.hash });
    this.#hashes.add(line.hash);
    return why;
  }

  #wrongAlone(text: string, line: JournalLine): string | undefined {
    const hashes = hashesOf(text);
    if (hashes === undefined) return 'it has no hash at its end';
    if (hashes.told !== hashes.actual) return 'its hash is not that of what it says';
    const { repo, date } = this.#partition;
    if (line.repo !== repo || !line.ts.startsWith(date)) return `it belongs to ${line.repo} on ${line.ts.slice(0, 10)}`;
    return undefined;
  }

  #wrongInChain({ node, seq, prev }: JournalLine): string | undefined {
    const last = this.#nodes.get(node);
    if (last === undefined) {
      if (seq !== 1) return `lines of its node are missing before it: it is number ${String(seq)}`;
      return prev === '' || this.#hashes.has(prev) ? undefined : 'the line that stood before it is missing';
    }
    if (prev === last.hash && seq === last.seq + 1) return undefined;
    return `it does not follow line ${String(last.seq)} of its node, but another number ${String(seq - 1)}`;
  }
}
