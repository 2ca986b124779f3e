import { setTimeout as pause } from 'node:timers/promises';

import type { Tree } from './tree.ts';

/** How a tree is ended. */
export interface GracePolicy {
  /** The polite signal. */
  readonly killSignal: NodeJS.Signals;
  /** How long it has before SIGKILL. */
  readonly gracePeriodMs: number;
}

const LONGEST_PAUSE_MS = 40;
/** A tree that forks faster than it is killed is struck again after so long. */
const NEXT_STRIKE_MS = 100;

/**
 * Ends a tree: the polite signal, the grace period, SIGKILL until nobody is left.
 *
 * @returns whether SIGKILL was needed.
 */
export async function endTree(tree: Tree, { killSignal, gracePeriodMs }: GracePolicy): Promise<boolean> {
  await tree.signal(killSignal);
  if (await isGoneWithin(tree, killSignal, gracePeriodMs)) return false;
  do await tree.signal('SIGKILL');
  while (!(await isGoneWithin(tree, 'SIGKILL', NEXT_STRIKE_MS)));
  return killSignal !== 'SIGKILL';
}

async function isGoneWithin(tree: Tree, killSignal: NodeJS.Signals, periodMs: number): Promise<boolean> {
  const end = performance.now() + periodMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    if (!tree.isAlive() && !(await tree.signalNewcomers(killSignal))) return true;
    const left = end - performance.now();
    if (left <= 0) return false;
    await pause(Math.min(pauseMs, left));
  }
}
