import { JobrunnerError } from '../errors.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import type { EntryPhase } from './journal-entry.ts';

/** GitHub's grammar of logins; the underscore is that of enterprise-managed users. */
const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/;
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/i;
const FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

/**
 * Where the lines stand that say that something has begun: beside the others, so that those have one line an action. No
 * owner's name begins so.
 */
export const STARTED: string = '.started';

/** The lines of one repository and one day: one file. */
export interface Partition {
  /** `owner/name` */
  readonly repo: string;
  /** `2026-02-05`, by UTC. */
  readonly date: string;
  /** Below the journal's folder. */
  readonly path: string;
}

/** Repositories that were looked at before. As an owner has no slash, one text is one pair of names. */
const checked = new Set<string>();
const MOST_CHECKED = 10_000;

/** Whose lines they are. */
type Repository = Pick<PipelineSignal, 'repoOwner' | 'repoName'>;

/**
 * The file that a line of this time belongs to, below the journal's folder.
 *
 * @throws `ERR_JOURNAL_INVALID_NAME` for an owner or a repository that GitHub could not have, or that no folder may have.
 */
export function pathOf({ repoOwner, repoName }: Repository, ts: string, phase: EntryPhase = 'finished'): string {
  const repo = `${repoOwner}/${repoName}`;
  if (!checked.has(repo)) {
    checkName('owner', repoOwner, OWNER);
    checkName('repository', repoName, REPOSITORY);
    if (checked.size < MOST_CHECKED) checked.add(repo);
  }
  const path = `${repo}/${ts.slice(0, 10)}.jsonl`;
  return phase === 'started' ? `${STARTED}/${path}` : path;
}

/**
 * `owner/name`, looked at.
 *
 * @throws `ERR_JOURNAL_INVALID_NAME`
 */
export function checkRepo(repo: string): void {
  const [owner = '', name = '', ...rest] = repo.split('/');
  checkName('owner', owner, OWNER);
  checkName('repository', [name, ...rest].join('/'), REPOSITORY);
}

/** What a path below the journal's folder is, or `undefined` for a file that is none of the journal's. */
export function partitionAt(path: string): Partition | undefined {
  const [owner = '', name = '', file = '', ...rest] = path.split('/');
  const date = FILE.exec(file)?.[1];
  const isOurs = date !== undefined && rest.length === 0 && OWNER.test(owner) && REPOSITORY.test(name);
  return isOurs ? { repo: `${owner}/${name}`, date, path } : undefined;
}

function checkName(what: string, name: unknown, grammar: RegExp): void {
  if (typeof name === 'string' && grammar.test(name) && !/^\.+$|\.$/.test(name) && !DEVICE.test(name)) return;
  const shown = JSON.stringify(String(name).slice(0, 120));
  throw new JobrunnerError(`Cannot keep a journal of the ${what} ${shown}: no ${what} can have this name`, {
    code: 'ERR_JOURNAL_INVALID_NAME',
    op: 'journal.append',
    id: String(name).slice(0, 120),
    hint: 'Names have letters, digits and hyphens, those of repositories also dots and underscores.',
  });
}
