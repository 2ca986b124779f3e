import type { JobHandler } from '../job-handler.ts';
import { type Catch, Intake, type IntakeOptions } from './intake.ts';
import { pollSource } from './source-poll.ts';
import type { SourceSchedule } from './source-schedule.ts';

export interface CycleOptions extends IntakeOptions {
  readonly cycle: number;
  readonly schedules: readonly SourceSchedule[];
  readonly handlers: readonly JobHandler[];
  readonly onPolled: () => void;
}

/**
 * Polls some sources at the same time, each of which has its work handed over as soon as it has answered. Resolves when
 * that is done, and done by this process where it is this process that does it.
 */
export async function runCycle(options: CycleOptions): Promise<void> {
  const { cycle, schedules, settings, telling, signal, inFlight } = options;
  const startedMs = settings.clock.monotonicMs();
  telling.event({ type: 'cycle-started', cycle });
  const intake = new Intake(options);
  const catches = await Promise.all(schedules.map((schedule) => takeFrom(schedule, intake, options)));
  if (signal.aborted) return;
  const taken = catches.flatMap((one) => one.taken);
  await Promise.all(taken.map((work) => inFlight.ended(work)));
  const durationMs = Math.round(settings.clock.monotonicMs() - startedMs);
  const signals = catches.reduce((sum, one) => sum + one.signals, 0);
  telling.event({ type: 'cycle-finished', cycle, durationMs, signals, dispatched: taken.length });
}

interface Taken {
  readonly signals: number;
  readonly taken: readonly string[];
}

async function takeFrom(schedule: SourceSchedule, intake: Intake, options: CycleOptions): Promise<Taken> {
  const { settings, telling, cycle, signal, inFlight, onPolled: onEnded } = options;
  const seenAt = inFlight.now();
  const pipelineSignals = await pollSource(schedule, { settings, telling, cycle, signal, onEnded });
  const found: Catch = { source: schedule.source.name, cycle, seenAt, pipelineSignals };
  return { signals: pipelineSignals.length, taken: await intake.take(found) };
}
