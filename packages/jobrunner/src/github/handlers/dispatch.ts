import type { JobHandler } from '../../job-handler.ts';
import { repoFullName } from '../../pipeline-signal.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { type Json, maybePageAt, pageAt, textAt } from '../scan/json.ts';
import { type AgentQueue, checkQueue, enqueue } from './agent-queue.ts';
import { defineHandler } from './define-handler.ts';
import type { Ticket } from './ticket.ts';
import type { Work } from './work.ts';

/** Who writes code. */
export interface DispatchOptions {
  /** By login. */
  readonly agents: Readonly<Record<string, AgentQueue>>;
}

/**
 * Gives an open child without a pull request to the agent that it is assigned to: as a file in the agent's folder,
 * written whole and once, or on the stdin of a command, whose end with 0 says that it has it. The ticket has numbers,
 * title and body of the child, without whatever looks like a secret; a title and a body are a stranger's words: what
 * reads them must not take them for orders.
 *
 * @throws `TypeError` where a queue is neither.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { dispatch, githubClient } from '@core/jobrunner/github';
 *
 * const agents = { 'coding-bot': { medium: new MemoryMedium(), dir: 'queues/coding-bot' } };
 * const handler = dispatch(githubClient({ auth: 'a-token' }), { agents });
 * assert.equal(handler.name, 'dispatch');
 * ```
 */
export function dispatch(client: GitHubClient, { agents }: DispatchOptions): JobHandler {
  const queues = new Map(Object.entries(agents).map(([login, queue]) => [login.toLowerCase(), queue]));
  for (const [login, queue] of queues) checkQueue(`agents[${JSON.stringify(login)}]`, queue);
  return defineHandler(client, {
    name: 'dispatch',
    what: 'dispatch',
    subject: 'childNumber',
    match: ({ needsCoding, prState, assignee }) =>
      needsCoding && prState === undefined && queues.has(assignee?.toLowerCase() ?? ''),
    async act(work) {
      const { assignee = '' } = work.pipelineSignal;
      const queue = queues.get(assignee.toLowerCase());
      const ticket = await ticketOf(work, assignee);
      if (queue !== undefined && ticket !== undefined) await enqueue(queue, ticket, work);
    },
  });
}

const LINKED = 'closedByPullRequestsReferences(first:1,includeClosedPrs:true){nodes{number}}';
const FIELDS = `state title body assignees(first:100){nodes{login}} ${LINKED}`;

/** The ticket for a child as it is now; `undefined` where nobody has to write code for it any more. */
async function ticketOf(work: Work, agent: string): Promise<Ticket | undefined> {
  const { epicNumber, childNumber } = work.pipelineSignal;
  const child: Json = await work.child(FIELDS);
  const isDone = child['state'] !== 'OPEN' || maybePageAt(child, 'closedByPullRequestsReferences').nodes.length > 0;
  const logins = pageAt(child, 'assignees').nodes.map((user) => textAt(user, 'login').toLowerCase());
  if (isDone || !logins.includes(agent.toLowerCase())) return undefined;
  const repo = repoFullName(work.pipelineSignal);
  return {
    ...{ v: 1, id: `${repo}#${String(childNumber)}`, repo, epic: epicNumber, child: childNumber, agent },
    ...{ title: textAt(child, 'title'), body: textAt(child, 'body') },
  };
}
