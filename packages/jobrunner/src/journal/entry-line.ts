// eslint-disable-next-line n/no-unsupported-features/node-builtins -- it is there from 20.12 on, and stable from 22 on
import { hash } from 'node:crypto';

import type { ActionResult } from '../action-result.ts';
import { JobrunnerError } from '../errors.ts';
import { type PipelineSignal, repoFullName } from '../pipeline-signal.ts';
import { safeText } from '../safe-text.ts';
import { isWord, WORD_GRAMMAR } from '../word.ts';
import type { EntryExtra, JournalLine } from './journal-entry.ts';

/** A line before it has its place in a file: what stands before the number, and between it and the hash before. */
export interface Entry {
  readonly before: string;
  readonly after: string;
}

const LINE_VERSION = 1;

/** Every line begins so, and no text inside of one has it unescaped. */
export const LINE_START: string = '{"ts":"';

const HASH = /^(.*),"hash":"([0-9a-f]{64})"\}$/s;
const SHA = /^[0-9a-f]{7,64}$/i;

/** Whose line it is, and what else is known. */
export interface EntryOrigin {
  readonly extra: EntryExtra;
  readonly ts: string;
  readonly id: string;
  readonly node: string;
}

/**
 * An entry of what was done; nothing of the signal but its structure goes in. It is put together by hand, which costs a
 * tenth of `JSON.stringify`: every text has been looked at first.
 *
 * @throws `ERR_JOURNAL_INVALID_ENTRY` for what is no number or name.
 */
export function entryOf(signal: PipelineSignal, result: ActionResult, { ts, id, node, extra }: EntryOrigin): Entry {
  const { key, source, handler, attempt, dryRun, phase } = extra;
  const { lastCommitSha: sha } = signal;
  const before =
    `${LINE_START}${ts}","epic":${count('epicNumber', signal.epicNumber)},"child":${count('childNumber', signal.childNumber)}` +
    `,"pr":${count('prNumber', signal.prNumber)},"repo":"${repoFullName(signal)}","action":"${word('action', result.action)}"` +
    `,"signals":${signalsOf(signal)},"result":${resultOf(signal, result)},"cycle":${count('cycle', result.cycle)}` +
    `,"v":${String(LINE_VERSION)},"id":"${id}"${text('key', key)},"node":"${node}","seq":`;
  const after =
    `${text('source', source)}${text('handler', handler)}${SHA.test(sha) ? `,"sha":"${sha}"` : ''}` +
    (attempt === undefined ? '' : `,"attempt":${count('attempt', attempt)}`) +
    `${dryRun === undefined ? '' : `,"dry_run":${flag('dryRun', dryRun)}`}${text('phase', phase)},"prev":"`;
  return { before, after };
}

/**
 * The timestamp of an entry.
 *
 * @throws `ERR_JOURNAL_INVALID_ENTRY` for what is no date, or the zero of some clock.
 */
export function timestampOf({ timestamp }: ActionResult): string {
  const ms = timestamp instanceof Date ? timestamp.getTime() : Number.NaN;
  if (ms === last.ms) return last.ts;
  if (ms > 0 && ms < END_OF_TIME) {
    last = { ms, ts: timestamp.toISOString() };
    return last.ts;
  }
  throw invalid('timestamp', timestamp, 'a date after 1970');
}

/** Many entries are of the same millisecond. */
let last = { ms: -1, ts: '' };

/** Four digits of a year. */
const END_OF_TIME = Date.UTC(10_000, 0);

/** The hash that a text tells, and that which it has; `undefined` where it tells none. */
export function hashesOf(text: string): { readonly told: string; readonly actual: string } | undefined {
  const [, head, told] = HASH.exec(text) ?? [];
  return head === undefined || told === undefined ? undefined : { told, actual: hash('sha256', `${head}}`) };
}

/** The line of a text, or `undefined` where it is none. */
export function lineOf(text: string): JournalLine | undefined {
  if (!text.startsWith(LINE_START) || !text.endsWith('}')) return undefined;
  try {
    const line = JSON.parse(text) as Partial<JournalLine>;
    return typeof line.ts === 'string' && typeof line.repo === 'string' ? (line as JournalLine) : undefined;
  } catch {
    return undefined;
  }
}

function signalsOf(signal: PipelineSignal): string {
  const { prState, isDraft, checkStatus, mergeable, threadsTotal, threadsResolved } = signal;
  return (
    `{"pr_state":${prState === undefined ? 'null' : `"${word('prState', prState)}"`},"is_draft":${flag('isDraft', isDraft)}` +
    `,"check_status":"${word('checkStatus', checkStatus)}","mergeable":"${word('mergeable', mergeable)}"` +
    `,"threads_total":${count('threadsTotal', threadsTotal)},"threads_resolved":${count('threadsResolved', threadsResolved)}}`
  );
}

function resultOf({ issueTitle, issueBody }: PipelineSignal, { success, error, durationMs }: ActionResult): string {
  const why = error === undefined ? '' : `,"error":${JSON.stringify(safeText(error, [issueTitle, issueBody]))}`;
  return `{"success":${flag('success', success)}${why},"duration_ms":${count('durationMs', Math.round(durationMs))}}`;
}

function text(key: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${key}":"${word(key, value)}"`;
}

function count(what: string, value: unknown): string {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return String(value);
  throw invalid(what, value, 'a whole number from 0 up');
}

function flag(what: string, value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  throw invalid(what, value, 'true or false');
}

function word(what: string, value: unknown): string {
  if (isWord(value)) return value;
  throw invalid(what, value, `a name of ${WORD_GRAMMAR}`);
}

function invalid(what: string, value: unknown, wanted: string): JobrunnerError {
  const shown = safeText(value instanceof Date || value === undefined ? String(value) : JSON.stringify(value));
  return new JobrunnerError(`Cannot keep an entry in the journal: its ${what} is ${shown}, which is not ${wanted}`, {
    code: 'ERR_JOURNAL_INVALID_ENTRY',
    op: 'journal.append',
    id: what,
  });
}
