import type { JobHandler } from '../../job-handler.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { checksOf } from '../scan/checks.ts';
import { defineHandler } from './define-handler.ts';

const PUBLISH =
  'mutation Publish($id:ID!){markPullRequestReadyForReview(input:{pullRequestId:$id}){pullRequest{isDraft}}}';

/**
 * Marks a draft whose checks have succeeded as ready for review. A draft that was published meanwhile is left alone; one
 * whose checks run again fails with `ERR_GITHUB_CHANGED_MEANWHILE` in its result.
 *
 * @example
 * ```ts
 * import { githubClient, publishDraft } from '@core/jobrunner/github';
 *
 * const handler = publishDraft(githubClient({ auth: 'a-token' }));
 * assert.equal(handler.name, 'publish_draft');
 * ```
 */
export function publishDraft(client: GitHubClient): JobHandler {
  return defineHandler(client, {
    name: 'publish_draft',
    what: 'publish the draft',
    subject: 'prNumber',
    match: ({ prState, isDraft, checkStatus }) => prState === 'OPEN' && isDraft && checkStatus === 'SUCCESS',
    async act(work) {
      const pull = await work.pull('id state isDraft statusCheckRollup{state}');
      if (pull['state'] !== 'OPEN' || pull['isDraft'] !== true) return;
      const checks = checksOf(pull);
      if (checks !== 'SUCCESS') throw work.changed(`its checks are ${checks} now`);
      await work.demand(PUBLISH, { id: pull['id'] });
    },
  });
}
