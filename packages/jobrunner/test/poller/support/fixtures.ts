import type { ActionResult } from '../../../src/action-result.ts';
import type { JobrunnerEvent } from '../../../src/events.ts';
import type { JobHandler } from '../../../src/job-handler.ts';
import type { JobSource, PollOptions } from '../../../src/job-source.ts';
import type { EntryExtra, JournalLine } from '../../../src/journal/journal-entry.ts';
import { type PipelineSignal, repoFullName } from '../../../src/pipeline-signal.ts';
import type { JobJournal } from '../../../src/poller/job-journal.ts';

/** A draft with green checks. */
export function draft(changes: Partial<PipelineSignal> = {}): PipelineSignal {
  return {
    ...{ epicNumber: 299, childNumber: 212, prNumber: 316, repoOwner: 'host-uk', repoName: 'core' },
    ...{ prState: 'OPEN', isDraft: true, mergeable: 'UNKNOWN', checkStatus: 'SUCCESS' },
    ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: '4f2a9c1', needsCoding: false },
    ...changes,
  };
}

/** What a handler gives that has done its work. */
export function done(pipelineSignal: PipelineSignal, changes: Partial<ActionResult> = {}): ActionResult {
  const { repoOwner, repoName, epicNumber, childNumber, prNumber } = pipelineSignal;
  const facts = { repoOwner, repoName, epicNumber, childNumber, prNumber };
  return {
    ...facts,
    action: 'publish_draft',
    success: true,
    timestamp: new Date(),
    durationMs: 7,
    cycle: 0,
    ...changes,
  };
}

/** A source that the test holds in its hand. */
export class TestSource implements JobSource {
  readonly name: string;
  readonly polls: PollOptions[] = [];
  readonly reports: ActionResult[] = [];
  answer: (options: PollOptions) => Promise<PipelineSignal[]> | PipelineSignal[];
  onReport: () => Promise<void> | void = () => undefined;

  constructor(answer: PipelineSignal[] | TestSource['answer'] = [], name: string = 'github') {
    this.answer = Array.isArray(answer) ? (): PipelineSignal[] => answer : answer;
    this.name = name;
  }

  async poll(options: PollOptions): Promise<PipelineSignal[]> {
    this.polls.push(options);
    return this.answer(options);
  }

  async report(result: ActionResult): Promise<void> {
    this.reports.push(result);
    await this.onReport();
  }
}

type Execute = (pipelineSignal: PipelineSignal, options: { readonly signal: AbortSignal }) => unknown;

/** A handler that matches everything, and whose calls are counted. */
export class TestHandler implements JobHandler {
  readonly name: string;
  readonly calls: PipelineSignal[] = [];
  readonly #execute: Execute;
  match: (pipelineSignal: PipelineSignal) => boolean = () => true;

  constructor(execute: Execute = (pipelineSignal) => done(pipelineSignal), name: string = 'publish_draft') {
    this.#execute = execute;
    this.name = name;
  }

  async execute(pipelineSignal: PipelineSignal, options: { readonly signal: AbortSignal }): Promise<ActionResult> {
    this.calls.push(pipelineSignal);
    return (await this.#execute(pipelineSignal, options)) as ActionResult;
  }
}

/** A journal in memory. */
export class TestJournal implements JobJournal {
  readonly lines: JournalLine[];
  /** Called before each line is kept; what it throws is thrown. */
  onAppend: (line: JournalLine) => Promise<void> | void = () => undefined;

  constructor(lines: readonly JournalLine[] = []) {
    this.lines = [...lines];
  }

  async append(pipelineSignal: PipelineSignal, result: ActionResult, extra: EntryExtra = {}): Promise<void> {
    const line = lineOf(pipelineSignal, result, extra);
    await this.onAppend(line);
    this.lines.push(line);
  }

  async *replay(): AsyncGenerator<JournalLine> {
    await Promise.resolve();
    yield* [...this.lines];
  }

  /** In short: what the lines say, without those that stand before an attempt. */
  get ends(): readonly string[] {
    const shown = this.lines.filter(({ phase }) => phase !== 'started');
    return shown.map(({ phase = '', attempt = 0, result, action }) =>
      [action, attempt, phase, result.error ?? 'ok'].map(String).join(' '),
    );
  }
}

function lineOf(pipelineSignal: PipelineSignal, result: ActionResult, extra: EntryExtra): JournalLine {
  const { key, source, handler, attempt, dryRun, phase } = extra;
  return {
    ts: result.timestamp.toISOString(),
    ...{ epic: result.epicNumber, child: result.childNumber, pr: result.prNumber, repo: repoFullName(pipelineSignal) },
    action: result.action,
    signals: {
      ...{ pr_state: pipelineSignal.prState ?? null, is_draft: pipelineSignal.isDraft },
      ...{ check_status: pipelineSignal.checkStatus, mergeable: pipelineSignal.mergeable },
      ...{ threads_total: pipelineSignal.threadsTotal, threads_resolved: pipelineSignal.threadsResolved },
    },
    result: {
      ...{ success: result.success, duration_ms: result.durationMs },
      ...(result.error !== undefined && { error: result.error }),
    },
    ...{ cycle: result.cycle, v: 1, id: '', node: 'n1', seq: 1, prev: '', hash: '' },
    ...(key !== undefined && { key }),
    ...(source !== undefined && { source }),
    ...(handler !== undefined && { handler }),
    ...(attempt !== undefined && { attempt }),
    ...(dryRun !== undefined && { dry_run: dryRun }),
    ...(phase !== undefined && { phase }),
  };
}

type EventOf<T, E = JobrunnerEvent> = E extends { readonly type: infer K } ? (T extends K ? E : never) : never;

/** Keeps the events, and tells when one has come. */
export class EventLog {
  readonly all: JobrunnerEvent[] = [];
  readonly listen = (event: JobrunnerEvent): void => {
    this.all.push(event);
    for (const waiter of this.#waiters) waiter();
  };
  readonly #waiters = new Set<() => void>();

  of<T extends JobrunnerEvent['type']>(type: T): EventOf<T>[] {
    return this.all.filter((event) => event.type === type) as EventOf<T>[];
  }

  /** Resolves when so many of this kind have come. */
  async until(type: JobrunnerEvent['type'], count: number = 1): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.all.filter((event) => event.type === type).length < count) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }
}

/** Something that a test lets go on when it likes. */
export class Gate {
  readonly opened: Promise<void>;
  readonly #open: () => void;
  /** Resolves when somebody stands before it. */
  readonly reached: Promise<void>;
  readonly #reach: () => void;

  constructor() {
    let [open, reach] = [(): void => undefined, (): void => undefined];
    this.opened = new Promise((resolve) => (open = resolve));
    this.reached = new Promise((resolve) => (reach = resolve));
    this.#open = open;
    this.#reach = reach;
  }

  open(): void {
    this.#open();
  }

  async pass(): Promise<void> {
    this.#reach();
    await this.opened;
  }
}
