import { types } from 'node:util';

import type { ActionResult } from '../action-result.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import { isWord } from '../word.ts';
import { errorText } from './error-text.ts';

/** Which action a result is of, and when it is over. */
export interface ResultContext {
  readonly pipelineSignal: PipelineSignal;
  /** Name of the handler: what the action is called where its own word is missing. */
  readonly handler: string;
  readonly cycle: number;
  readonly at: Date;
  readonly durationMs: number;
}

/** The result of an action that failed. */
export function failedResult(context: ResultContext, error: unknown): ActionResult {
  const { issueTitle, issueBody } = context.pipelineSignal;
  return { ...resultOf(context), success: false, error: errorText(error, [issueTitle, issueBody]) };
}

/** The result of an action that failed for a reason of ours: it holds nothing that had to be taken out. */
export function failedBecause(context: ResultContext, error: string): ActionResult {
  return { ...resultOf(context), success: false, error };
}

/** The result of an action that went well. */
export function succeededResult(context: ResultContext): ActionResult {
  return { ...resultOf(context), success: true };
}

/**
 * What a handler has given, made sound: it is about the work that the handler was given, in this cycle. What is no result
 * is a failed one.
 */
export function soundResult(given: unknown, context: ResultContext): ActionResult {
  if (typeof given !== 'object' || given === null) {
    const what = given === undefined || given === null ? 'nothing' : `a ${typeof given}`;
    return failedBecause(context, `the handler returned ${what} instead of a result`);
  }
  const { action, success, error, timestamp, durationMs } = given as Partial<ActionResult>;
  if (typeof success !== 'boolean') return failedBecause(context, 'the handler returned a result without success');
  const sound: ResultContext = {
    ...context,
    at: isSoundDate(timestamp) ? timestamp : context.at,
    durationMs: isDuration(durationMs) ? durationMs : context.durationMs,
  };
  const result = success ? succeededResult(sound) : failedResult(sound, error ?? 'the handler gave no reason');
  return isWord(action) ? { ...result, action } : result;
}

function resultOf({ pipelineSignal, handler, cycle, at, durationMs }: ResultContext): Omit<ActionResult, 'success'> {
  const { repoOwner, repoName, epicNumber, childNumber, prNumber } = pipelineSignal;
  return { action: handler, repoOwner, repoName, epicNumber, childNumber, prNumber, timestamp: at, durationMs, cycle };
}

/** A date that nobody has set is none: its line would be kept under a day before the beginning of time. */
function isSoundDate(date: unknown): date is Date {
  return types.isDate(date) && date.getTime() > 0 && date.getTime() < Date.UTC(10_000, 0);
}

function isDuration(ms: unknown): ms is number {
  return typeof ms === 'number' && ms >= 0 && Number.isSafeInteger(Math.round(ms));
}
