import { randomBytes } from 'node:crypto';

import type { CancelOptions, Medium } from '@core/io';

import type { ActionResult } from '../action-result.ts';
import { JobrunnerError } from '../errors.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import { BatchPool } from './batch-pool.ts';
import { entryOf, timestampOf } from './entry-line.ts';
import type { EntryExtra, JournalLine } from './journal-entry.ts';
import type { Durability, EntriesOptions, JournalOptions, ReplayOptions } from './options.ts';
import { pathOf, STARTED } from './partition.ts';
import { PartitionWriter } from './partition-writer.ts';
import { allPartitionsIn, partitionsIn } from './partitions.ts';
import { type RawLine, rawLines } from './raw-lines.ts';
import { inOrderOfTime } from './replay.ts';
import { ChainCheck, type JournalReport } from './verify.ts';

/** So many files are remembered at once: some hundred bytes each. */
const MOST_WRITERS = 2000;
/** With `batch`, what was written reaches the disk so soon. */
const SYNC_AFTER_MS = 250;

/**
 * What was done, as one JSON line an entry in `<baseDir>/<owner>/<name>/<date>.jsonl`, the date being the UTC one of the
 * entry's timestamp. Lines of phase `started` are kept beside them, in `<baseDir>/.started`. Any number of processes may write to one journal at once: lines are neither lost nor torn, and what
 * a crash cuts off is passed over by readers and set apart by the next writer.
 *
 * The lines of a node are a chain of SHA-256 hashes within each file, and its first one names the line that it found
 * before it: what is changed, taken out of the middle or put in between later is found by `verify`.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { Journal } from '@core/jobrunner';
 *
 * const medium = new MemoryMedium();
 * const journal = await Journal.open({ medium, baseDir: 'journal' });
 * const at = { repoOwner: 'host-uk', repoName: 'core', epicNumber: 299, childNumber: 212, prNumber: 316 };
 * const state = { prState: 'OPEN', isDraft: true, mergeable: 'UNKNOWN', checkStatus: 'SUCCESS' } as const;
 * const signal = { ...at, ...state, threadsTotal: 0, threadsResolved: 0, lastCommitSha: '', needsCoding: false };
 * const timestamp = new Date('2026-02-05T12:00:00Z');
 * await journal.append(signal, { ...at, action: 'publish_draft', success: true, timestamp, durationMs: 340, cycle: 1 });
 *
 * assert.equal(await medium.exists('journal/host-uk/core/2026-02-05.jsonl'), true);
 * for await (const { action, pr, result } of journal.entries({ repo: 'host-uk/core' })) {
 *   assert.deepEqual({ action, pr, result }, { action: 'publish_draft', pr: 316, result: { success: true, duration_ms: 340 } });
 * }
 * assert.deepEqual(await journal.verify(), { ok: true, files: 1, lines: 1, torn: 0 });
 * await journal.close();
 * ```
 */
export class Journal implements AsyncDisposable {
  readonly #medium: Medium;
  readonly #baseDir: string;
  readonly #durability: Durability;
  /** Those that were used last are the last. A node has one chain in a file, also where it comes back to an earlier day. */
  readonly #writers = new Map<string, PartitionWriter>();
  readonly #pool = new BatchPool();
  /** Whether there are files of this node that it has no writer of any more. */
  #hasForgotten = false;
  /** Written since the disk was last waited for. */
  readonly #unsynced = new Set<PartitionWriter>();
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;
  #count = 0;
  #isClosed = false;

  /** Of this open journal: no other one has it. */
  readonly node: string;

  private constructor({ medium, baseDir, durability = 'fsync', node = 'node' }: JournalOptions) {
    this.#medium = medium;
    this.#baseDir = baseDir;
    this.#durability = durability;
    this.node = `${node}-${randomBytes(4).toString('hex')}`;
  }

  /**
   * Opens a journal, and makes its folder where there is none.
   *
   * @throws `ERR_JOURNAL_UNWRITABLE` where there can be none; `TypeError` for an empty `baseDir`, a durability that is
   *   none, or a node that is not 1 to 60 letters, digits, dots, underscores and hyphens.
   */
  static async open(options: JournalOptions): Promise<Journal> {
    checkOptions(options);
    const { medium, baseDir, signal } = options;
    try {
      await medium.ensureDir(baseDir, { signal });
    } catch (cause) {
      signal?.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      const code = 'ERR_JOURNAL_UNWRITABLE';
      throw new JobrunnerError(`Cannot open the journal: ${why}`, { code, op: 'journal.open', id: baseDir, cause });
    }
    return new Journal(options);
  }

  /**
   * Adds a line. Resolves when it is kept: on the disk with the durability `fsync`, in the file with
   * the others. Lines of one file keep the order of the calls; calls at once share a write.
   *
   * @throws `ERR_JOURNAL_INVALID_NAME`, `ERR_JOURNAL_INVALID_ENTRY`, `ERR_JOURNAL_CLOSED`; `ERR_JOURNAL_UNWRITABLE` where
   *   the line was not kept.
   */
  async append(pipelineSignal: PipelineSignal, result: ActionResult, extra: EntryExtra = {}): Promise<void> {
    if (this.#isClosed) throw closed();
    const ts = timestampOf(result);
    const writer = this.#writer(pathOf(pipelineSignal, ts, extra.phase));
    this.#count += 1;
    const id = `${this.node}-${String(this.#count)}`;
    await writer.append(entryOf(pipelineSignal, result, { ts, id, node: this.node, extra }));
    if (this.#durability === 'batch') this.#syncSoon(writer);
  }

  /**
   * The lines, read bit by bit: by day, then by repository, then in the order in which they were written. What a crash
   * has cut off is passed over.
   *
   * @throws `ERR_JOURNAL_INVALID_NAME` for a `repo` that cannot be.
   */
  async *entries({ repo, from, to, where, signal }: EntriesOptions = {}): AsyncGenerator<JournalLine> {
    for (const { path } of await partitionsIn(this.#medium, this.#baseDir, { repo, from, to, signal })) {
      for await (const { line } of this.#rawLines(path, { signal })) {
        if (line === undefined || !isWithin(line, from, to)) continue;
        if (where === undefined || where(line)) yield line;
      }
    }
  }

  /**
   * What a ledger is rebuilt from after a restart: the lines of `entries`, and those of phase `started` among them, each
   * at its time: an action that was begun and has no other line was cut off. Ordered by day, then repository, then time.
   */
  async *replay({ from, signal }: ReplayOptions = {}): AsyncGenerator<JournalLine> {
    const keys = (await allPartitionsIn(this.#medium, this.#baseDir, { from, signal })).map(
      ({ repo, date }) => `${date} ${repo}`,
    );
    for (const key of [...new Set(keys)].sort()) {
      const [date = '', repo = ''] = key.split(' ');
      const path = `${repo}/${date}.jsonl`;
      yield* inOrderOfTime(this.#lines(`${STARTED}/${path}`, { from, signal }), this.#lines(path, { from, signal }));
    }
  }

  /** Reads every file and follows every chain; names the first line that is not what was written. */
  async verify({ signal }: CancelOptions = {}): Promise<JournalReport> {
    let [files, lines, torn] = [0, 0, 0];
    for (const partition of await allPartitionsIn(this.#medium, this.#baseDir, { signal })) {
      const check = new ChainCheck(partition);
      files += 1;
      for await (const raw of this.#rawLines(partition.path, { signal })) {
        const reason = check.take(raw);
        if (reason === undefined) continue;
        const broken = { path: partition.path, line: raw.number, reason };
        return { ok: false, files, lines: lines + check.lines, torn: torn + check.torn, broken };
      }
      lines += check.lines;
      torn += check.torn;
    }
    return { ok: true, files, lines, torn };
  }

  /**
   * Waits until all that was appended is kept, on the disk unless the durability is `none`. The second time it does nothing.
   *
   * @throws `ERR_JOURNAL_UNWRITABLE` where with the durability `batch` something may not have reached the disk, now or
   *   at any time before.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#writers.values()].map((writer) => writer.idle()));
    await this.#sync();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #rawLines(path: string, options: CancelOptions): AsyncGenerator<RawLine> {
    return rawLines(this.#medium.readStream(`${this.#baseDir}/${path}`, options));
  }

  async *#lines(path: string, { from, signal }: ReplayOptions): AsyncGenerator<JournalLine> {
    if (!(await this.#medium.isFile(`${this.#baseDir}/${path}`, { signal }))) return;
    for await (const { line } of this.#rawLines(path, { signal })) {
      if (line !== undefined && isWithin(line, from, undefined)) yield line;
    }
  }

  #writer(path: string): PartitionWriter {
    const writer = this.#writers.get(path) ?? this.#newWriter(path);
    this.#writers.delete(path);
    this.#writers.set(path, writer);
    return writer;
  }

  #newWriter(path: string): PartitionWriter {
    if (this.#writers.size >= MOST_WRITERS) this.#forgetWriters();
    return new PartitionWriter(this.#medium, `${this.#baseDir}/${path}`, {
      durable: this.#durability === 'fsync',
      node: this.node,
      pool: this.#pool,
      mayHaveLines: this.#hasForgotten,
    });
  }

  /** Lets go of the half that was not used for longest: a bot that runs for years comes to many files. */
  #forgetWriters(): void {
    for (const [path, writer] of [...this.#writers].slice(0, MOST_WRITERS / 2)) {
      if (!writer.isIdle || this.#unsynced.has(writer)) continue;
      this.#writers.delete(path);
      this.#hasForgotten = true;
    }
  }

  #syncSoon(writer: PartitionWriter): void {
    this.#unsynced.add(writer);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#sync();
    }, SYNC_AFTER_MS).unref();
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    const writers = [...this.#unsynced];
    this.#unsynced.clear();
    const outcomes = await Promise.allSettled(writers.map((writer) => writer.sync()));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) this.#failure ??= { error: failed.reason };
  }
}

function isWithin({ ts }: JournalLine, from: Date | undefined, to: Date | undefined): boolean {
  const ms = Date.parse(ts);
  return (from === undefined || ms >= from.getTime()) && (to === undefined || ms < to.getTime());
}

function checkOptions({ baseDir, durability = 'fsync', node = 'node' }: JournalOptions): void {
  if (typeof baseDir !== 'string' || baseDir === '') {
    throw new TypeError(`baseDir must be the path of a folder, not ${JSON.stringify(baseDir)}`);
  }
  if (!['fsync', 'batch', 'none'].includes(durability)) {
    throw new TypeError(`durability must be fsync, batch or none, not ${JSON.stringify(durability)}`);
  }
  if (!/^[\w.-]{1,60}$/.test(node)) {
    throw new TypeError(`node must be 1 to 60 letters, digits and . _ -, not ${JSON.stringify(node)}`);
  }
}

function closed(): JobrunnerError {
  const code = 'ERR_JOURNAL_CLOSED';
  return new JobrunnerError('Cannot append to the journal: it has been closed', { code, op: 'journal.append' });
}
