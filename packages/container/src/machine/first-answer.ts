import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import type { HypervisorCapabilities, MachinePaths } from '../hypervisors/hypervisor.ts';
import { knockUntil } from '../qmp/knock.ts';
import { QmpClient } from '../qmp/qmp-client.ts';
import { vfkitState } from '../vfkit/vfkit-client.ts';
import { launchFailed } from './launch-failure.ts';
import { rest } from './rest.ts';

/** Whose answer is waited for. */
export interface AnswerContext extends CancelOptions {
  readonly id: string;
  readonly uuid: string;
  readonly control: HypervisorCapabilities['control'];
  readonly medium: Medium;
  readonly timeoutMs: number;
  /** The memory that it reads before it answers: deleted once it has it. */
  readonly savedState: string | undefined;
  /** Whether it has not ended. */
  readonly isRunning: () => boolean;
}

/** A try costs some 50 µs: a machine is up in no less than 50 ms. */
const AGAIN_MS = 4;
/** One that can be asked nothing has started when it has lived so long. */
const TRIAL_MS = 300;

type Ask = (paths: MachinePaths, context: AnswerContext) => Promise<boolean>;

const ASK: Readonly<Record<HypervisorCapabilities['control'], Ask>> = {
  qmp: answersQmp,
  vfkit: async ({ control: socket }, context) => (await vfkitState(socket, context)) !== '',
  signals: async (_, { isRunning, signal }) => {
    await rest(TRIAL_MS, { signal });
    return isRunning();
  },
};

/** Waits until a hypervisor has answered that it is the one; `false` where it ends before, or does not in time. */
export async function firstAnswer(paths: MachinePaths, context: AnswerContext): Promise<boolean> {
  const { control, timeoutMs, isRunning, signal } = context;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (!isRunning()) return false;
    const leftMs = Math.ceil(deadline - performance.now());
    if (leftMs <= 0) return false;
    if (await unlessDeaf(ASK[control](paths, { ...context, timeoutMs: leftMs }))) return true;
    await rest(AGAIN_MS, { signal });
  }
}

/** Nobody listens yet, or it has just ended: which of both is seen by its process. */
async function unlessDeaf(answer: Promise<boolean>): Promise<boolean> {
  try {
    return await answer;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_CONTAINER_CONTROL_FAILED') return false;
    throw error;
  }
}

async function answersQmp({ control }: MachinePaths, context: AnswerContext): Promise<boolean> {
  const { id, uuid, savedState, medium, signal } = context;
  await using client = await knockUntil(control, QmpClient.connect(control, context));
  const { UUID: answer } = await client.execute('query-uuid', undefined, { signal });
  if (answer.toLowerCase() !== uuid.toLowerCase()) {
    throw launchFailed(id, 'another one answers', `it is the machine with the UUID ${answer}`);
  }
  if (savedState !== undefined) await goOn(client, savedState, { medium, signal });
  return true;
}

/** The guest goes on only once its saved memory cannot be read a second time, when the disks will have changed. */
async function goOn(
  client: QmpClient,
  savedState: string,
  { medium, signal }: Pick<AnswerContext, 'medium' | 'signal'>,
): Promise<void> {
  for (;;) {
    const { status } = await client.execute('query-status', undefined, { signal });
    if (status !== 'inmigrate') break;
    await rest(AGAIN_MS, { signal });
  }
  await medium.delete(savedState);
  await client.execute('cont');
}
