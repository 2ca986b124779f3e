import type { ActionResult } from '../../action-result.ts';
import { JobrunnerError } from '../../errors.ts';
import type { JobHandler } from '../../job-handler.ts';
import type { PipelineSignal } from '../../pipeline-signal.ts';
import { safeText } from '../../safe-text.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { UnexpectedAnswer } from '../scan/json.ts';
import { Work } from './work.ts';

/** What a handler of GitHub is made from. */
export interface HandlerDefinition {
  /** As the journal has it. */
  readonly name: string;
  /** What it does, for errors: `publish the draft`. */
  readonly what: string;
  /** Whose number they name. */
  readonly subject: 'childNumber' | 'epicNumber' | 'prNumber';
  readonly match: (pipelineSignal: PipelineSignal) => boolean;
  /** Looks at what is there now, and does what is left to be done; nothing where it is done. */
  readonly act: (work: Work) => Promise<void>;
}

/** A handler whose failures are results; only an abort rejects. */
export function defineHandler(client: GitHubClient, definition: HandlerDefinition): JobHandler {
  const { name, what, subject, match, act } = definition;
  const execute: JobHandler['execute'] = async (pipelineSignal, { signal }) => {
    const startedAt = performance.now();
    const error = await failureOf(signal, async () => {
      await act(new Work({ client, pipelineSignal, signal, op: `github.${name}`, what, subject }));
    });
    return resultOf(pipelineSignal, { action: name, error, durationMs: Math.round(performance.now() - startedAt) });
  };
  return { name, match, execute };
}

async function failureOf(signal: AbortSignal, act: () => Promise<void>): Promise<string | undefined> {
  signal.throwIfAborted();
  try {
    await act();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const isExpected = error instanceof JobrunnerError || error instanceof UnexpectedAnswer;
    if (!isExpected) throw error; // a fault of this program
    return safeText(error.message);
  }
}

function resultOf(
  { repoOwner, repoName, epicNumber, childNumber, prNumber }: PipelineSignal,
  { action, error, durationMs }: Pick<ActionResult, 'action' | 'durationMs' | 'error'>,
): ActionResult {
  return {
    ...{ action, repoOwner, repoName, epicNumber, childNumber, prNumber },
    success: error === undefined,
    ...(error === undefined ? {} : { error }),
    ...{ timestamp: new Date(), durationMs, cycle: 0 }, // the cycle is the poller's
  };
}
