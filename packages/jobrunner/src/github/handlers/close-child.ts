import type { JobHandler } from '../../job-handler.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { itemOf, parseChecklist } from '../text/epic-checklist.ts';
import { defineHandler } from './define-handler.ts';
import type { Work } from './work.ts';

/**
 * Closes a child as completed when its pull request is merged and its line in the epic is ticked, or the epic has no
 * line for it (a sub-issue). A child that is closed is left alone.
 *
 * @example
 * ```ts
 * import { closeChild, githubClient } from '@core/jobrunner/github';
 *
 * const handler = closeChild(githubClient({ auth: 'a-token' }));
 * assert.equal(handler.name, 'close_child');
 * ```
 */
export function closeChild(client: GitHubClient): JobHandler {
  return defineHandler(client, {
    name: 'close_child',
    what: 'close',
    subject: 'childNumber',
    match: ({ prState, childNumber, childTicked, childState }) =>
      prState === 'MERGED' && childNumber > 0 && childTicked !== false && childState !== 'CLOSED',
    act: close,
  });
}

async function close(work: Work): Promise<void> {
  const { epicNumber, childNumber } = work.pipelineSignal;
  const child = await work.issue(childNumber);
  if (child['state'] === 'closed') return;
  if ('pull_request' in child) throw work.fail('ERR_GITHUB_REFUSED', 'the child is a pull request');
  const { state } = await work.pull('state');
  if (state !== 'MERGED') throw work.changed('its pull request is not merged');
  const { body } = await work.issue(epicNumber);
  const item = itemOf(parseChecklist(typeof body === 'string' ? body : '', work.home), childNumber);
  if (item?.isTicked === false) throw work.changed('the child is not ticked in its epic');
  await work.updateIssue(childNumber, { state: 'closed', state_reason: 'completed' });
}
