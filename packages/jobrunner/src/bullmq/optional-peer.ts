import { JobrunnerError } from '../errors.ts';

/**
 * A module that this package does without where nobody needs it.
 *
 * @throws `ERR_JOBRUNNER_QUEUE_FAILED` where it is not installed.
 */
export async function optionalPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new JobrunnerError(`Cannot open the queue: the package ${name} cannot be loaded`, {
      code: 'ERR_JOBRUNNER_QUEUE_FAILED',
      op: 'queue.open',
      id: name,
      hint: `Install it beside @core/jobrunner: npm install ${name}`,
      cause,
    });
  }
}
