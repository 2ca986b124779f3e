import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import type { AskOptions, Controls } from './controls.ts';
import { exitReasonOf, type MachineEnd } from './exit-reason.ts';
import { hasEnded, isHeld, isHypervisorRunning, type MachineRecord, signalHypervisor } from './machine-process.ts';

/** What ended a machine: it had ended before, its guest, its hypervisor that was asked to, or a signal to that. */
type StopRung = 'before' | 'guest' | 'quit' | 'SIGKILL' | 'SIGTERM';

/** How a machine was stopped. */
export interface StopResult extends MachineEnd {
  readonly by: StopRung;
}

/** What a machine is stopped with. */
export interface LadderContext extends CancelOptions {
  readonly record: MachineRecord;
  readonly paths: MachinePaths;
  readonly controls: Controls;
  readonly medium: Medium;
  /** How long the guest has. */
  readonly timeoutMs: number;
}

/** An answer of a hypervisor takes a millisecond, and longer where the system is busy or others are before us. */
const ANSWER_MS = 1_000;
/** A guest hears the button only once it is up so far: it is pressed again. */
const PRESS_MS = 2_000;
/** One that did not answer is asked again. */
const AGAIN_MS = 250;
/** The disks are written out meanwhile: after `quit`, or after SIGTERM where nobody took that. */
const QUIT_MS = 10_000;
const TERM_MS = 3_000;
const KILL_MS = 10_000;

/** Guests that stand still, and hear the button once they go on. */
const STANDING = new Set(['paused', 'postmigrate', 'prelaunch', 'suspended']);
/** Guests that will never hear it. */
const DEAF = new Set(['guest-panicked', 'inmigrate', 'internal-error', 'io-error', 'shutdown', 'watchdog', 'stopped']);

/** Why it ended, where its hypervisor does not say. */
const REASONS: Readonly<Record<StopRung, string>> = {
  before: 'ended',
  guest: 'guest-shutdown',
  quit: 'host-quit',
  SIGTERM: 'host-signal',
  SIGKILL: 'killed',
};

/**
 * Stops a machine from the gentlest way to the last: the guest is asked, then the hypervisor, which writes its disks out,
 * then SIGTERM, then SIGKILL. Each has its own time, and the next one comes only when that is over.
 *
 * @throws `ERR_CONTAINER_STOP_FAILED` where nothing ends it; the reason of the signal, and then it may end all the same.
 */
export async function climbDown(context: LadderContext): Promise<StopResult> {
  const { record, paths, medium } = context;
  const by = await endedBy(context);
  const { reason, words } = await exitReasonOf(record, paths, medium);
  return { by, words, reason: reason === 'ended' ? REASONS[by] : reason };
}

async function endedBy(context: LadderContext): Promise<StopRung> {
  const { record, medium, signal } = context;
  if (!(await isHypervisorRunning(record, medium))) return 'before';
  // one that is held answers nobody, and loses nothing by going on
  if (await isHeld(record.pid, medium)) await signalHypervisor(record, medium, 'SIGCONT');
  if (await heedsButton(context)) return 'guest';
  const isAsked = await isAskedToQuit(context);
  if (await hasEnded(record, medium, { timeoutMs: isAsked ? QUIT_MS : 1, signal })) return 'quit';
  const termMs = isAsked ? TERM_MS : QUIT_MS;
  for (const [killSignal, timeoutMs] of [['SIGTERM', termMs] as const, ['SIGKILL', KILL_MS] as const]) {
    await send(killSignal, context);
    if (await hasEnded(record, medium, { timeoutMs, signal })) return killSignal;
  }
  throw stopFailed(context, 'it outlives SIGKILL', 'It waits for a device or a disk; look at the system log.');
}

/** The guest has all of its time, also where its hypervisor has been too busy to answer; unless it can never hear. */
async function heedsButton(context: LadderContext): Promise<boolean> {
  const { record, medium, timeoutMs, signal } = context;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const leftMs = Math.ceil(deadline - performance.now());
    if (leftMs <= 0) return false;
    const came = await press(context, { timeoutMs: Math.min(ANSWER_MS, leftMs), signal });
    if (came === 'deaf') return false;
    const pauseMs = came === 'pressed' ? PRESS_MS : AGAIN_MS;
    if (await hasEnded(record, medium, { timeoutMs: Math.min(pauseMs, leftMs), signal })) return true;
  }
}

/** Sets a guest in motion that stands still, and presses its button. */
async function press({ controls }: LadderContext, options: AskOptions): Promise<'deaf' | 'pressed' | 'silent'> {
  const state = await answerOf(controls.state(options));
  if (state === undefined) return 'silent';
  if (DEAF.has(state)) return 'deaf';
  if (STANDING.has(state)) await answerOf(controls.goOn(options));
  await answerOf(controls.powerDown(options));
  return 'pressed';
}

async function isAskedToQuit({ controls, signal }: LadderContext): Promise<boolean> {
  return (await answerOf(controls.quit({ timeoutMs: ANSWER_MS, signal }).then(() => true))) === true;
}

async function send(killSignal: NodeJS.Signals, context: LadderContext): Promise<void> {
  const { record, medium } = context;
  if ((await signalHypervisor(record, medium, killSignal)) !== 'refused') return;
  throw stopFailed(context, 'it belongs to another user', 'Stop it as the user who started it.');
}

/** `undefined` where it cannot be asked, or has ended meanwhile: the next rung comes either way. */
async function answerOf<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_CONTAINER_CONTROL_FAILED') return undefined;
    throw error;
  }
}

function stopFailed({ record }: LadderContext, why: string, hint: string): ContainerError {
  const message = `Cannot stop machine "${record.id}" (process ${String(record.pid)}): ${why}`;
  return new ContainerError(message, { code: 'ERR_CONTAINER_STOP_FAILED', op: 'machine.stop', id: record.id, hint });
}
