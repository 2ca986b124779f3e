import type { JobHandler } from '../../job-handler.ts';
import { hasUnresolvedThreads, type PipelineSignal } from '../../pipeline-signal.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { checksOf } from '../scan/checks.ts';
import { textAt } from '../scan/json.ts';
import { defineHandler } from './define-handler.ts';
import { hasOpenThreads, THREADS } from './open-threads.ts';
import type { Work } from './work.ts';

/** What a pull request is to be told. */
export interface SendFixCommandOptions {
  /** Where it conflicts with its base. */
  readonly conflictText?: string | undefined;
  /** Where threads wait and checks fail. */
  readonly reviewText?: string | undefined;
}

type Reason = 'conflict' | 'review';

/**
 * Asks for a fix in a comment, where the pull request conflicts, or where threads are unresolved and checks fail: once
 * for each head commit and reason, also after a restart and for several nodes, by a mark in the comment.
 *
 * @example
 * ```ts
 * import { githubClient, sendFixCommand } from '@core/jobrunner/github';
 *
 * const handler = sendFixCommand(githubClient({ auth: 'a-token' }), { conflictText: '@bot rebase' });
 * assert.equal(handler.name, 'send_fix_command');
 * ```
 */
export function sendFixCommand(client: GitHubClient, options: SendFixCommandOptions = {}): JobHandler {
  const texts = {
    conflict: options.conflictText ?? 'Can you fix the merge conflict?',
    review: options.reviewText ?? 'Can you fix the code reviews?',
  };
  return defineHandler(client, {
    name: 'send_fix_command',
    what: 'ask for a fix of',
    subject: 'prNumber',
    match: (pipelineSignal) => reasonOf(pipelineSignal) !== undefined,
    async act(work) {
      const reason = reasonOf(work.pipelineSignal) ?? 'review';
      const sha = await headInNeed(work, reason);
      if (sha !== undefined) await work.commentOnce(texts[reason], `send_fix_command ${reason} ${sha}`);
    },
  });
}

function reasonOf(pipelineSignal: PipelineSignal): Reason | undefined {
  const { prState, mergeable, checkStatus } = pipelineSignal;
  if (prState !== 'OPEN') return undefined;
  if (mergeable === 'CONFLICTING') return 'conflict';
  return checkStatus === 'FAILURE' && hasUnresolvedThreads(pipelineSignal) ? 'review' : undefined;
}

/** The head commit, if it still wants a fix. */
async function headInNeed(work: Work, reason: Reason): Promise<string | undefined> {
  const pull = await work.pull(`state headRefOid mergeable statusCheckRollup{state} ${THREADS}`);
  if (pull['state'] !== 'OPEN') return undefined;
  const sha = textAt(pull, 'headRefOid');
  if (reason === 'conflict') {
    if (pull['mergeable'] === 'UNKNOWN') throw work.changed('GitHub is finding out whether it can be merged');
    return pull['mergeable'] === 'CONFLICTING' ? sha : undefined;
  }
  return checksOf(pull) === 'FAILURE' && (await hasOpenThreads(work, pull)) ? sha : undefined;
}
