import { types } from 'node:util';

import type { JobrunnerError } from '../errors.ts';
import type { JobSource } from '../job-source.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import { isSignal } from '../signal-codec.ts';
import { underDeadline } from './deadline.ts';
import type { PollerSettings } from './poller-options.ts';
import type { SourceSchedule } from './source-schedule.ts';
import { tellable, type Telling } from './telling.ts';

export interface SourcePollOptions {
  readonly settings: PollerSettings;
  readonly telling: Telling;
  readonly cycle: number;
  readonly signal: AbortSignal;
  /** Called when the source may be polled again: later than its time was up where it does not listen to its signal. */
  readonly onEnded: () => void;
}

/** Polls a source once. What goes wrong is told, put down in its schedule, and gives no signals. */
export async function pollSource(
  schedule: SourceSchedule,
  options: SourcePollOptions,
): Promise<readonly PipelineSignal[]> {
  const { settings, signal, onEnded } = options;
  const { clock, graceMs, sourceTimeoutMs: timeoutMs } = settings;
  const repos = schedule.begin(clock.monotonicMs());
  let polling: Promise<unknown> = Promise.resolve();
  const poll = (pollSignal: AbortSignal): Promise<unknown> => (polling = ask(schedule.source, pollSignal, repos));
  const timeout = (): Error => new Error(`it took longer than ${String(timeoutMs)} ms`);
  const answer = underDeadline(poll, { clock, timeoutMs, graceMs, lateMs: 0, signal, timeout });
  try {
    return await judged(answer, schedule, options);
  } finally {
    const end = (): void => {
      schedule.end(clock.monotonicMs());
      onEnded();
    };
    void polling.then(end, end);
  }
}

/** Also what a source throws instead of giving a promise is its answer. */
async function ask(source: JobSource, signal: AbortSignal, repos: readonly string[]): Promise<unknown> {
  return source.poll({ signal, ...(repos.length > 0 && { repos }) });
}

async function judged(
  answer: Promise<unknown>,
  schedule: SourceSchedule,
  { settings, telling, cycle, signal }: SourcePollOptions,
): Promise<readonly PipelineSignal[]> {
  const { clock } = settings;
  const startedMs = clock.monotonicMs();
  const facts = { source: schedule.source.name, cycle };
  const durationMs = (): number => Math.round(clock.monotonicMs() - startedMs);
  try {
    const { signals, dropped } = signalsOf(await answer);
    schedule.judge(clock.monotonicMs());
    if (dropped > 0) telling.log('warn', 'left out what is no signal', { ...facts, dropped });
    telling.event({ type: 'source-polled', ...facts, durationMs: durationMs(), signals: signals.length });
    return signals;
  } catch (cause) {
    if (signal.aborted) return [];
    const retryInMs = schedule.judge(clock.monotonicMs(), { retryAfterMs: retryAfterMsOf(cause, clock.now()) });
    const error = pollFailed(facts.source, cause);
    telling.event({ type: 'source-failed', ...facts, durationMs: durationMs(), error, retryInMs });
    telling.log('warn', error.message, { ...facts, retryInMs });
    return [];
  }
}

function signalsOf(answer: unknown): { readonly signals: readonly PipelineSignal[]; readonly dropped: number } {
  if (!Array.isArray(answer)) throw new Error('it answered with something else than an array of signals');
  const signals = (answer as readonly unknown[]).filter(isSignal);
  return { signals, dropped: answer.length - signals.length };
}

/** How long a server wants to be left alone, where the error says so. */
function retryAfterMsOf(error: unknown, now: number): number {
  try {
    const { retryAt } = (error ?? {}) as { readonly retryAt?: unknown };
    return types.isDate(retryAt) && retryAt.getTime() > now ? retryAt.getTime() - now : 0;
  } catch {
    return 0; // it does not let itself be read
  }
}

function pollFailed(source: string, cause: unknown): JobrunnerError {
  const what = `poll "${source}"`;
  return tellable(cause, { what, code: 'ERR_JOBRUNNER_SOURCE_FAILED', op: 'poller.poll', id: source });
}
