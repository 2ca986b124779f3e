import type { ActionResult } from '../../action-result.ts';
import { sha256 } from '../../state-digest.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { commentOnce } from '../client/comments.ts';
import { repoOf } from '../text/repo-name.ts';

/** Tells epics what was done, in comments that name numbers and nothing else. */
export class EpicReporter {
  readonly #client: GitHubClient;

  constructor(client: GitHubClient) {
    this.#client = client;
  }

  /** Comments on the epic unless a comment tells of the same result in the same state already. */
  async report(
    result: ActionResult,
    { sha, signal }: { readonly sha: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { action, childNumber, prNumber, success } = result;
    const state = sha256(JSON.stringify([action, childNumber, prNumber, success, sha]));
    const pull = prNumber === 0 ? '' : ` (#${String(prNumber)})`;
    await commentOnce(this.#client, {
      repo: repoOf(result),
      number: result.epicNumber,
      text: `\`${action}\` for #${String(childNumber)}${pull}: ${success ? 'done' : 'failed'}.`,
      mark: `report ${state.slice(0, 32)}`,
      op: 'github.report',
      signal,
    });
  }
}
