/**
 * What a line of the journal is for. `started` stands before an action that might be cut off by a crash; `finished` is
 * what became of it (the line that analytics read); `dead_letter` says that it is not tried any more.
 */
export type EntryPhase = 'started' | 'finished' | 'dead_letter';

/** What the poller knows of an action beside signal and result. No key of the line is ever free text. */
export interface EntryExtra {
  /** The action's key: the same work in the same state has the same one. */
  readonly key?: string | undefined;
  readonly source?: string | undefined;
  readonly handler?: string | undefined;
  /** The first is 1. */
  readonly attempt?: number | undefined;
  readonly dryRun?: boolean | undefined;
  readonly phase?: EntryPhase | undefined;
}

/** One line of the journal, as it stands in the file. The first nine keys are fixed for the tools that read them. */
export interface JournalLine {
  readonly ts: string;
  readonly epic: number;
  readonly child: number;
  readonly pr: number;
  /** `owner/name` */
  readonly repo: string;
  readonly action: string;
  readonly signals: {
    readonly pr_state: string | null;
    readonly is_draft: boolean;
    readonly check_status: string;
    readonly mergeable: string;
    readonly threads_total: number;
    readonly threads_resolved: number;
  };
  readonly result: { readonly success: boolean; readonly error?: string; readonly duration_ms: number };
  readonly cycle: number;
  /** Version of the line's form: 1. */
  readonly v: number;
  readonly id: string;
  readonly key?: string;
  /** Who wrote it: one open journal of one process. */
  readonly node: string;
  /** Counts the node's lines in this file from 1. */
  readonly seq: number;
  readonly source?: string;
  readonly handler?: string;
  readonly sha?: string;
  readonly attempt?: number;
  readonly dry_run?: boolean;
  readonly phase?: EntryPhase;
  /** `hash` of the node's line before this one in this file; `''` for its first. */
  readonly prev: string;
  /** SHA-256 of the line without this key, hex. */
  readonly hash: string;
}
