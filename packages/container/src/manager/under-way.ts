import { isMainThread } from 'node:worker_threads';

import type { Container } from '../container.ts';
import { isProcessRunning } from '@core/process/daemon';
import type { ManagerContext } from './context.ts';
import { thisProgram } from './this-program.ts';

/** What this program starts or suspends just now, and how many times. */
const steps = new Map<string, number>();

/** Does something for which the record of a machine says that this program is about it. */
export async function underWay<T>(context: ManagerContext, id: string, step: () => Promise<T>): Promise<T> {
  const key = keyOf(context, id);
  steps.set(key, (steps.get(key) ?? 0) + 1);
  try {
    return await step();
  } finally {
    const left = (steps.get(key) ?? 1) - 1;
    if (left === 0) steps.delete(key);
    else steps.set(key, left);
  }
}

/**
 * Whether a program starts or suspends the machine. This one knows of itself: where it could not take back what the
 * record says, because the disk was full, nobody is about it any more.
 */
export async function isUnderWay(context: ManagerContext, { id, startingBy }: Container): Promise<boolean> {
  if (startingBy === undefined || !(await isProcessRunning(startingBy))) return false;
  const { pid, writtenAtMs } = await thisProgram();
  // a worker has the number of its program, and does not know of the others
  const isOwn = isMainThread && startingBy.pid === pid && startingBy.writtenAtMs === writtenAtMs;
  return !isOwn || steps.has(keyOf(context, id));
}

function keyOf({ realStateDir }: ManagerContext, id: string): string {
  return `${id} ${realStateDir}`;
}
