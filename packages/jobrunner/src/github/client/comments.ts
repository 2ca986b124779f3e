import type { RepoName } from '../text/repo-name.ts';
import { askRest } from './ask.ts';
import type { GitHubClient } from './github-client.ts';
import { errorOf, type GitHubError, type Question } from './github-error.ts';

/** A comment that is written once. */
export interface MarkedComment {
  readonly repo: RepoName;
  /** Of the issue or the pull request. */
  readonly number: number;
  readonly text: string;
  /** What makes it the same comment: words without `--`. */
  readonly mark: string;
  /** For errors: `github.send_fix_command`. */
  readonly op: string;
  readonly signal: AbortSignal;
}

const PAGE = 100;

/**
 * Comments on an issue or a pull request, unless a comment there bears the same mark: also after a crash, and where
 * another node was first. The mark is an HTML comment that GitHub does not show. Returns whether it commented.
 *
 * Two nodes that look in the same moment both comment: the action's key keeps them apart.
 */
export async function commentOnce(client: GitHubClient, comment: MarkedComment): Promise<boolean> {
  const { repo, number, text, op, signal } = comment;
  const mark = `<!-- core-jobrunner: ${comment.mark} -->`;
  const id = `${repo.owner}/${repo.name}#${String(number)}`;
  const thread = { owner: repo.owner, repo: repo.name, issue_number: number };
  const question = { op, id, what: 'comment on' };
  for (let page = 1; ; page += 1) {
    const query = { ...thread, per_page: PAGE, page, question, signal };
    const { data, headers } = await askRest(client, 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments', query);
    if (!Array.isArray(data)) throw unreadable(question, 'the answer is no list of comments');
    if (data.some((one) => String((one as { body?: unknown } | null)?.body).includes(mark))) return false;
    if (data.length === 0 || !hasNext(headers['link'], data.length)) break;
  }
  const body = `${text}\n\n${mark}`;
  // not asked again by itself: it may have arrived
  const request = { ...thread, body, question, signal, retries: 0 };
  const { status } = await askRest(client, 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments', request);
  if (status !== 201) throw unreadable(question, `GitHub answered ${String(status)}, and no comment was created`);
  return true;
}

/** Servers may give shorter pages than what is asked for: the header says whether one follows. */
function hasNext(link: number | string | undefined, length: number): boolean {
  return link === undefined ? length >= PAGE : /rel="?next\b/.test(String(link));
}

/** Without the comments that are there, none is written. */
function unreadable(question: Question, why: string): GitHubError {
  return errorOf('ERR_GITHUB_INCOMPLETE', question, { why: [why] });
}
