import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';

import type { ActionResult } from '../../action-result.ts';
import type { PipelineSignal } from '../../pipeline-signal.ts';
import type { HandlerConformanceCase, OpenHandler } from '../handler-conformance.ts';
import { isShown, refusedWith } from '../refused-with.ts';
import { behaviour } from './matches.ts';

/** What a handler does, once and no more. */
export const actions: readonly HandlerConformanceCase[] = [
  behaviour('execute() does its work, and says so', async ({ handler, matching, state }) => {
    const before = JSON.stringify(state());
    const result = await handler.execute(matching, { signal: never() });
    checkResult(result, matching);
    equal(result.success, true, result.error);
    notEqual(JSON.stringify(state()), before);
  }),
  behaviour('execute() changes nothing more the second time', async ({ handler, matching, state }) => {
    await handler.execute(matching, { signal: never() });
    const done = JSON.stringify(state());
    const again = await handler.execute(matching, { signal: never() });
    equal(again.success, true, again.error);
    equal(JSON.stringify(state()), done);
  }),
  behaviour('execute() looks at the server before it acts, for the signal may be out of date', async (open) => {
    if (open.overtake === undefined) return;
    await open.overtake();
    const before = JSON.stringify(open.state());
    await outcomeOf(open);
    equal(JSON.stringify(open.state()), before);
  }),
  behaviour(
    'execute() does not say that it is done where its server fails, and does it when that works again',
    async (open) => {
      const before = JSON.stringify(open.state());
      await open.setBroken(true);
      notSuccess(await outcomeOf(open));
      await open.setBroken(false);
      equal(JSON.stringify(open.state()), before);
      equal((await open.handler.execute(open.matching, { signal: never() })).success, true);
      notEqual(JSON.stringify(open.state()), before);
    },
  ),
  behaviour('execute() does nothing where it was aborted before', async (open) => {
    const before = JSON.stringify(open.state());
    const reason = new Error('enough');
    const work = open.handler.execute(open.matching, { signal: AbortSignal.abort(reason) });
    equal(await refusedWith(work, 'it did its work'), reason);
    equal(JSON.stringify(open.state()), before);
  }),
  behaviour('execute() rejects with the reason where it is aborted while it waits', async (open) => {
    await open.hang();
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = open.handler.execute(open.matching, { signal: controller.signal });
    const refused = refusedWith(work, 'it did its work');
    await Promise.race([open.asked(), refused]);
    controller.abort(reason);
    equal(await refused, reason);
  }),
  behaviour('execute() keeps its secret', async (open) => {
    const { secret } = open;
    if (secret === undefined) return;
    await open.setBroken(true);
    ok(!isShown(await outcomeOf(open), secret), 'the failure shows it');
    await open.setBroken(false);
    ok(!JSON.stringify(await outcomeOf(open)).includes(secret), 'the result shows it');
  }),
];

/** Its result, or what it rejects with. */
async function outcomeOf({ handler, matching }: OpenHandler): Promise<unknown> {
  try {
    return await handler.execute(matching, { signal: never() });
  } catch (error) {
    return error;
  }
}

function notSuccess(outcome: unknown): void {
  const { success } = outcome as Partial<ActionResult>;
  equal(success === true, false, 'it says that it is done');
}

function checkResult(result: ActionResult, pipelineSignal: PipelineSignal): void {
  match(result.action, /^[\w.:/@ -]{1,100}$/);
  const { repoOwner, repoName, epicNumber, childNumber, prNumber } = result;
  const { repoOwner: owner, repoName: name, epicNumber: epic, childNumber: child, prNumber: pr } = pipelineSignal;
  deepEqual([repoOwner, repoName, epicNumber, childNumber, prNumber], [owner, name, epic, child, pr]);
  ok(result.timestamp.getTime() > 0, 'its timestamp is no date');
  ok(result.durationMs >= 0, 'its durationMs is no duration');
}

function never(): AbortSignal {
  return new AbortController().signal;
}
