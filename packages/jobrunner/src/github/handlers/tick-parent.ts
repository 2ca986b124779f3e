import type { JobHandler } from '../../job-handler.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { tickChild } from '../text/epic-checklist.ts';
import { defineHandler } from './define-handler.ts';
import type { Work } from './work.ts';

/** How often an epic that others edit is read anew. */
const MOST_READINGS = 10;

/**
 * Ticks the line of a child whose pull request is merged in its epic: exactly that line, and every other byte stays.
 *
 * GitHub's API has no write on condition. So the epic is read twice right before it is written, until both readings are
 * the same, and once after: an edit before the second reading is kept, one that undoes the tick is answered by another.
 * What somebody saves between the second reading and the write, the time of one request, is lost; GitHub keeps it in
 * the history of the issue.
 *
 * @example
 * ```ts
 * import { githubClient, tickParent } from '@core/jobrunner/github';
 *
 * const handler = tickParent(githubClient({ auth: 'a-token' }));
 * assert.equal(handler.name, 'tick_parent');
 * ```
 */
export function tickParent(client: GitHubClient): JobHandler {
  return defineHandler(client, {
    name: 'tick_parent',
    what: 'tick a child in',
    subject: 'epicNumber',
    match({ prState, epicNumber, childTicked, childState }) {
      // whoever knows the child's state has read the epic: without a line there is nothing to tick
      const hasLine = childTicked === false || (childTicked === undefined && childState === undefined);
      return prState === 'MERGED' && epicNumber > 0 && hasLine;
    },
    act: tick,
  });
}

async function tick(work: Work): Promise<void> {
  const { epicNumber, childNumber } = work.pipelineSignal;
  let body = await bodyOf(work);
  for (let reading = 1; reading < MOST_READINGS; reading += 1) {
    const ticked = tickChild(body, childNumber, work.home);
    if (ticked === undefined) return;
    const again = await bodyOf(work);
    if (again === body) await work.updateIssue(epicNumber, { body: ticked });
    body = again === body ? await bodyOf(work) : again;
  }
  throw work.changed('somebody else is editing the epic');
}

async function bodyOf(work: Work): Promise<string> {
  const { body } = await work.issue(work.pipelineSignal.epicNumber);
  return typeof body === 'string' ? body : '';
}
